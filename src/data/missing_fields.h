#pragma once
// Decides which fields of a table mean a missing value.

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace lockstep {

// A field is missing when it is empty or blank, when it is one of the given texts (blanks
// around either are ignored), or when it and one of the texts are equal numbers: if -999
// means missing, so does -999.0.
class MissingFields {
 public:
  explicit MissingFields(std::span<const std::string> texts);

  [[nodiscard]] bool contains(std::string_view field) const;
  // The same for a field that is known to be this number.
  [[nodiscard]] bool contains_number(float number) const;

 private:
  std::vector<std::string> texts_;  // without blanks around them
  std::vector<float> numbers_;      // those of the texts that are numbers
};

}  // namespace lockstep
