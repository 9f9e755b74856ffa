#include "data/cell_hint.h"

#include <algorithm>
#include <array>
#include <span>

#include <fmt/format.h>

#include "data/complaints.h"
#include "data/text_number.h"

namespace lockstep {
namespace {

bool is_letter(char c) { return ('a' <= c && c <= 'z') || ('A' <= c && c <= 'Z'); }

std::string lower(std::string_view text) {
  std::string result(text);
  std::ranges::transform(result, result.begin(), [](char c) {
    return 'A' <= c && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return result;
}

bool is_one_of(std::string_view text, std::span<const std::string_view> words) {
  return std::ranges::find(words, text) != words.end();
}

bool means_missing(std::string_view text) {
  constexpr std::array<std::string_view, 15> kWords = {"na",   "n/a",  "<na>", "#n/a",    "nan",
                                                       "-nan", "null", "none", "nil",     "nul",
                                                       "?",    "-",    ".",    "missing", "*"};
  return is_one_of(lower(text), kWords);
}

bool means_yes_or_no(std::string_view text) {
  constexpr std::array<std::string_view, 6> kWords = {"true", "false", "yes", "no", "t", "f"};
  return is_one_of(lower(text), kWords);
}

// "1,5", and a number with a point in its place.
bool has_decimal_comma(std::string_view text) {
  if (std::ranges::count(text, ',') != 1) return false;
  std::string with_point(text);
  *std::ranges::find(with_point, ',') = '.';
  return parse_float(with_point).has_value();
}

constexpr const char* kDecimalComma =
    "; if the comma is a decimal point, write a point in the file";

}  // namespace

std::string hint_for_number(std::string_view cell) {
  const std::string_view text = without_blanks(cell);
  if (means_missing(text) || is_not_finite_text(text)) {
    return fmt::format("; if it stands for a missing value, say missing {{ text: {} }}",
                       quoted_text(text));
  }
  if (means_yes_or_no(text)) return "; write 1 and 0, or say role: CATEGORY";
  if (has_decimal_comma(text)) return kDecimalComma;
  if (!text.empty() && is_letter(text.front())) return "; a column of words takes role: CATEGORY";
  return "";
}

std::string hint_for_label(std::string_view cell) {
  const std::string_view text = without_blanks(cell);
  if (means_missing(text) || is_not_finite_text(text)) {
    return "; an example needs its label, so a row without one must be left out of the file";
  }
  if (has_decimal_comma(text)) return kDecimalComma;
  if (!text.empty() && is_letter(text.front())) {
    return "; names of classes take the role CLASS_NAME";
  }
  return "";
}

}  // namespace lockstep
