#pragma once
// What a cell of a table that is not what it should be looks like: so that those of a
// column that are alike are counted together. Pure.

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

namespace lockstep {

enum class CellKind : std::uint8_t {
  blank,
  missing,          // a text or number that means a missing value by the table's own rules
  missing_marker,   // a usual text for a missing value, such as "NA"
  not_finite,       // "inf"
  beyond_float,     // 1e99
  truth_value,      // "TRUE", "no"
  decimal_comma,    // "1,5"
  comma,            // "1,234", of which the comma may be either
  thousands,        // "1,234.5"
  percentage,       // "5%"
  money,            // "$5"
  date,             // "2024-01-31", "9:30"
  words,            // anything else that begins with a letter
  not_in_training,  // a category or class that the training file does not have
  misplaced_quote,
  other,
};

// Two cells that look alike are equal. Of the texts for missing values a few usual
// spellings are told apart, and all others are alike, so that there are not more looks
// than a byte can count, whatever stands in the file.
struct CellLook {
  CellKind kind = CellKind::other;
  std::uint8_t marker = 0;  // of a missing_marker: which spelling
  auto operator<=>(const CellLook&) const = default;
};

// What a cell that is no finite number of float looks like.
CellLook look_of(std::string_view cell);

// What `count` cells that look like this are, behind their number: "is a word", "are
// words", `are "NA"`.
std::string what_they_are(CellLook look, std::uint64_t count);

}  // namespace lockstep
