#pragma once
// Which fields of a table say that there is no value.

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace lockstep {

// A field is missing when nothing or only blanks stand in it, when it is one of some
// texts (blanks around either do not count), or when both are numbers and equal: where
// -999 means missing, so does -999.0.
class MissingFields {
 public:
  explicit MissingFields(std::span<const std::string> texts);

  [[nodiscard]] bool contains(std::string_view field) const;
  // Likewise for a field that is known to be this number.
  [[nodiscard]] bool contains_number(float number) const;

 private:
  std::vector<std::string> texts_;  // without blanks around them
  std::vector<float> numbers_;      // those of them that are numbers
};

}  // namespace lockstep
