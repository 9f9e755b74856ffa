#pragma once
// What an invalid cell of a table looks like, so that similar cells of a column are
// counted together. Pure.

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
  comma,            // "1,234": a decimal comma or a thousands separator
  thousands,        // "1,234.5"
  percentage,       // "5%"
  money,            // "$5", "USD 5"
  unit,             // "5 kg"
  unicode_minus,    // "−5", with the minus sign U+2212
  date,             // "2024-01-31", "9:30"
  words,            // anything else that begins with a letter
  not_in_training,  // a category or class that the training file does not have
  not_in_order,     // a text that the order of an ordinal column does not have
  misplaced_quote,
  other,
};

// The looks of two cells that look alike are equal. Only a few usual spellings of missing
// values are distinguished, so that a byte can count all looks, whatever the file
// contains.
struct CellLook {
  CellKind kind = CellKind::other;
  std::uint8_t marker = 0;  // which spelling, for a missing_marker
  auto operator<=>(const CellLook&) const = default;
};

// The look of a cell that is not a finite number of float.
CellLook look_of(std::string_view cell);

// The text that follows the number `count` of cells with this look: "is a word", "are
// words", `are "NA"`.
std::string what_they_are(CellLook look, std::uint64_t count);

}  // namespace lockstep
