// `connect: { type: conv2d, kernel, stride, padding }` and pool2d.

#include "sim/network/readers.hpp"
#include "sim/network/window_topology.hpp"

namespace neurosim {
namespace {

/// Kernels are held in full.
constexpr std::int64_t kMaxKernel = 1024;

/// One number for both axes, or [vertical, horizontal].
bool read_pair(const ConfigNode& node, const IntegerRange& range,
               std::array<std::int64_t, 2>& pair) {
  if (!node.present()) return true;
  if (!node.is_list()) {
    if (!node.read(pair[0], range)) return false;
    pair[1] = pair[0];
    return true;
  }
  const auto items = node.items();
  if (items.size() != 2) {
    node.error("expected a number or [vertical, horizontal], got a list of " +
               std::to_string(items.size()));
    return false;
  }
  const bool down = items[0].read(pair[0], range);
  return items[1].read(pair[1], range) && down;
}

std::string text(const std::vector<std::size_t>& shape) {
  std::string list;
  for (const std::size_t extent : shape)
    list += (list.empty() ? "" : ", ") + std::to_string(extent);
  return "[" + list + "]";
}

/// The shapes that a target may have, for messages.
std::string wanted(const ConnectSpec& connect, const Planes& from,
                   const std::array<std::size_t, 2>& places) {
  const std::string extent = std::to_string(places[0]) + ", " + std::to_string(places[1]) + "]";
  if (connect.kind == Connect::kConv2d) return "[channels, " + extent + " or [" + extent;
  if (from.channels > 1) return "[" + std::to_string(from.channels) + ", " + extent;
  return "[" + extent;
}

}  // namespace

void read_window(ConfigMap& map, ConnectSpec& connect) {
  Window2d& window = connect.window;
  const ConfigNode kernel = map.required("kernel"), stride = map.get("stride"),
                   padding = map.get("padding");
  bool ok = kernel.present() && read_pair(kernel, {1, kMaxKernel}, window.kernel);
  if (ok && connect.kind == Connect::kPool2d) window.stride = window.kernel;
  ok = read_pair(stride, {1, kMaxTicks}, window.stride) && ok;
  ok = read_pair(padding, {0, kMaxKernel}, window.padding) && ok;
  for (std::size_t axis = 0; ok && axis < 2; ++axis) {
    if (window.padding[axis] < window.kernel[axis]) continue;
    padding.error("padding must be less than the kernel: some windows would see padding alone");
    ok = false;
  }
  if (!ok) window.kernel = {0, 0};
}

void check_window(const ConfigNode& node, const ConnectSpec& connect, const PopulationSpec& from,
                  const PopulationSpec& to) {
  if (connect.window.kernel[0] == 0) return;
  const std::string kind(kConnectNames[static_cast<std::size_t>(connect.kind)]);
  for (const PopulationSpec* population : {&from, &to}) {
    if (planes_of(population->shape)) continue;
    node.error(kind + " needs shape: [channels, height, width] or [height, width]; " +
               population->name + " has shape " + text(population->shape));
    return;
  }
  const Planes in = *planes_of(from.shape), out = *planes_of(to.shape);
  const auto places = window_places(in, connect.window);
  if (places[0] == 0 || places[1] == 0) {
    node.error("the kernel is larger than " + from.name + " with its padding, " + text(from.shape));
  } else if (out.extent != places ||
             (connect.kind == Connect::kPool2d && out.channels != in.channels)) {
    node.error(kind + " makes of " + from.name + ", " + text(from.shape) + ", the shape " +
               wanted(connect, in, places) + "; " + to.name + " has shape " + text(to.shape));
  }
}

}  // namespace neurosim
