// `neurosim plot` as a user calls it.

#include <doctest/doctest.h>

#include <filesystem>
#include <sstream>

#include "support/recorded_run.hpp"
#include "tools/cli_files.hpp"
#include "tools/train_files.hpp"

namespace neurosim {
namespace {

bool have_gnuplot() {
  for (const char* folder : {"/usr/local/bin/", "/usr/bin/", "/bin/"}) {
    if (std::filesystem::exists(folder + std::string("gnuplot"))) return true;
  }
  MESSAGE("skipped: no gnuplot");
  return false;
}

/// A workplace with out.h5, a run with everything recorded.
class Recorded : public Workplace {
 public:
  Recorded() {
    write("net.yaml", std::string(kSmallNetwork) +
                          "  states: { hidden: { variables: [h, hs], neurons: \"0..11\" } }\n");
    must_run({"run", "net.yaml", "-o", "out.h5"});
  }
  void must_run(const std::vector<std::string>& words) const {
    const Outcome outcome = run(words);
    CAPTURE(outcome.err);
    REQUIRE(outcome.code == 0);
  }
  /// Draws SVG; returns its texts, one a line.
  std::string drawn_texts(std::vector<std::string> words) const {
    words.insert(words.begin(), "plot");
    words.insert(words.end(), {"-o", "x.svg", "--force"});
    const Outcome outcome = run(words);
    CAPTURE(outcome.err);
    REQUIRE(outcome.code == 0);
    CHECK(outcome.out.empty());
    return svg_texts("x.svg");
  }
  /// Of a file that must be well-formed XML.
  std::string svg_texts(const std::string& name) const {
    constexpr const char* kProgram =
        "import sys, xml.etree.ElementTree as tree\n"
        "root = tree.parse(sys.argv[1]).getroot()\n"
        "assert root.tag.endswith('svg')\n"
        "for node in root.iter():\n"
        "  if node.tag.endswith('}text'): print(''.join(node.itertext()).strip())\n";
    const Outcome outcome =
        run_program({NEUROSIM_PYTHON, "-c", kProgram, name},
                    {.folder = folder(), .environment = {{"PYTHONIOENCODING", "utf-8"}}});
    CAPTURE(outcome.err);
    REQUIRE(outcome.code == 0);
    return "\n" + outcome.out;
  }
};

std::size_t count_of(const std::string& text, const std::string& part) {
  std::size_t count = 0;
  for (std::size_t at = 0; (at = text.find(part, at)) != std::string::npos; ++at) ++count;
  return count;
}

std::vector<std::string> names_in(const Workplace& place) {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(place.folder())) {
    names.push_back(entry.path().filename().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace

TEST_CASE("each kind is drawn in each format") {
  if (!have_gnuplot()) return;
  const Recorded place;
  place.write("train.yaml", kTrainNetwork);
  place.must_run({"train", "train.yaml", "-o", "w.h5"});
  const auto before = names_in(place);
  const std::pair<std::string, std::string> kinds[] = {
      {"raster", "Neuron"}, {"rate", "Rate (Hz)"},  {"activity", "Activity T(s) (%)"},
      {"trace", "hs"},      {"confusion", "Label"}, {"training", "Loss"}};
  for (const auto& [kind, axis] : kinds) {
    const std::string file = kind == "training" ? "w.h5" : "out.h5";
    for (const auto& [ending, magic] :
         {std::pair{".svg", "<?xml"}, {".png", "\x89PNG\r\n\x1A\n"}, {".pdf", "%PDF-"}}) {
      CAPTURE(kind);
      CAPTURE(ending);
      const std::string name = "figure" + std::string(ending);
      const Outcome outcome = place.run({"plot", file, kind, "-o", name});
      CAPTURE(outcome.err);
      CHECK(outcome.code == 0);
      CHECK(outcome.out.empty());
      CHECK(outcome.err.empty());
      CHECK(place.read(name).starts_with(magic));
      if (name == "figure.png") CHECK(contains(place.read(name), "pHYs"));
      if (name == "figure.svg") CHECK(contains(place.svg_texts(name), "\n" + axis + "\n"));
      std::filesystem::remove(place.path(name));
    }
  }
  CHECK(names_in(place) == before);
}

TEST_CASE("figures name what they show") {
  if (!have_gnuplot()) return;
  const Recorded place;
  place.write("list.yaml", kListNetwork);
  place.must_run({"run", "list.yaml", "-o", "list.h5"});

  const std::string raster = place.drawn_texts({"list.h5", "raster"});
  CHECK(count_of(raster, "\nNeuron\n") == 2);
  CHECK(contains(raster, "\ninput\n"));
  CHECK(contains(raster, "\ncells\n"));
  CHECK(contains(raster, "\nTime (ms)\n"));
  const std::string one = place.drawn_texts({"list.h5", "raster", "--population", "cells"});
  CHECK(count_of(one, "\nNeuron\n") == 1);
  CHECK_FALSE(contains(one, "\ninput\n"));
  const std::string both = place.drawn_texts({"list.h5", "raster", "--population=cells,input"});
  CHECK(both.find("\ncells\n") < both.find("\ninput\n"));

  const std::string rate = place.drawn_texts({"rate", "list.h5", "--bin-ms", "5", "--sample", "0"});
  CHECK(contains(rate, "\nRate (Hz)\n"));
  CHECK(contains(rate, "\ninput\n"));

  const std::string trace = place.drawn_texts({"out.h5", "trace", "--neurons", "3,5..6"});
  for (const char* text : {"\nhidden\n", "\nh\n", "\nhs\n", "\nneuron 3\n", "\nneuron 6\n"}) {
    CHECK(contains(trace, text));
  }
  CHECK_FALSE(contains(trace, "neuron 4"));
  // Without a wish, the first ten of the twelve.
  const std::string first = place.drawn_texts({"out.h5", "trace"});
  CHECK(contains(first, "\nneuron 9\n"));
  CHECK_FALSE(contains(first, "\nneuron 10\n"));

  const std::string confusion = place.drawn_texts({"out.h5", "confusion"});
  CHECK(contains(confusion, "(0 of 3)") + contains(confusion, "(1 of 3)") +
            contains(confusion, "(2 of 3)") + contains(confusion, "(3 of 3)") ==
        1);
  CHECK(contains(confusion, "\nPrediction\n"));

  const std::string activity = place.drawn_texts({"list.h5", "out.h5", "activity"});
  for (const char* text : {"\nlisted\n", "\nsmall\n", "\ncells\n", "\nhidden\n"}) {
    CHECK(contains(activity, text));
  }
  CHECK_FALSE(contains(activity, "\npixels\n"));  // a source
}

TEST_CASE("training curves of several files have a legend, validation where there was one") {
  if (!have_gnuplot()) return;
  const Recorded place;
  place.write("train.yaml", kTrainNetwork);
  place.must_run({"train", "train.yaml", "-o", "w.h5"});
  place.must_run({"train", "train.yaml", "-o", "plain.h5", "--set", "training.validation=0"});
  const std::string one = place.drawn_texts({"w.h5", "training"});
  for (const char* text :
       {"\nLoss\n", "\nAccuracy (%)\n", "\nEpoch\n", "\ntraining\n", "\nvalidation\n"}) {
    CHECK(contains(one, text));
  }
  const std::string two = place.drawn_texts({"w.h5", "plain.h5", "training"});
  for (const char* text : {"\nw, training\n", "\nw, validation\n", "\nplain, training\n"}) {
    CHECK(contains(two, text));
  }
  CHECK_FALSE(contains(two, "plain, validation"));
}

TEST_CASE("names are text, whatever is in them") {
  if (!have_gnuplot()) return;
  const Workplace place;
  const std::string first = "it's {/Bold x}_2^3", second = "`touch oops` @a \\ \"q\"";
  for (const std::string& name : {first, second}) {
    test::write_hand_run(place.path(name == first ? "1.h5" : "2.h5").string(),
                         {.network_name = name, .samples = {{.spikes = {{0, 0}}}}});
  }
  const std::string output = "-o; touch oops; $(touch oops).svg";
  const Outcome outcome = place.run({"plot", "1.h5", "2.h5", "activity", "--output=" + output});
  CAPTURE(outcome.err);
  REQUIRE(outcome.code == 0);
  const std::string svg = place.read(output);
  CHECK(contains(svg, first));
  CHECK(contains(svg, "`touch oops` @a \\ "));
  CHECK(names_in(place) == std::vector<std::string>{output, "1.h5", "2.h5"});
}

TEST_CASE("a picture of very many spikes stays small") {
  if (!have_gnuplot()) return;
  const Workplace place;
  test::HandRun run{.neurons = 1000, .ticks = 300, .samples = {{}}};
  for (Tick tick = 0; tick < run.ticks; ++tick) {
    for (NeuronId id = 0; id < 1000; ++id) {
      if ((id * 7919u + static_cast<unsigned>(tick) * 104729u) % 5 < 2) {
        run.samples[0].spikes.emplace_back(tick, id);
      }
    }
  }
  REQUIRE(run.samples[0].spikes.size() > 100'000);
  test::write_hand_run(place.path("out.h5").string(), run);
  for (const std::string name : {"x.svg", "x.pdf"}) {
    const Outcome outcome = place.run({"plot", "out.h5", "raster", "-o", name});
    CAPTURE(outcome.err);
    CHECK(outcome.code == 0);
    CHECK(std::filesystem::file_size(place.path(name)) < 1'000'000);
  }
}

TEST_CASE("SVG and PNG are the same bytes each time") {
  if (!have_gnuplot()) return;
  const Recorded place;
  for (const std::string ending : {".svg", ".png"}) {
    place.must_run({"plot", "out.h5", "rate", "-o", "a" + ending});
    place.must_run({"plot", "out.h5", "rate", "-o", "b" + ending});
    CHECK(place.read("a" + ending) == place.read("b" + ending));
  }
}

TEST_CASE("a mean over part of the samples is said to be one") {
  if (!have_gnuplot()) return;
  const Workplace place;
  test::HandRun run;
  run.samples.resize(1001);
  test::write_hand_run(place.path("out.h5").string(), run);
  const Outcome part = place.run({"plot", "out.h5", "rate", "-o", "a.svg"});
  CHECK(part.code == 0);
  CHECK(part.err == "mean over the first 1,000 of 1,001 samples; --samples N takes others\n");
  const Outcome all = place.run({"plot", "out.h5", "rate", "-o", "b.svg", "--samples", "1001"});
  CHECK(all.code == 0);
  CHECK(all.err.empty());
}

TEST_CASE("what cannot be drawn is one message and no file") {
  const Recorded place;
  place.write("list.yaml", kListNetwork);
  place.must_run({"run", "list.yaml", "-o", "list.h5"});
  place.write("text.h5", "not HDF5 at all");
  const auto before = names_in(place);
  const auto message = [&](int code, std::vector<std::string> words) {
    words.insert(words.begin(), "plot");
    words.insert(words.end(), {"-o", "x.svg"});
    const Outcome outcome = place.run(words);
    CAPTURE(outcome.err);
    CHECK(outcome.code == code);
    CHECK(outcome.out.empty());
    CHECK(count_of(outcome.err, "\n") == 1);
    CHECK(outcome.err.starts_with("error: "));
    return outcome.err;
  };
  CHECK(contains(message(2, {"out.h5", "rastr"}), "did you mean \"raster\"?"));
  CHECK(contains(message(2, {"out.h5"}), "kind of figure is missing: raster, rate, activity"));
  CHECK(contains(message(2, {"raster"}), "file to draw is missing"));
  CHECK(contains(message(2, {"out.h5", "raster", "rate"}), "two kinds of figure: raster and rate"));
  CHECK(contains(message(2, {"out.h5", "list.h5", "raster"}), "draws one file, got 2"));
  CHECK(contains(message(2, {"out.h5", "raster", "--population", "hiden"}),
                 "did you mean \"hidden\"?"));
  CHECK(contains(message(2, {"out.h5", "raster", "--population", "pixels"}), "record.spikes"));
  CHECK(contains(message(2, {"out.h5", "raster", "--population", "classes"}), "is a readout"));
  CHECK(contains(message(2, {"out.h5", "raster", "--population", "hidden,"}), "commas"));
  CHECK(contains(message(2, {"out.h5", "activity", "--population", "classes"}), "no T(s)"));
  CHECK(contains(message(2, {"out.h5", "raster", "--sample", "3"}), "holds 3 samples"));
  CHECK(contains(message(2, {"out.h5", "rate", "--sample", "3"}), "holds 3 samples"));
  CHECK(contains(message(2, {"out.h5", "rate", "--samples", "4"}), "holds 3 samples, got 4"));
  CHECK(contains(message(2, {"out.h5", "rate", "--bin-ms", "1.5"}), "whole steps of 1 ms"));
  CHECK(contains(message(2, {"out.h5", "raster", "--bin-ms", "2"}), "no meaning for raster"));
  CHECK(contains(message(2, {"out.h5", "trace", "--neurons", "13"}), "no trace of neuron 13"));
  CHECK(contains(message(2, {"out.h5", "trace", "--neurons", "x"}), "0,2,5..9"));
  CHECK(contains(message(2, {"list.h5", "trace"}), "record.states"));
  CHECK(contains(message(2, {"list.h5", "confusion"}), "no sample with a label"));
  CHECK(contains(message(2, {"out.h5", "rate", "--width-mm", "nan"}), "from 50 to 500"));
  CHECK(contains(message(2, {"out.h5", "trace", "--height-mm", "20"}), "at least"));
  CHECK(contains(message(3, {"out.h5", "training"}), "not a weights file"));
  CHECK(contains(message(3, {"missing.h5", "rate"}), "missing.h5"));
  CHECK(contains(message(3, {"text.h5", "rate"}), "text.h5"));
  CHECK(names_in(place) == before);
}

TEST_CASE("outputs: the ending decides, and nothing is lost") {
  const Recorded place;
  place.write("x.svg", "precious");
  const auto refused = [&](int code, const std::vector<std::string>& output) {
    std::vector<std::string> words = {"plot", "out.h5", "raster"};
    words.insert(words.end(), output.begin(), output.end());
    const Outcome outcome = place.run(words);
    CAPTURE(outcome.err);
    CHECK(outcome.code == code);
    CHECK(count_of(outcome.err, "\n") == 1);
    return outcome.err;
  };
  const std::string results = place.read("out.h5");
  CHECK(contains(refused(2, {}), "--output is missing, e.g. -o raster.svg"));
  CHECK(contains(refused(2, {"-o", "x.gif"}), ".svg, .png or .pdf, got \"x.gif\""));
  CHECK(contains(refused(2, {"-o", "out.h5", "--force"}), "ends in .svg"));
  CHECK(contains(refused(3, {"-o", "x.svg"}), "add --force"));
  CHECK(contains(refused(3, {"-o", "no/such/x.svg"}), "cannot be written"));
  CHECK(place.read("x.svg") == "precious");
  std::filesystem::create_symlink("out.h5", place.path("link.svg"));
  CHECK(contains(refused(2, {"-o", "link.svg", "--force"}), "is a file to draw"));
  CHECK(place.read("out.h5") == results);
  CHECK(names_in(place) == std::vector<std::string>{"link.svg", "net.yaml", "out.h5", "x.svg"});
  if (!have_gnuplot()) return;
  place.must_run({"plot", "out.h5", "raster", "-o", "x.svg", "--force"});
  CHECK(contains(place.read("x.svg"), "<svg"));
}

TEST_CASE("without gnuplot the way out is named and no file is left") {
  const Recorded place;
  const auto before = names_in(place);
  const Outcome outcome = place.run({"plot", "out.h5", "raster", "-o", "x.svg"},
                                    {.environment = {{"PATH", "/nonexistent"}}});
  CHECK(outcome.code == 3);
  CHECK(contains(outcome.err, "`gnuplot` is not on the PATH; install it (Debian: gnuplot-nox)"));
  CHECK(names_in(place) == before);
}

TEST_CASE("a gnuplot that fails is quoted and no file is left") {
  const Recorded place;
  std::filesystem::create_directory(place.path("bin"));
  place.write("bin/gnuplot", "#!/bin/sh\necho half a picture\necho out of ink >&2\nexit 1\n");
  std::filesystem::permissions(place.path("bin/gnuplot"), std::filesystem::perms::owner_all);
  const auto before = names_in(place);
  const Outcome outcome = place.run({"plot", "out.h5", "raster", "-o", "x.svg"},
                                    {.environment = {{"PATH", place.path("bin").string()}}});
  CHECK(outcome.code == 3);
  CHECK(contains(outcome.err, "gnuplot failed: out of ink"));
  CHECK(names_in(place) == before);
}

}  // namespace neurosim
