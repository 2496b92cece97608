// Whose spikes are recorded, read and written.

#include <doctest/doctest.h>

#include "tests/sim/network/malformed.hpp"

namespace neurosim::test {
namespace {

Description recorded(const std::string& spikes) {
  return parse_description(with_tail("record: { spikes: " + spikes + " }\n"), "net.yaml");
}

/// The line that to_yaml writes.
std::string written(const std::string& spikes) {
  const std::string yaml = to_yaml(recorded(spikes));
  const std::size_t begin = yaml.find("  spikes: ");
  return yaml.substr(begin, yaml.find('\n', begin) - begin);
}

TEST_CASE("spikes are recorded of populations, or of some of their neurons") {
  const auto of = [](const std::string& neurons) {
    return recorded("[{ population: out, neurons: " + neurons + " }]").record.spikes.at(0);
  };
  CHECK(of("[2, 0]") == SpikeRecordSpec{1, {0, 2}});
  CHECK(of("1..2") == SpikeRecordSpec{1, {1, 2}});
  CHECK(of("3..3") == SpikeRecordSpec{1, {3}});
  CHECK(of("all") == SpikeRecordSpec{1, {}});
  CHECK(of("0..3") == SpikeRecordSpec{1, {}});
  CHECK(of("[3, 1, 0, 2]") == SpikeRecordSpec{1, {}});
  CHECK(recorded("[{ population: out }, in]").record.spikes ==
        std::vector<SpikeRecordSpec>{{1, {}}, {0, {}}});
  CHECK(recorded("[]").record.spikes.empty());
}

TEST_CASE("what is recorded reads back as written") {
  CHECK(written("[]") == "  spikes: []");
  CHECK(written("[in, out]") == "  spikes: [in, out]");
  CHECK(written("[{ population: out, neurons: all }, in]") == "  spikes: [out, in]");
  CHECK(written("[in, { population: out, neurons: 1..3 }]") ==
        "  spikes: [in, { population: out, neurons: 1..3 }]");
  CHECK(written("[{ population: out, neurons: [3, 0] }]") ==
        "  spikes: [{ population: out, neurons: [0, 3] }]");
  for (const char* spikes : {"[in]", "[{ population: out, neurons: 1..3 }]",
                             "[{ population: in, neurons: [2] }, { population: out }]"}) {
    const Description d = recorded(spikes);
    const Description again = parse_description(to_yaml(d), "again.yaml");
    CHECK(again.record == d.record);
    CHECK(to_yaml(again) == to_yaml(d));
  }
}

}  // namespace
}  // namespace neurosim::test
