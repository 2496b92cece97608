#include "support/flaky_server.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <fstream>
#include <thread>

namespace neurosim::test {

namespace {

std::string made(std::string file) {
  std::ofstream(file, std::ios::trunc);
  return file;
}

}  // namespace

FlakyServer::FlakyServer(const std::string& folder, const std::string& log)
    : log_(log),
      port_file_(made(log + ".port")),
      child_({NEUROSIM_PYTHON, NEUROSIM_SOURCE_DIR "/tests/support/flaky_server.py", folder, log},
             {.out_file = port_file_}) {
  for (int k = 0; k < 4000 && port_.empty(); ++k) {
    std::ifstream file(port_file_);
    std::string line;
    // Only a line with its end is whole.
    if (std::getline(file, line) && !file.eof()) port_ = line;
    if (port_.empty()) std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  CAPTURE(child_.errors());
  REQUIRE_FALSE(port_.empty());
}

std::string FlakyServer::url(const std::string& path) const {
  return "http://127.0.0.1:" + port_ + "/" + path;
}

std::vector<ServedRequest> FlakyServer::requests() const {
  std::vector<ServedRequest> all;
  std::ifstream file(log_);
  for (ServedRequest one; file >> one.path >> one.status >> one.first >> one.bytes;) {
    all.push_back(one);
  }
  return all;
}

}  // namespace neurosim::test
