// What libsonata and bmtk ask of a file (shared/design/ecosystem.md, section 1a), looked at with
// nothing but HDF5's own functions.

#include <cmath>

#include "file_edit.hpp"
#include "random_run.hpp"

using namespace neurosim;
using namespace neurosim::test;

namespace {

class RawFile {
 public:
  explicit RawFile(const std::string& path)
      : file_(H5Fopen(path.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT)) {
    REQUIRE(file_ >= 0);
  }
  ~RawFile() { H5Fclose(file_); }

  std::vector<std::string> names(const std::string& group) const {
    std::vector<std::string> names;
    const auto visit = [](hid_t, const char* name, const H5L_info_t*, void* out) -> herr_t {
      static_cast<std::vector<std::string>*>(out)->push_back(name);
      return 0;
    };
    H5Literate_by_name(file_, group.c_str(), H5_INDEX_NAME, H5_ITER_INC, nullptr, visit, &names,
                       H5P_DEFAULT);
    return names;
  }

  /// Checks the exact stored type and the shape; returns the elements.
  template <class T>
  std::vector<T> dataset(const std::string& path, hid_t type, hid_t memory,
                         std::vector<hsize_t> shape) const {
    const hid_t opened = H5Dopen2(file_, path.c_str(), H5P_DEFAULT);
    REQUIRE_MESSAGE(opened >= 0, path);
    const hid_t stored = H5Dget_type(opened), space = H5Dget_space(opened);
    CHECK_MESSAGE(H5Tequal(stored, type) > 0, path);
    std::vector<hsize_t> extent(static_cast<std::size_t>(H5Sget_simple_extent_ndims(space)));
    H5Sget_simple_extent_dims(space, extent.data(), nullptr);
    CHECK(extent == shape);
    std::vector<T> values(static_cast<std::size_t>(H5Sget_simple_extent_npoints(space)));
    CHECK(H5Dread(opened, memory, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data()) >= 0);
    H5Sclose(space);
    H5Tclose(stored);
    H5Dclose(opened);
    return values;
  }

  /// A scalar attribute that is a variable-length UTF-8 string.
  std::string text(const std::string& object, const std::string& name) const {
    const hid_t attribute =
        H5Aopen_by_name(file_, object.c_str(), name.c_str(), H5P_DEFAULT, H5P_DEFAULT);
    REQUIRE(attribute >= 0);
    const hid_t type = H5Aget_type(attribute), space = H5Aget_space(attribute);
    CHECK(H5Tis_variable_str(type) > 0);
    CHECK(H5Tget_cset(type) == H5T_CSET_UTF8);
    CHECK(H5Sget_simple_extent_type(space) == H5S_SCALAR);
    char* raw = nullptr;
    CHECK(H5Aread(attribute, type, &raw) >= 0);
    std::string text = raw;
    H5Dvlen_reclaim(type, space, H5P_DEFAULT, &raw);
    for (const hid_t id : {type, space, attribute}) H5Idec_ref(id);
    return text;
  }

  /// Checks the exact stored type and rank (0: scalar) of an attribute; returns its numbers.
  std::vector<unsigned> numbers(const std::string& object, const std::string& name, hid_t type,
                                int rank) const {
    const hid_t attribute =
        H5Aopen_by_name(file_, object.c_str(), name.c_str(), H5P_DEFAULT, H5P_DEFAULT);
    REQUIRE(attribute >= 0);
    const hid_t stored = H5Aget_type(attribute), space = H5Aget_space(attribute);
    CHECK(H5Tequal(stored, type) > 0);
    CHECK(H5Sget_simple_extent_ndims(space) == rank);
    std::vector<unsigned> values(static_cast<std::size_t>(H5Sget_simple_extent_npoints(space)));
    CHECK(H5Aread(attribute, H5T_NATIVE_UINT, values.data()) >= 0);
    for (const hid_t id : {stored, space, attribute}) H5Idec_ref(id);
    return values;
  }

