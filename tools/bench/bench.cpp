// neurosim_bench [silence | activity | throughput | training]: prints ratios measured in this run;
// see tools/bench/README.md.

#include "tools/bench/bench.hpp"

#include <cstdio>
#include <exception>
#include <string_view>

namespace {

struct Benchmark {
  std::string_view name;
  void (*run)();
};

constexpr Benchmark kBenchmarks[] = {{"silence", &neurosim::bench::silence},
                                     {"activity", &neurosim::bench::activity},
                                     {"throughput", &neurosim::bench::throughput},
                                     {"training", &neurosim::bench::training}};

}  // namespace

int main(int argc, char** argv) {
  const std::string_view wanted = argc > 1 ? argv[1] : "";
  bool found = false;
  try {
    for (const Benchmark& benchmark : kBenchmarks) {
      if (!wanted.empty() && wanted != benchmark.name) continue;
      benchmark.run();
      found = true;
    }
  } catch (const std::exception& error) {
    std::fprintf(stderr, "neurosim_bench: %s\n", error.what());
    return 1;
  }
  if (!found)
    std::fprintf(stderr, "usage: neurosim_bench [silence | activity | throughput | training]\n");
  return found ? 0 : 2;
}
