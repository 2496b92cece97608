#include <doctest/doctest.h>

#include <csignal>
#include <nlohmann/json.hpp>

#include "support/flaky_server.hpp"
#include "support/shared_data.hpp"
#include "tools/cli_files.hpp"

namespace neurosim {
namespace {

constexpr std::size_t kImageBytes = 9'912'422;  // of MNIST's training images, as published

/// A server beside the workplace; `served/` holds a file of the right size and first bytes, but
/// otherwise no MNIST.
class Mirror {
 public:
  Mirror() {
    std::filesystem::create_directories(place_.path("served"));
    place_.write("served/train-images-idx3-ubyte.gz",
                 "\x1f\x8b" + std::string(kImageBytes - 2, '\0'));
  }

  const Workplace& place() const { return place_; }
  /// fetch mnist to data/ from a behaviour of the server.
  std::vector<std::string> words(const std::string& behaviour) const {
    return {"data", "fetch", "mnist", "--data-dir", "data", "--from", server_.url(behaviour)};
  }

 private:
  Workplace place_;
  test::FlakyServer server_{place_.path("served").string(), place_.path("log").string()};
};

}  // namespace

TEST_CASE("data list says what there is and where") {
  const Workplace place;
  const Outcome empty = place.run({"data", "list"});
  CHECK(empty.code == 0);
  CHECK(empty.err.empty());
  CHECK(contains(empty.out, "11.6 MB  CC BY-SA 3.0  not here; neurosim data fetch mnist\n"));
  CHECK(contains(empty.out, "synthetic-digits"));

  std::filesystem::create_directories(place.path("data/mnist"));
  place.write("data/mnist/t10k-labels-idx1-ubyte", "");
  CHECK(
      contains(place.run({"data", "list", "--data-dir", "data"}).out, "data/mnist (incomplete)\n"));
  const Outcome found = place.run({"data", "list", "--json"},
                                  {.environment = {{"NEUROSIM_DATA", place.folder() + "/data"}}});
  const auto list = nlohmann::json::parse(found.out)["datasets"];
  REQUIRE(list.size() == 3);
  CHECK(list[0]["name"] == "mnist");
  CHECK(list[0]["folder"] == place.folder() + "/data/mnist");
  CHECK(list[0]["complete"] == false);
  CHECK(list[0]["download_bytes"] == 11'594'722);
  CHECK(list[1]["folder"].is_null());
  CHECK(list[2]["download_bytes"].is_null());
  const std::string help = place.run({"help", "json"}).out;
  for (const auto& [key, value] : list[0].items()) CHECK(contains(help, key));
}

TEST_CASE("data verify names each file that is wrong or missing") {
  const Workplace place;
  const Outcome nowhere = place.run({"data", "verify", "nmnist"});
  CHECK(nowhere.code == 3);
  CHECK(contains(nowhere.out, "nmnist  missing  not here; neurosim data fetch nmnist"));
  std::filesystem::create_directories(place.path("data/mnist"));
  place.write("data/mnist/train-labels-idx1-ubyte.gz", "<html>");
  place.write("data/mnist/t10k-labels-idx1-ubyte", "abc");
  const Outcome outcome = place.run({"data", "verify", "mnist", "--data-dir", "data"});
  CHECK(outcome.code == 3);
  CHECK(contains(outcome.out, "data/mnist/train-images-idx3-ubyte.gz  missing\n"));
  CHECK(contains(outcome.out,
                 "train-labels-idx1-ubyte.gz  wrong  expected a gzip file, found an "
                 "HTML page"));
  CHECK(contains(outcome.out, "t10k-labels-idx1-ubyte  wrong  expected md5 27ae3e4e"));
}

TEST_CASE("data fetch brings MNIST, once") {
  if (!test::have_shared("data/mnist")) return;
  const Workplace place;
  const test::FlakyServer server(test::shared_path("data/mnist"), place.path("log").string());
  std::vector<std::string> words = {"data", "fetch", "mnist", "--from", server.url("drop-once")};
  const ChildOptions options = {.environment = {{"NEUROSIM_DATA", place.folder() + "/data:/none"}}};
  const Outcome fetched = place.run(words, options);
  CAPTURE(fetched.err);
  REQUIRE(fetched.code == 0);
  CHECK(contains(fetched.out, "data/mnist/t10k-labels-idx1-ubyte.gz  fetched\n"));
  CHECK(contains(fetched.err, "trying again from byte 4956211"));
  CHECK(contains(fetched.err, "licence: CC BY-SA 3.0"));
  CHECK_FALSE(contains(fetched.err, "\r"));
  REQUIRE(server.requests().size() == 8);
  CHECK(server.requests()[1].first + server.requests()[1].bytes == kImageBytes);
  const Outcome verified = place.run({"data", "verify", "mnist"}, options);
  CHECK(verified.code == 0);
  CHECK(contains(verified.out, "t10k-labels-idx1-ubyte.gz  ok\n"));
  const Outcome again = place.run(words, options);
  CHECK(again.code == 0);
  CHECK(again.err.empty());
  CHECK(contains(again.out, "train-images-idx3-ubyte.gz  is there already\n"));
  CHECK(server.requests().size() == 8);
  words.insert(words.end(), {"--force", "-q"});
  const Outcome forced = place.run(words, options);
  CHECK(forced.code == 0);
  CHECK(forced.err.empty());
  CHECK(server.requests().size() == 12);
}

TEST_CASE("data fetch leaves nothing of what is not the file") {
  const Mirror mirror;
  for (const char* behaviour : {"404", "html", "clean"}) {
    CAPTURE(behaviour);
    const Outcome outcome = mirror.place().run(mirror.words(behaviour));
    CHECK(outcome.code == 3);
    CHECK(outcome.out.empty());
    CHECK(contains(outcome.err, "error: data/mnist/train-images-idx3-ubyte.gz: cannot be "));
    CHECK(std::filesystem::is_empty(mirror.place().path("data/mnist")));
  }
}

TEST_CASE("data fetch keeps its hands off a file that it does not know") {
  const Mirror mirror;
  std::filesystem::create_directories(mirror.place().path("data/mnist"));
  mirror.place().write("data/mnist/train-images-idx3-ubyte.gz", "precious");
  const Outcome outcome = mirror.place().run(mirror.words("clean"));
  CHECK(outcome.code == 3);
  CHECK(contains(outcome.err, "add --force to replace it"));
  CHECK(mirror.place().read("data/mnist/train-images-idx3-ubyte.gz") == "precious");
}

TEST_CASE("Ctrl-C ends a download, what came is kept") {
  const Mirror mirror;
  const Workplace& place = mirror.place();
  const auto partial = place.path("data/mnist/train-images-idx3-ubyte.gz.partial");
  Child child(place.command(mirror.words("stalls")), {.folder = place.folder()});
  wait_until([&] {
    std::error_code not_yet;
    return std::filesystem::file_size(partial, not_yet) == kImageBytes / 2;
  });
  child.send(SIGINT);
  const Outcome outcome = child.wait();
  CHECK(outcome.code == 130);
  CHECK(contains(outcome.err, "interrupted; the same command goes on from here\n"));
  CHECK(std::filesystem::file_size(partial) == kImageBytes / 2);
  CHECK_FALSE(place.has("data/mnist/train-images-idx3-ubyte.gz"));
}

TEST_CASE("a terminal shows how far a download is") {
  const Mirror mirror;
  const Outcome shown = mirror.place().run(
      mirror.words("clean"), {.folder = mirror.place().folder(), .stdio = Stdio::kTerminal});
  CHECK(contains(shown.out, "train-images-idx3-ubyte.gz  "));
  CHECK(contains(shown.out, " of 9.91 MB"));
  CHECK(contains(shown.out, "\r\033[K"));
}

TEST_CASE("wrong words after data are usage errors") {
  const Workplace place;
  for (const auto& [words, message] : std::vector<std::pair<std::vector<std::string>, std::string>>{
           {{"data"}, "neurosim help data"},
           {{"data", "lst"}, "did you mean \"list\"?"},
           {{"data", "list", "mnist"}, "takes no names"},
           {{"data", "list", "--force"}, "takes no --force"},
           {{"data", "verify"}, "needs the name of a data set"},
           {{"data", "verify", "mnist", "--from", "http://x"}, "takes no --from"},
           {{"data", "fetch", "mnits"}, "did you mean \"mnist\"?"},
           {{"data", "fetch", "mnist", "--from", "file:///etc"}, "http or https"},
           {{"data", "fetch", "mnist", "--data-dir", ""}, "the name is empty"}}) {
    const Outcome outcome = place.run(words);
    CAPTURE(outcome.err);
    CHECK(outcome.code == 2);
    CHECK(outcome.out.empty());
    CHECK(contains(outcome.err, message));
  }
}

}  // namespace neurosim
