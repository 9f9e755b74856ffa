#include "data/written_number.h"

#include <algorithm>
#include <array>
#include <string>

#include "data/digit.h"
#include "data/text_number.h"

namespace lockstep {
namespace {

// A letter of ASCII, or a part of any other character in UTF-8.
bool may_be_letter(char c) {
  return ('a' <= c && c <= 'z') || ('A' <= c && c <= 'Z') || static_cast<unsigned char>(c) >= 0x80;
}

bool are_digits(std::string_view text) { return std::ranges::all_of(text, is_digit); }

std::string_view without_sign(std::string_view text) {
  if (text.starts_with('-') || text.starts_with('+')) text.remove_prefix(1);
  return text;
}

// Whether `text` is one to three digits, the first of which is not 0, followed by one or more
// groups of `separator` and three digits.
bool are_groups_of_three(std::string_view text, char separator) {
  const std::size_t first = text.find(separator);
  if (first == std::string_view::npos || first == 0 || first > 3) return false;
  if (!are_digits(text.substr(0, first)) || text.front() == '0') return false;
  for (text.remove_prefix(first); !text.empty(); text.remove_prefix(4)) {
    if (text.size() < 4 || text.front() != separator || !are_digits(text.substr(1, 3))) {
      return false;
    }
  }
  return true;
}

bool is_written_number(std::string_view text) {
  return parse_float(text) || has_decimal_comma(text) || has_thousands_separators(text);
}

}  // namespace

bool has_decimal_comma(std::string_view text) {
  if (std::ranges::count(text, ',') != 1) return false;
  std::string with_point(text);
  *std::ranges::find(with_point, ',') = '.';
  return parse_float(with_point).has_value();
}

bool has_thousands_separators(std::string_view text) {
  constexpr std::string_view kSeparators = ",. '";
  text = without_sign(without_blanks(text));
  return std::ranges::any_of(kSeparators, [&](char separator) {
    if (are_groups_of_three(text, separator)) return true;
    const std::size_t mark = text.find_last_of(".,");
    return mark != std::string_view::npos && text[mark] != separator &&
           are_groups_of_three(text.substr(0, mark), separator) &&
           are_digits(text.substr(mark + 1));
  });
}

bool is_percentage(std::string_view text) {
  text = without_blanks(text);
  if (!text.ends_with('%')) return false;
  text.remove_suffix(1);
  return is_written_number(text);
}

bool is_amount_of_money(std::string_view text) {
  // In UTF-8: dollar, euro, pound, yen, rupee.
  constexpr std::array<std::string_view, 13> kSigns = {
      "$",   "\xE2\x82\xAC", "\xC2\xA3", "\xC2\xA5", "\xE2\x82\xB9", "USD", "EUR",
      "GBP", "JPY",          "INR",      "CNY",      "CHF",          "CAD"};
  text = without_blanks(text);
  return std::ranges::any_of(kSigns, [&](std::string_view sign) {
    if (text.ends_with(sign)) return is_written_number(text.substr(0, text.size() - sign.size()));
    const std::string_view unsigned_text = without_sign(text);
    return unsigned_text.starts_with(sign) && is_written_number(unsigned_text.substr(sign.size()));
  });
}

bool has_unit(std::string_view text) {
  text = without_blanks(text);
  const std::size_t size = text.find_last_of("0123456789") + 1;  // of the number; 0 without digits
  const std::string_view unit = without_blanks(text.substr(size));
  const auto may_be_in_unit = [](char c) { return may_be_letter(c) || c == '/'; };
  return !unit.empty() && may_be_letter(unit.front()) &&
         std::ranges::all_of(unit, may_be_in_unit) && is_written_number(text.substr(0, size));
}

bool has_unicode_minus(std::string_view text) {
  constexpr std::string_view kMinus = "\xE2\x88\x92";
  text = without_blanks(text);
  if (!text.starts_with(kMinus)) return false;
  text.remove_prefix(kMinus.size());
  return text == without_sign(text) && is_written_number(text);
}

}  // namespace lockstep
