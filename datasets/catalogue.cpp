#include "datasets/catalogue.hpp"

#include <algorithm>

namespace neurosim {
namespace {

/// The same name below each of the places.
KnownFile below(const std::vector<std::string>& places, KnownFile file) {
  for (const std::string& place : places) file.urls.push_back(place + file.name);
  return file;
}

KnownDataset mnist() {
  const std::vector<std::string> places = {"http://yann.lecun.com/exdb/mnist/",
                                           "https://ossci-datasets.s3.amazonaws.com/mnist/",
                                           "https://storage.googleapis.com/cvdf-datasets/mnist/"};
  return {
      .name = "mnist",
      .title = "MNIST: handwritten digits, 28 x 28",
      .publisher = "Y. LeCun, C. Cortes, C. J. C. Burges",
      .licence = "CC BY-SA 3.0",
      .citation =
          "LeCun, Bottou, Bengio, Haffner: Gradient-based learning applied to document "
          "recognition. Proc. IEEE 86(11), 1998",
      .training_samples = 60000,
      .test_samples = 10000,
      .files = {below(places,
                      {.name = "train-images-idx3-ubyte.gz",
                       .size = 9912422,
                       .md5 = "f68b3c2dcbeaaa9fbdd348bbdeb94873",
                       .sha256 = "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609",
                       .plain_md5 = "6bbc9ace898e44ae57da46a324031adb"}),
                below(places,
                      {.name = "train-labels-idx1-ubyte.gz",
                       .size = 28881,
                       .md5 = "d53e105ee54ea40749a09fcbcd1e9432",
                       .sha256 = "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c",
                       .plain_md5 = "a25bea736e30d166cdddb491f175f624"}),
                below(places,
                      {.name = "t10k-images-idx3-ubyte.gz",
                       .size = 1648877,
                       .md5 = "9fb629c4189551a2d022fa330f9573f3",
                       .sha256 = "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6",
                       .plain_md5 = "2646ac647ad5339dbf082846283269ea"}),
                below(places,
                      {.name = "t10k-labels-idx1-ubyte.gz",
                       .size = 4542,
                       .md5 = "ec29112dd5afa0611ce80d1b7f02629c",
                       .sha256 = "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6",
                       .plain_md5 = "27ae3e4e09519cfbb04c329615203637"})}};
}

KnownDataset fashion_mnist() {
  const std::vector<std::string> places = {
      "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
      "https://github.com/zalandoresearch/fashion-mnist/raw/master/data/fashion/"};
  return {
      .name = "fashion-mnist",
      .title = "Fashion-MNIST: articles of clothing, 28 x 28",
      .publisher = "Zalando SE",
      .licence = "MIT",
      .citation =
          "Xiao, Rasul, Vollgraf: Fashion-MNIST: a novel image dataset for benchmarking "
          "machine learning algorithms. arXiv:1708.07747, 2017",
      .training_samples = 60000,
      .test_samples = 10000,
      .files = {below(places,
                      {.name = "train-images-idx3-ubyte.gz",
                       .size = 26421880,
                       .md5 = "8d4fb7e6c68d591d4c3dfef9ec88bf0d",
                       .sha256 = "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84",
                       .plain_md5 = "f4a8712d7a061bf5bd6d2ca38dc4d50a"}),
                below(places,
                      {.name = "train-labels-idx1-ubyte.gz",
                       .size = 29515,
                       .md5 = "25c81989df183df01b3e8a0aad5dffbe",
                       .sha256 = "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845",
                       .plain_md5 = "9018921c3c673c538a1fc5bad174d6f9"}),
                below(places,
                      {.name = "t10k-images-idx3-ubyte.gz",
                       .size = 4422102,
                       .md5 = "bef4ecab320f06d8554ea6380940ec79",
                       .sha256 = "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073",
                       .plain_md5 = "8181f5470baa50b63fa0f6fddb340f0a"}),
                below(places,
                      {.name = "t10k-labels-idx1-ubyte.gz",
                       .size = 5148,
                       .md5 = "bb300cfdad3c16e7a12a480ee83cd310",
                       .sha256 = "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5",
                       .plain_md5 = "15d484375f8d13e6eb1aabb0c3f46965"})}};
}

KnownDataset nmnist() {
  const std::string place = "https://data.mendeley.com/public-files/datasets/468j46mzdv/files/";
  return {.name = "nmnist",
          .title = "N-MNIST: MNIST seen by a moving event camera, 34 x 34",
          .publisher = "G. Orchard, A. Jayawant, G. Cohen, N. Thakor",
          .licence = "CC BY-SA 4.0",
          .citation =
              "Orchard, Jayawant, Cohen, Thakor: Converting static image datasets to spiking "
              "neuromorphic datasets using saccades. Frontiers in Neuroscience 9:437, 2015",
          .training_samples = 60000,
          .test_samples = 10000,
          .files = {{.name = "train.zip",
                     .md5 = "20959b8e626244a1b502305a9e6e2031",
                     .urls = {place + "39c25547-014b-4137-a934-9d29fa53c7a0/file_downloaded"},
                     .unpacked = "Train",
                     .unpacked_files = 60000},
                    {.name = "test.zip",
                     .md5 = "69ca8762b2fe404d9b9bad1103e97832",
                     .urls = {place + "05a4d654-7e03-4c15-bdfa-9bb2bcbea494/file_downloaded"},
                     .unpacked = "Test",
                     .unpacked_files = 10000}}};
}

}  // namespace

std::span<const KnownDataset> known_datasets() {
  static const std::vector<KnownDataset> kAll = {mnist(), fashion_mnist(), nmnist()};
  return kAll;
}

const KnownDataset* find_known_dataset(std::string_view name) {
  const auto all = known_datasets();
  const auto found = std::find_if(all.begin(), all.end(),
                                  [&](const KnownDataset& set) { return set.name == name; });
  return found == all.end() ? nullptr : &*found;
}

}  // namespace neurosim
