#include "sim/network/training.hpp"

namespace neurosim {

std::vector<FieldValue> Training::defaults() {
  std::vector<FieldValue> values;
  for (const FieldInfo& field : kFields) values.push_back(default_value(field));
  return values;
}

std::string Training::check(std::span<const FieldValue> values) {
  if (!values[kEarlyStopping].empty() && values[kValidation][0] == 0) {
    return "early_stopping needs validation samples: set validation above 0";
  }
  return {};
}

}  // namespace neurosim
