#include "datasets/event_datasets.hpp"

#include <doctest/doctest.h>

#include <thread>

#include "sim/core/error.hpp"
#include "tests/datasets/event_bytes.hpp"

namespace neurosim {
namespace {

using namespace test;

template <class Open>
std::string error_of(Open open) {
  try {
    open();
  } catch (const std::runtime_error& error) {
    return error.what();
  }
  return "no error";
}

const Bytes kOne = nmnist_record(3, 4, 1, 10);
const Bytes kTwo = kOne + nmnist_record(5, 6, 0, 20);

TEST_CASE("N-MNIST: in the order of the file numbers, with a subfolder or without") {
  for (const std::string sub : {"", "nmnist/"}) {
    const TempFolder folder;
    folder.write(sub + "Train/7/00010.bin", kTwo);
    folder.write(sub + "Train/9/00002.bin", kOne);
    folder.write(sub + "Train/9/._00002.bin", kOne);
    folder.write(sub + "Train/9/notes.txt", kOne);
    folder.write(sub + "Train/README", kOne);
    folder.write(sub + "unlabelled/1.bin", kOne);
    const auto dataset = open_nmnist("train", folder.path().string());
    REQUIRE(dataset->size() == 2);
    CHECK(dataset->label(0) == 9);
    CHECK(dataset->label(1) == 7);
    CHECK(dataset->class_count() == 10);
    CHECK(dataset->class_name(7) == "7");
    EventRecording recording;
    dataset->recording(1, recording);
    CHECK(recording.events.size() == 2);
    CHECK(recording.width == 34);
    CHECK(recording.height == 34);
  }
}

TEST_CASE("N-MNIST: what is missing or doubled is named") {
  const TempFolder folder;
  const std::string root = folder.path().string();
  const auto open = [&] { open_nmnist("train", root); };
  const std::string missing = error_of(open);
  CHECK(
      missing.starts_with("nmnist: not found: the train split needs a folder Train with folders "
                          "0 to 9; searched:\n  " +
                          root + "/nmnist\n  " + root + "\n"));
  CHECK(error_of([&] { open_nmnist("valid", root); }) ==
        "unknown split \"valid\"; known: train test");
  folder.write("Train/3/notes.txt", kOne);
  CHECK(error_of(open) == root + "/Train: expected .bin files in folders 0 to 9, found none");
  folder.write("Train/3/00001.bin", kOne);
  CHECK(error_of(open) == "no error");
  folder.write("Train/4/1.bin", kOne);
  CHECK(error_of(open) == root + "/Train/4/1.bin: expected one file of each number, found also " +
                              root + "/Train/3/00001.bin");
  std::filesystem::remove(folder.path() / "Train/4/1.bin");
  folder.write("Train/3/one.bin", kOne);
  CHECK(error_of(open) == root + "/Train/3/one.bin: expected a number for a name, e.g. 00002.bin");
  std::filesystem::remove(folder.path() / "Train/3/one.bin");
  folder.write("Train/10/00002.bin", kOne);
  CHECK(error_of(open) ==
        root + "/Train/10: expected the folders 0 to 9 only, named after the digits");
}

TEST_CASE("event folder: classes by name, size given or that of the first recording") {
  const TempFolder folder;
  folder.write("wave/b.bin", kTwo);
  folder.write("wave/a.bin", kOne);
  folder.write("clap/c.csv", text_bytes("1,2,9,1\n"));
  const std::string root = folder.path().string();
  const auto given = open_event_folder({.folder = root, .sensor = {20, 30}});
  REQUIRE(given->size() == 3);
  CHECK(given->class_count() == 2);
  CHECK(given->class_name(0) == "clap");
  CHECK(given->class_name(1) == "wave");
  CHECK(given->label(0) == 0);
  CHECK(given->label(2) == 1);
  EventRecording recording;
  given->recording(2, recording);
  CHECK(recording.events.size() == 2);
  CHECK(recording.width == 20);
  CHECK(recording.height == 30);
  const auto first = open_event_folder({.folder = root, .sensor = {}});
  CHECK(first->width() == 3);
  CHECK(first->height() == 10);
  CHECK(error_of([&] { first->recording(1, recording); }) ==
        root + "/wave/a.bin: at byte 0: expected an x below the width of 3, found 3");
}

TEST_CASE("event folder: no folder, no recording, a reader that gives another size") {
  const TempFolder folder;
  const std::string root = folder.path().string();
  CHECK(error_of([&] { open_event_folder({.folder = root + "/none", .sensor = {}}); }) ==
        root + "/none: expected a folder, found none");
  folder.write("stray.bin", kOne);
  CHECK(error_of([&] { open_event_folder({.folder = root, .sensor = {}}); }) ==
        root + ": expected recordings in folders named after their classes, found none");
  folder.write("a/1.h5", kOne);
  const auto dataset = open_event_folder(
      {.folder = root, .sensor = {5, 5}, .read = [](const std::string&, SensorSize) {
         return EventRecording{.width = 4, .height = 5};
       }});
  EventRecording recording;
  CHECK(error_of([&] { dataset->recording(0, recording); }) ==
        root +
            "/a/1.h5: expected a recording of 5 x 5 pixels, found 4 x 5 (data.width, data.height)");
}

TEST_CASE("event datasets: several threads read the same recordings") {
  const TempFolder folder;
  folder.write("Test/0/1.bin", kOne);
  folder.write("Test/1/2.bin", kTwo);
  const auto dataset = open_nmnist("test", folder.path().string());
  std::size_t counts[4] = {};
  std::vector<std::thread> threads;
  for (std::size_t& count : counts) {
    threads.emplace_back([&dataset, &count] {
      EventRecording recording;
      for (std::size_t k = 0; k < 200; ++k) {
        dataset->recording(k % 2, recording);
        count += recording.events.size();
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (const std::size_t count : counts) CHECK(count == 300);
}

}  // namespace
}  // namespace neurosim
