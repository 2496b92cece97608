#include "datasets/event_file.hpp"

#include <doctest/doctest.h>

#include <tuple>

#include "sim/core/error.hpp"
#include "support/random_tests.hpp"
#include "tests/datasets/event_bytes.hpp"

namespace neurosim {
namespace {

using namespace test;

using Events = std::vector<Event>;

std::string error_of(const std::string& path, SensorSize sensor = {}) {
  try {
    read_events(path, sensor);
  } catch (const DataError& error) {
    const std::string text = error.what();
    return text.rfind(path + ": ", 0) == 0 ? text.substr(path.size() + 2) : "no path in: " + text;
  }
  return "no error";
}

TEST_CASE("events: N-MNIST as Tonic reads it, overflow records and all") {
  const TempFolder folder;
  const Bytes bytes = {3, 4, 0x80, 0, 10, 0, 240, 0, 0, 0, 5, 6, 1, 2, 3, 33, 33, 255, 255, 255};
  const EventRecording recording = read_events(folder.write("a.bin", bytes), {34, 34});
  CHECK(recording.events == Events{{10, 3, 4, 1}, {74243, 5, 6, 0}, {8396799, 33, 33, 1}});
  CHECK(recording.width == 34);
  CHECK(recording.height == 34);
  CHECK(error_of(folder.write("b.bs2", bytes + Bytes{1, 2})) ==
        "at byte 20: expected records of 5 bytes, found 2 (truncated, or no N-MNIST recording)");
  CHECK(error_of(folder.write("c.bin", bytes + nmnist_record(34, 0, 0, 9)), {34, 34}) ==
        "at byte 20: expected an x below the width of 34, found 34");
  CHECK(error_of(folder.write("c.bin", bytes + nmnist_record(0, 99, 0, 9)), {34, 34}) ==
        "at byte 20: expected a y below the height of 34, found 99");
}

TEST_CASE(
    "events: those that come late are brought in order, those of one time stay as they came") {
  const TempFolder folder;
  const Bytes bytes = nmnist_record(1, 1, 1, 50) + nmnist_record(2, 1, 1, 20) +
                      nmnist_record(3, 1, 0, 50) + nmnist_record(4, 1, 0, 20);
  CHECK(read_events(folder.write("a.bin", bytes), {}).events ==
        Events{{20, 2, 1, 1}, {20, 4, 1, 0}, {50, 1, 1, 1}, {50, 3, 1, 0}});
}

TEST_CASE("events: text with commas, tabs, blanks, comments, any order of named columns") {
  const TempFolder folder;
  const Events expected = {{5, 1, 2, 1}, {7, 3, 4, 0}};
  for (const char* const text :
       {"5,1,2,1\n7,3,4,0", "# t x y p\n5 1 2 1\n\n7\t3\t4\t-1 # off\n",
        "t,x,y,p\r\n5,1,2,1\r\n7,3,4,0\r\n", "X, Y , Polarity,TIMESTAMP\n1,2,1,5\n3,4,-1,7\n",
        "\xEF\xBB\xBFts\tpol\tx\ty\n5\t1\t1\t2\n7\t0\t3\t4\n", "7 3 4 0\n5 1 2 1\n"}) {
    CAPTURE(text);
    for (const char* const name : {"a.csv", "a.TSV", "a.txt"}) {
      const EventRecording recording = read_events(folder.write(name, text_bytes(text)), {});
      CHECK(recording.events == expected);
      CHECK(recording.width == 4);
      CHECK(recording.height == 5);
    }
  }
}

TEST_CASE("events: mistakes in text are named with their line") {
  const TempFolder folder;
  for (const auto& [text, message] : {
           std::pair{"1,2,3\n", "line 1: expected 4 fields (t, x, y, p), found 3"},
           {"# a\n\n1,2,3,1,\n", "line 3: expected 4 fields (t, x, y, p), found 5"},
           {"0.5,2,3,1\n",
            "line 1: expected an integer number of microseconds (no fraction) for t, found "
            "\"0.5\""},
           {"1,,3,1\n", "line 1: expected an integer for x, found \"\""},
           {"1,2,3,1\n1,-2,3,1", "line 2: expected 0 to 65535 for x, found -2"},
           {"1,2,3,2\n", "line 1: expected a polarity of 0 or 1, or -1 or 1, found 2"},
           {"-1,2,3,1\n", "line 1: expected a time of 0 to 9007199254740992 us, found -1"},
           {"99999999999999999999,2,3,1\n",
            "line 1: expected an integer number of microseconds (no fraction) for t, found "
            "\"99999999999999999999\""},
           {"t,x,x,p\n", "line 1: expected one column x, found two"},
           {"t,x,y,w\n",
            "line 1: expected the name of a column (t, ts, time, timestamp, x, y, p, pol, "
            "polarity), found \"w\""},
           {"# none\n", "expected events, found none, and nothing tells the size of the camera"},
       }) {
    CHECK(error_of(folder.write("a.csv", text_bytes(text))) == message);
  }
}

TEST_CASE("events: DAT 2 tells its size, and what is none is refused") {
  const TempFolder folder;
  const Bytes record = dat_record(7, 300, 200, 1);
  const EventRecording recording =
      read_events(folder.write("a", dat_file(record, "% Width 640\n% Height 480\n")), {});
  CHECK(recording.events == Events{{7, 300, 200, 1}});
  CHECK(recording.width == 640);
  CHECK(recording.height == 480);
  const auto error = [&](const Bytes& bytes) { return error_of(folder.write("a.dat", bytes)); };
  CHECK(error(dat_file(record + Bytes{1})) ==
        "at byte 55: expected records of 8 bytes, found 1 (truncated?)");
  CHECK(error(dat_file(dat_record(7, 1, 1, 2))) ==
        "at byte 47: expected a polarity of 0 or 1, found 2");
  CHECK(error(dat_file(record, "% Width 0\n")) ==
        "in the header: expected a Width of 1 to 65536, found \"0\"");
  CHECK(error(dat_file(dat_record(0xFFFFFFFF, 1, 1, 1) + record)) ==
        "at byte 55: expected times that do not run over, found 7 us after 4294967295");
  CHECK(error(text_bytes("% Data file containing CD events\n% Version 1\n\n")) ==
        "at byte 0: expected a DAT file of version 2, found \"1\"");
}

TEST_CASE("events: EVT 3.0 vectors, sizes, times that run over") {
  const TempFolder folder;
  // Before the first time and the first y nobody knows when and where.
  const Bytes bytes = evt3_file({0x2005, 0x8FFF, 0x2005, 0x6001, 0x0003, 0x280A, 0x3802, 0x4801,
                                 0x5081, 0xA000, 0x8000, 0x2004, 0x6002, 0x2004},
                                "% geometry 64x32\n");
  const EventRecording recording = read_events(folder.write("a.raw", bytes), {});
  const std::int64_t late = (0xFFF << 12) + 1;
  const std::int64_t turn = 1 << 24;
  CHECK(recording.events == Events{{late, 10, 3, 1},
                                   {late, 2, 3, 1},
                                   {late, 13, 3, 1},
                                   {late, 14, 3, 1},
                                   {late, 21, 3, 1},
                                   {turn, 4, 3, 0},
                                   {turn + 2, 4, 3, 0}});
  CHECK(recording.width == 64);
  CHECK(recording.height == 32);
  const EventRecording named = read_events(
      folder.write("b.raw", evt3_file({0x8000, 0x0000, 0x2000}, "% plugin_name hal_gen31\n")), {});
  CHECK(named.width == 640);
  CHECK(named.height == 480);
  CHECK(error_of(folder.write("c.raw", evt3_file({0x8000, 0x9001}))) ==
        "at byte 18: expected a word of EVT 3.0, found 0x9001, whose type is reserved");
  CHECK(error_of(folder.write("c.raw", evt3_file({0x8000}) + Bytes{1})) ==
        "at byte 18: expected words of 2 bytes, found 1 (truncated?)");
}

TEST_CASE("events: AEDAT 4.0, plain and packed, only the stream of events") {
  const TempFolder folder;
  const Bytes plain = aedat4_packet();
  const Bytes other = aedat4_framed(3, {1, 2, 3});
  for (const auto& [code, packed] : {std::pair{0, plain}, {1, lz4(plain)}, {3, zstd(plain)}}) {
    CAPTURE(code);
    const Bytes file =
        aedat4_file(static_cast<std::uint64_t>(code), other + aedat4_framed(7, packed) + other);
    const EventRecording recording = read_events(folder.write("a.aedat4", file), {});
    CHECK(recording.events == Events{{10, 1, 4, 1}, {20, 3, 4, 1}, {30, 2, 4, 0}});
    CHECK(recording.width == 8);
    CHECK(recording.height == 6);
  }
}

TEST_CASE("events: little that unpacks to very much is refused") {
  const TempFolder folder;
  const Bytes zeros(64u << 20);
  const std::string message =
      error_of(folder.write("a", aedat4_file(3, aedat4_framed(7, zstd(zeros)))));
  CHECK(message.find("data that unpack to more than 256 times their size") != std::string::npos);
}

TEST_CASE("events: what is no recording is called what it is") {
  const TempFolder folder;
  const auto error = [&](const char* name, const Bytes& bytes) {
    return error_of(folder.write(name, bytes));
  };
  const std::string known =
      "N-MNIST (.bin, .bs2), text (.csv, .tsv, .txt), AEDAT 4.0, Prophesee DAT 2 and EVT 3.0";
  CHECK(error("a.bin", text_bytes("\n<!DOCTYPE html><p>403 Forbidden")) ==
        "at byte 0: expected events, found an HTML page that begins "
        "\"<!DOCTYPE html><p>403 Fo...\" (download the file again)");
  CHECK(error("a.bin", text_bytes("version https://git-lfs.github.com")) ==
        "at byte 0: expected N-MNIST records, found text that begins "
        "\"version https://git-lfs....\"");
  CHECK(error("a.bin", text_bytes("\x89HDF\r\n\x1a\n....")) ==
        "at byte 0: expected " + known + ", found HDF5, which another reader reads");
  CHECK(error("a.aedat", text_bytes("#!AER-DAT3.1\r\n")) ==
        "at byte 0: expected AEDAT 4.0, found \"#!AER-DAT3.1\"");
  CHECK(error("a.raw", text_bytes("% evt 2.0\n")) ==
        "at byte 0: expected a header of Prophesee's DAT 2 or EVT 3.0, found one of \"2.0\"");
  CHECK(error("a.xyz", {1, 2}) ==
        "at byte 0: expected events in a known format (" + known + "), found \"??\"");
  CHECK(error("a.csv", {}) == "at byte 0: expected events, found an empty file");
  CHECK(error_of(folder.path().string()) == "is a folder, not a file");
  CHECK(error_of((folder.path() / "absent").string()) == "cannot open: No such file or directory");
}

/// Reads it, or refuses it with a DataError; anything else fails the test.
void read_or_refuse(const std::string& path) {
  try {
    const EventRecording recording = read_events(path, {});
    std::int64_t last = 0;
    bool good = true;
    for (const Event& event : recording.events) {
      good = good && event.t >= last && event.x < recording.width && event.y < recording.height &&
             event.p <= 1;
      last = event.t;
    }
    CHECK(good);
  } catch (const DataError&) {  // as good
  }
}

TEST_CASE("events: files cut, changed or of random bytes are read or refused, never worse") {
  const TempFolder folder;
  const Bytes plain = aedat4_packet();
  const std::pair<const char*, Bytes> files[] = {
      {"a.bin",
       nmnist_record(3, 4, 1, 10) + nmnist_record(0, 240, 0, 0) + nmnist_record(5, 6, 0, 99)},
      {"a.csv", text_bytes("t,x,y,p\n1,2,3,1\n# a\n2,3,4,0\n")},
      {"a.dat", dat_file(dat_record(1, 2, 3, 1) + dat_record(2, 3, 4, 0), "% Width 9\n")},
      {"a.raw", evt3_file({0x8001, 0x0003, 0x280A, 0x3802, 0x4801, 0x5081}, "% geometry 64x32\n")},
      {"plain.aedat4", aedat4_file(0, aedat4_framed(7, plain))},
      {"lz4.aedat4", aedat4_file(1, aedat4_framed(7, lz4(plain)))},
      {"zstd.aedat4", aedat4_file(3, aedat4_framed(7, zstd(plain)))},
  };
  for (const auto& [name, file] : files) {
    CAPTURE(name);
    REQUIRE(error_of(folder.write(name, file)) == "no error");
    for (std::size_t size = 0; size < file.size(); ++size) {
      CAPTURE(size);
      read_or_refuse(folder.write(name, Bytes(file.begin(), file.begin() + std::ptrdiff_t(size))));
    }
    for_each_seed(1500, [&, name = name, &original = file](std::uint64_t seed) {
      Draw draw(seed);
      Bytes bad = original;
      for (std::size_t changes = 1 + draw.below(4); changes > 0; --changes) {
        constexpr std::uint8_t kNasty[] = {0, 1, 0x7F, 0x80, 0xFF, '\n', '%', ','};
        bad[draw.below(bad.size())] =
            draw.chance(0.5) ? kNasty[draw.below(8)] : static_cast<std::uint8_t>(draw.bits());
      }
      // Half of them keep the beginning, so that more than the magic is tried.
      if (draw.chance(0.5)) {
        std::copy_n(original.begin(), std::min<std::size_t>(14, original.size()), bad.begin());
      }
      read_or_refuse(folder.write(name, bad));
    });
    for_each_seed(100, [&, name = name](std::uint64_t seed) {
      Draw draw(seed);
      Bytes noise(1 + draw.below(300));
      for (std::uint8_t& byte : noise) byte = static_cast<std::uint8_t>(draw.bits());
      read_or_refuse(folder.write(name, noise));
    });
  }
}

}  // namespace
}  // namespace neurosim
