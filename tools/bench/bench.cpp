// neurosim_bench [silence | activity | throughput | training | peers | sizes]: prints ratios
// measured in this run; see tools/bench/README.md.

#include "tools/bench/bench.hpp"

#include <cstdio>
#include <exception>
#include <functional>
#include <string>
#include <string_view>

namespace {

struct Benchmark {
  std::string_view name;
  std::function<void()> run;
  bool always = true;  ///< also without being named
};

}  // namespace

int main(int argc, char** argv) {
  const std::string_view wanted = argc > 1 ? argv[1] : "";
  const std::string reference = argc > 2 ? argv[2] : "../shared/reference";
  const Benchmark benchmarks[] = {{"silence", &neurosim::bench::silence},
                                  {"activity", &neurosim::bench::activity},
                                  {"throughput", &neurosim::bench::throughput},
                                  {"training", &neurosim::bench::training},
                                  {"peers", [&] { neurosim::bench::peers(reference); }},
                                  {"sizes", &neurosim::bench::sizes, false}};
  bool found = false;
  try {
    for (const Benchmark& benchmark : benchmarks) {
      if (wanted.empty() ? !benchmark.always : wanted != benchmark.name) continue;
      benchmark.run();
      found = true;
    }
  } catch (const std::exception& error) {
    std::fprintf(stderr, "neurosim_bench: %s\n", error.what());
    return 1;
  }
  if (!found)
    std::fprintf(stderr,
                 "usage: neurosim_bench [silence | activity | throughput | training | peers "
                 "[FOLDER of ff_lif.h5] | sizes]\n");
  return found ? 0 : 2;
}