  hid_t id() const { return file_; }

 private:
  hid_t file_;
};

}  // namespace

TEST_CASE("the root carries SONATA's magic number and version") {
  const TempFolder folder;
  write_run(folder.path("run.h5"), small_run(2));
  const RawFile file(folder.path("run.h5"));
  CHECK(file.numbers("/", "magic", H5T_STD_U32LE, 0) == std::vector<unsigned>{0x0A7A});
  CHECK(file.numbers("/", "version", H5T_STD_U32LE, 1) == std::vector<unsigned>{0, 1});
  CHECK(file.names("/") == std::vector<std::string>{"neurosim", "report", "spikes"});
}

TEST_CASE("spikes are a SONATA recording, samples laid end to end") {
  const TempFolder folder;
  write_run(folder.path("run.h5"), small_run(2));
  const RawFile file(folder.path("run.h5"));
  CHECK(file.names("/spikes") == std::vector<std::string>{"hidden", "in"});
  CHECK(file.names("/spikes/in") == std::vector<std::string>{"node_ids", "timestamps"});
  CHECK(file.text("/spikes/in/timestamps", "units") == "ms");
  // Ticks 1, 1, 4 of 0.5 ms; the second sample starts at tick 5.
  CHECK(file.dataset<double>("/spikes/in/timestamps", H5T_IEEE_F64LE, H5T_NATIVE_DOUBLE, {6}) ==
        std::vector<double>{0.5, 0.5, 2.0, 3.0, 3.0, 4.5});
  CHECK(file.dataset<std::uint64_t>("/spikes/in/node_ids", H5T_STD_U64LE, H5T_NATIVE_UINT64, {6}) ==
        std::vector<std::uint64_t>{2, 5, 0, 2, 5, 0});
  CHECK(file.dataset<std::uint64_t>("/neurosim/populations/in/sample_offset", H5T_STD_U64LE,
                                    H5T_NATIVE_UINT64, {3}) == std::vector<std::uint64_t>{0, 3, 6});
  CHECK(file.dataset<float>("/neurosim/populations/hidden/spike_values", H5T_IEEE_F32LE,
                            H5T_NATIVE_FLOAT,
                            {4}) == std::vector<float>{0.25f, 0.75f, 0.25f, 0.75f});
}

TEST_CASE("sorting is an enum of bytes with the names that libsonata looks for") {
  const TempFolder folder;
  write_run(folder.path("run.h5"), small_run(1));
  const RawFile file(folder.path("run.h5"));
  const hid_t attribute =
      H5Aopen_by_name(file.id(), "/spikes/in", "sorting", H5P_DEFAULT, H5P_DEFAULT);
  REQUIRE(attribute >= 0);
  const hid_t type = H5Aget_type(attribute), base = H5Tget_super(type);
  CHECK(H5Tget_class(type) == H5T_ENUM);
  CHECK(H5Tequal(base, H5T_STD_U8LE) > 0);
  CHECK(H5Tget_nmembers(type) == 3);
  for (const auto& [name, expected] :
       {std::pair{"none", 0}, std::pair{"by_id", 1}, std::pair{"by_time", 2}}) {
    std::uint8_t value = 9;
    CHECK(H5Tenum_valueof(type, name, &value) >= 0);
    CHECK(value == expected);
  }
  std::uint8_t value = 9;
  CHECK(H5Aread(attribute, type, &value) >= 0);
  CHECK(value == 2);
  for (const hid_t id : {base, type, attribute}) H5Idec_ref(id);
}

