#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace neurosim {

/// A page of `neurosim report`, taken apart without a browser. Throws std::runtime_error for
/// anything that is not of the form that block.hpp describes.
class ReportPage {
 public:
  explicit ReportPage(const std::string& html);
  const nlohmann::json& data() const { return data_; }
  std::size_t block_count() const { return blocks_.size(); }
  /// The arrays of a block, in order.
  std::vector<std::vector<double>> arrays(std::size_t block) const;

 private:
  nlohmann::json data_;
  std::vector<std::string> blocks_;  ///< base64
};

/// Throws std::runtime_error for other digits.
std::string from_base64(const std::string& text);

/// A network with two rasters (one graded), an image, traces of a neuron and of the readout, and
/// four labelled samples.
extern const std::string_view kReportNetwork;

}  // namespace neurosim
