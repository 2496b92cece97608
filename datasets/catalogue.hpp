#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace neurosim {

/// One file of a publisher.
struct KnownFile {
  std::string name;        ///< on disk; `.gz` and `.zip` must begin as such files do
  std::uint64_t size = 0;  ///< bytes; 0: not known
  std::string md5 = {};    ///< lower-case hex; empty: not known
  std::string sha256 = {};
  std::vector<std::string> urls = {};  ///< the publisher's first, then mirrors
  std::string plain_md5 = {};          ///< of what a `.gz` holds; empty: not known
  /// Top folder of a `.zip`, which takes the place of the archive; empty: the file is used as it
  /// is.
  std::string unpacked = {};
  std::uint64_t unpacked_files = 0;  ///< how many files that folder holds
};

struct KnownDataset {
  std::string name;  ///< also that of its folder
  std::string title;
  std::string publisher;
  std::string licence;
  std::string citation;
  std::uint64_t training_samples = 0;
  std::uint64_t test_samples = 0;
  std::vector<KnownFile> files;
};

/// Datasets whose files and checksums are known.
std::span<const KnownDataset> known_datasets();

/// Null where the name is not known.
const KnownDataset* find_known_dataset(std::string_view name);

}  // namespace neurosim
