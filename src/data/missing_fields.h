#pragma once
// Decides which fields of a table mean a missing value.

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
  // `decimal_comma`: numbers among the fields are written with a comma; those of the texts with
  // either.
  explicit MissingFields(std::span<const std::string> texts, bool decimal_comma = false);

  [[nodiscard]] bool contains(std::string_view field) const;
  // The same for a field that is known to be this number.
  [[nodiscard]] bool contains_number(float number) const;

 private:
  std::vector<std::string> texts_;  // without blanks around them
  std::vector<float> numbers_;      // those of the texts that are numbers
  bool decimal_comma_;
};

}  // namespace lockstep
