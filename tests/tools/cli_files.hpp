#pragma once

#include <doctest/doctest.h>

#include <chrono>
#include <filesystem>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "tools/child.hpp"

namespace neurosim {

/// A folder that is removed with everything in it, and neurosim run inside it.
class Workplace {
 public:
  Workplace();
  Workplace(const Workplace&) = delete;
  Workplace& operator=(const Workplace&) = delete;
  ~Workplace();

  std::filesystem::path path(const std::string& name) const { return folder_ / name; }
  bool has(const std::string& name) const { return std::filesystem::exists(path(name)); }
  void write(const std::string& name, std::string_view text) const;
  std::string read(const std::string& name) const;

  /// neurosim with these words, started in the folder.
  Outcome run(std::vector<std::string> words, ChildOptions options = {}) const;
  std::vector<std::string> command(std::vector<std::string> words) const;
  std::string folder() const { return folder_.string(); }

 private:
  std::filesystem::path folder_;
};

bool contains(std::string_view text, std::string_view part);

/// Waits until `holds()`, for at most 20 s.
template <class Condition>
void wait_until(Condition holds) {
  for (int k = 0; k < 4000 && !holds(); ++k) {
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  REQUIRE(holds());
}

/// 16 SRC neurons and a readout on three drawn digits, 20 steps: runs in milliseconds.
extern const std::string_view kSmallNetwork;
/// The same neurons on spikes that it lists itself: no `data:`.
extern const std::string_view kListNetwork;

}  // namespace neurosim
