#include "tools/plot/gnuplot.hpp"

#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <memory>

#include "sim/core/error.hpp"

namespace neurosim {
namespace {

struct Closer {
  void operator()(std::FILE* file) const { std::fclose(file); }
};
using ScratchFile = std::unique_ptr<std::FILE, Closer>;

/// A file without a name. What goes through it cannot block, as a pipe to a child that writes while
/// it reads may.
ScratchFile scratch_file(const std::string& output) {
  ScratchFile file(std::tmpfile());
  if (!file) {
    throw DataError(output,
                    std::string("cannot be drawn: no temporary file: ") + std::strerror(errno));
  }
  return file;
}

std::vector<std::byte> contents(std::FILE* file) {
  std::vector<std::byte> bytes;
  std::array<std::byte, 1 << 16> block;
  std::rewind(file);
  for (std::size_t got; (got = std::fread(block.data(), 1, block.size(), file)) > 0;) {
    bytes.insert(bytes.end(), block.begin(), block.begin() + static_cast<std::ptrdiff_t>(got));
  }
  return bytes;
}

constexpr int kNotStarted = 127;  ///< what a child reports whose exec failed

/// The child's exit status; kNotStarted: there is no gnuplot.
int run_child(std::FILE* in, std::FILE* out, std::FILE* errors) {
  std::array<std::string, 2> words = {"gnuplot", "--default-settings"};
  std::array<char*, 3> arguments = {words[0].data(), words[1].data(), nullptr};
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, fileno(in), STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&actions, fileno(out), STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&actions, fileno(errors), STDERR_FILENO);
  pid_t child = 0;
  const int failure =
      posix_spawnp(&child, words[0].c_str(), &actions, nullptr, arguments.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  if (failure != 0) return kNotStarted;
  int status = 0;
  while (waitpid(child, &status, 0) == -1 && errno == EINTR) {
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/// The cyclic redundancy check of PNG (ISO 3309).
std::uint32_t check_sum(const std::vector<std::byte>& bytes) {
  std::uint32_t sum = 0xFFFFFFFF;
  for (const std::byte byte : bytes) {
    sum ^= std::to_integer<std::uint32_t>(byte);
    for (int k = 0; k < 8; ++k) sum = (sum >> 1) ^ ((sum & 1) != 0 ? 0xEDB88320 : 0);
  }
  return ~sum;
}

void append_number(std::vector<std::byte>& bytes, std::uint32_t number) {
  for (const int shift : {24, 16, 8, 0}) bytes.push_back(static_cast<std::byte>(number >> shift));
}

}  // namespace

std::vector<std::byte> draw_with_gnuplot(const std::string& script, const std::string& output) {
  const ScratchFile in = scratch_file(output), out = scratch_file(output),
                    errors = scratch_file(output);
  if (std::fwrite(script.data(), 1, script.size(), in.get()) != script.size() ||
      std::fflush(in.get()) != 0) {
    throw DataError(output, std::string("cannot be drawn: temporary file cannot be written: ") +
                                std::strerror(errno));
  }
  std::rewind(in.get());
  const int status = run_child(in.get(), out.get(), errors.get());
  if (status == kNotStarted) {
    throw DataError(output,
                    "cannot be drawn: the program `gnuplot` is not on the PATH; install it "
                    "(Debian: gnuplot-nox)");
  }
  std::vector<std::byte> picture = contents(out.get());
  if (status != 0 || picture.empty()) {
    const auto text = contents(errors.get());
    throw DataError(output,
                    "cannot be drawn: gnuplot failed: " +
                        std::string(reinterpret_cast<const char*>(text.data()), text.size()));
  }
  return picture;
}

void set_png_density(std::vector<std::byte>& png, double dots_per_inch) {
  constexpr std::size_t kHeader = 8 + 4 + 4 + 13 + 4;  // signature, and IHDR with length and sum
  constexpr double kInchesPerMetre = 1000 / 25.4;
  NS_ASSERT(png.size() > kHeader);
  std::vector<std::byte> chunk;
  for (const char letter : {'p', 'H', 'Y', 's'}) chunk.push_back(static_cast<std::byte>(letter));
  const auto density = static_cast<std::uint32_t>(std::lround(dots_per_inch * kInchesPerMetre));
  append_number(chunk, density);
  append_number(chunk, density);
  chunk.push_back(std::byte{1});  // a metre
  const std::uint32_t sum = check_sum(chunk);
  std::vector<std::byte> whole;
  append_number(whole, static_cast<std::uint32_t>(chunk.size() - 4));
  whole.insert(whole.end(), chunk.begin(), chunk.end());
  append_number(whole, sum);
  png.insert(png.begin() + kHeader, whole.begin(), whole.end());
}

}  // namespace neurosim
