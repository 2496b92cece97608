#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace neurosim {

/// Where the files of the dataset `name` may be, best first: in each of dataset_folders(data_dir)
/// the subfolder `name`, then the folder itself. Both MNIST sets use the same file names, so a
/// folder that bears one of the names of `others` is not searched: that set would be read in place
/// of this one without a word.
std::vector<std::filesystem::path> search_places(const std::string& data_dir, std::string_view name,
                                                 std::span<const std::string_view> others);

/// Throws DataError with all places and how to name another.
[[noreturn]] void fail_not_found(const std::string& name, const std::string& needs,
                                 const std::vector<std::filesystem::path>& places);

}  // namespace neurosim
