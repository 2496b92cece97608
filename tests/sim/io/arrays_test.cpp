#include "sim/io/arrays.hpp"

#include <fstream>

#include "file_edit.hpp"
#include "support/shared_data.hpp"

using namespace neurosim;
using namespace neurosim::test;

namespace {

std::string refusal(const std::string& file, const std::string& dataset) {
  return data_error(file, [&] { load_hdf5_array(file, dataset); });
}

}  // namespace

TEST_CASE("arrays of any numeric type and rank become doubles") {
  const TempFolder folder;
  const std::string file = folder.path("a.h5");
  {
    FileEdit edit(file);
    edit.reals("group/weights", {1, 2, 3, 4, 5, 6}, {2, 3}, H5T_IEEE_F32BE);
    edit.integers("bytes", {0, 255}, H5T_STD_U8LE);
    edit.integers("big", {-5, 1LL << 40}, H5T_STD_I64BE);
    edit.reals("cube", std::vector<double>(24, 0.5), {2, 3, 4});
    edit.reals("empty", {}, {0, 4});
  }
  const NumericArray weights = load_hdf5_array(file, "group/weights");
  CHECK(weights.shape == std::vector<std::size_t>{2, 3});
  CHECK(weights.values == std::vector<double>{1, 2, 3, 4, 5, 6});
  CHECK(load_hdf5_array(file, "/group/weights").values == weights.values);
  CHECK(load_hdf5_array(file, "bytes").values == std::vector<double>{0, 255});
  CHECK(load_hdf5_array(file, "big").values == std::vector<double>{-5, 0x1p40});
  CHECK(load_hdf5_array(file, "cube").shape == std::vector<std::size_t>{2, 3, 4});
  CHECK(load_hdf5_array(file, "empty").shape == std::vector<std::size_t>{0, 4});
  CHECK(load_hdf5_array(file, "empty").values.empty());
}

TEST_CASE("arrays that cannot be read are refused by name") {
  const TempFolder folder;
  const std::string file = folder.path("a.h5");
  {
    FileEdit edit(file);
    edit.reals("group/weights", {1, 2});
    edit.texts("names", {"a", "b"});
    // An extent without storage: 2^40 doubles in a file of 2 KB.
    const hid_t opened = H5Fopen(file.c_str(), H5F_ACC_RDWR, H5P_DEFAULT);
    const hsize_t extent[] = {1 << 20, 1 << 20}, chunk[] = {64, 64};
    const hid_t space = H5Screate_simple(2, extent, nullptr);
    const hid_t layout = H5Pcreate(H5P_DATASET_CREATE);
    H5Pset_chunk(layout, 2, chunk);
    H5Dclose(H5Dcreate2(opened, "huge", H5T_IEEE_F64LE, space, H5P_DEFAULT, layout, H5P_DEFAULT));
    const hid_t nothing = H5Screate(H5S_NULL);
    H5Dclose(
        H5Dcreate2(opened, "null", H5T_IEEE_F64LE, nothing, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT));
    for (const hid_t id : {space, nothing}) H5Sclose(id);
    H5Pclose(layout);
    H5Fclose(opened);
  }
  CHECK(refusal(file, "weights") == "/weights: missing");
  CHECK(refusal(file, "none/weights") == "/none/weights: missing");
  CHECK(refusal(file, "group/weights/x") == "/group/weights/x: missing");
  CHECK(refusal(file, "") == "/: missing");
  CHECK(refusal(file, "group") == "/group: not a dataset");
  CHECK(refusal(file, "names") == "/names: expected numbers");
  CHECK(refusal(file, "huge") == "/huge: more than 536870912 numbers, the most read at once");
  CHECK(refusal(file, "null") == "/null: holds no data");
}

TEST_CASE("files that are no HDF5 files are refused") {
  const TempFolder folder;
  CHECK(refusal(folder.path("none.h5"), "x") == "no such file");
  CHECK(refusal(folder.path(""), "x") == "not a regular file");
  std::ofstream(folder.path("empty.h5")).flush();
  CHECK(refusal(folder.path("empty.h5"), "x") == "the file is empty");
  std::ofstream(folder.path("text.h5")) << "weights: [1, 2]\n";
  CHECK(refusal(folder.path("text.h5"), "x") == "not an HDF5 file");
}

TEST_CASE("weights of a reference file") {
  if (!have_shared("reference/authors_src_mnist.h5")) return;
  const auto weights = load_hdf5_array(shared_path("reference/authors_src_mnist.h5"), "model/W");
  CHECK(weights.shape == std::vector<std::size_t>{100, 784});
}