TEST_CASE("state traces are reports that libsonata and bmtk read") {
  const TempFolder folder;
  const Run run = small_run(2);
  write_run(folder.path("run.h5"), run);
  const RawFile file(folder.path("run.h5"));
  CHECK(file.names("/report") == std::vector<std::string>{"hidden_h", "hidden_hs"});
  const std::string report = "/report/hidden_hs/", mapping = report + "mapping/";

  const auto data = file.dataset<float>(report + "data", H5T_IEEE_F32LE, H5T_NATIVE_FLOAT, {10, 2});
  for (std::size_t frame = 0; frame < 10; ++frame) {
    const auto& values = run.records[frame / 5].traces[0].values;
    for (std::size_t k = 0; k < 2; ++k) {
      CHECK(data[frame * 2 + k] == static_cast<float>(values[(5 + frame % 5) * 2 + k]));
    }
  }
  CHECK(file.text(report + "data", "units") == "1");
  CHECK(file.dataset<std::uint64_t>(mapping + "node_ids", H5T_STD_U64LE, H5T_NATIVE_UINT64, {2}) ==
        std::vector<std::uint64_t>{1, 3});
  CHECK(file.numbers(mapping + "node_ids", "sorted", H5T_STD_U8LE, 0) == std::vector<unsigned>{1});
  CHECK(file.dataset<std::uint64_t>(mapping + "index_pointers", H5T_STD_U64LE, H5T_NATIVE_UINT64,
                                    {3}) == std::vector<std::uint64_t>{0, 1, 2});
  CHECK(file.dataset<std::uint32_t>(mapping + "element_ids", H5T_STD_U32LE, H5T_NATIVE_UINT32,
                                    {2}) == std::vector<std::uint32_t>{0, 0});
  CHECK(file.dataset<double>(mapping + "time", H5T_IEEE_F64LE, H5T_NATIVE_DOUBLE, {3}) ==
        std::vector<double>{0, 5, 0.5});
  CHECK(file.text(mapping + "time", "units") == "ms");

  // Both names lead to one dataset.
  H5O_info_t plural, singular;
  H5Oget_info_by_name(file.id(), (mapping + "index_pointers").c_str(), &plural, H5P_DEFAULT);
  H5Oget_info_by_name(file.id(), (mapping + "index_pointer").c_str(), &singular, H5P_DEFAULT);
  CHECK(plural.addr == singular.addr);
}

TEST_CASE("readers that truncate (stop - start) / step still see every frame") {
  const TempFolder folder;
  for_each_seed(40, [&](std::uint64_t seed) {
    Draw draw(seed);
    RunHeader header = small_header();
    header.step_ms = draw.chance(0.3) ? 0.1 : draw.real(0.001, 1);
    header.ticks_per_sample = static_cast<Tick>(1 + draw.below(400));
    Run run{header, {random_record(header, 0, draw)}};
    write_run(folder.path("run.h5"), run);
    const RawFile file(folder.path("run.h5"));
    const auto time = file.dataset<double>("/report/hidden_h/mapping/time", H5T_IEEE_F64LE,
                                           H5T_NATIVE_DOUBLE, {3});
    CHECK(static_cast<Tick>((time[1] - time[0]) / time[2]) == header.ticks_per_sample);
    CHECK(time[1] == doctest::Approx(header.step_ms * static_cast<double>(header.ticks_per_sample))
                         .epsilon(1e-15));
  });
}

TEST_CASE("groups that would stay empty are not written") {
  const TempFolder folder;
  Run run{small_header(), {}};
  run.header.traces.clear();
  for (auto& population : run.header.populations) population.record_raster = false;
  write_run(folder.path("run.h5"), run);
  CHECK(RawFile(folder.path("run.h5")).names("/") == std::vector<std::string>{"neurosim"});
}

TEST_CASE("a silent population is still a recording") {
  const TempFolder folder;
  const Run run{small_header(), {}};
  write_run(folder.path("run.h5"), run);
  const RawFile file(folder.path("run.h5"));
  file.dataset<double>("/spikes/in/timestamps", H5T_IEEE_F64LE, H5T_NATIVE_DOUBLE, {0});
  file.dataset<float>("/report/hidden_h/data", H5T_IEEE_F32LE, H5T_NATIVE_FLOAT, {0, 2});
}
