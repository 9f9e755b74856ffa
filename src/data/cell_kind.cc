#include "data/cell_kind.h"

#include <algorithm>
#include <array>
#include <span>

#include <fmt/format.h>

#include "base/lower_case.h"
#include "data/date_text.h"
#include "data/text_number.h"
#include "data/written_number.h"

namespace lockstep {
namespace {

// The spellings that are distinguished; for any other spelling, the marker of a
// missing_marker is the size of this array.
constexpr std::array<std::string_view, 35> kSpellings = {
    "NA",   "na",   "Na",   "N/A", "n/a",  "<NA>",    "<na>",    "#N/A",   "#n/a",
    "NaN",  "nan",  "NAN",  "Nan", "-NaN", "-nan",    "NULL",    "null",   "Null",
    "None", "none", "NONE", "nil", "Nil",  "NIL",     "NUL",     "nul",    "Nul",
    "?",    "-",    ".",    "*",   "--",   "missing", "Missing", "MISSING"};

bool is_letter(char c) { return ('a' <= c && c <= 'z') || ('A' <= c && c <= 'Z'); }

bool is_one_of(std::string_view text, std::span<const std::string_view> words) {
  return std::ranges::find(words, text) != words.end();
}

bool means_missing(std::string_view text) { return is_one_of(lower_case(text), kSpellings); }

bool means_yes_or_no(std::string_view text) {
  constexpr std::array<std::string_view, 6> kWords = {"true", "false", "yes", "no", "t", "f"};
  return is_one_of(lower_case(text), kWords);
}

CellKind kind_of(std::string_view text) {
  if (text.empty()) return CellKind::blank;
  if (means_missing(text)) return CellKind::missing_marker;
  if (is_not_finite_text(text)) return CellKind::not_finite;
  if (is_beyond_float(text)) return CellKind::beyond_float;
  if (means_yes_or_no(text)) return CellKind::truth_value;
  const bool thousands = has_thousands_separators(text);
  if (has_decimal_comma(text)) return thousands ? CellKind::comma : CellKind::decimal_comma;
  if (thousands) return CellKind::thousands;
  if (is_percentage(text)) return CellKind::percentage;
  if (is_amount_of_money(text)) return CellKind::money;
  if (is_date_or_time(text)) return CellKind::date;
  if (has_unit(text)) return CellKind::unit;
  if (has_unicode_minus(text)) return CellKind::unicode_minus;
  return is_letter(text.front()) ? CellKind::words : CellKind::other;
}

}  // namespace

CellLook look_of(std::string_view cell) {
  const std::string_view text = without_blanks(cell);
  CellLook look{kind_of(text)};
  if (look.kind == CellKind::missing_marker) {
    look.marker =
        static_cast<std::uint8_t>(std::ranges::find(kSpellings, text) - kSpellings.begin());
  }
  return look;
}

std::string what_they_are(CellLook look, std::uint64_t count) {
  const auto say = [&](const char* one, const char* many) { return count == 1 ? one : many; };
  const char* be = say("is", "are");
  switch (look.kind) {
    case CellKind::blank:
      return fmt::format("{} blank", be);
    case CellKind::missing:
      return fmt::format("{} missing", be);
    case CellKind::missing_marker:
      if (look.marker < kSpellings.size()) {
        return fmt::format("{} \"{}\"", be, kSpellings[look.marker]);
      }
      return say("is another word for a missing value", "are other words for a missing value");
    case CellKind::not_finite:
      return fmt::format("{} not finite", be);
    case CellKind::beyond_float:
      return fmt::format("{} beyond the range of float", be);
    case CellKind::truth_value:
      return say("is a truth value", "are truth values");
    case CellKind::decimal_comma:
      return say("is a number with a decimal comma", "are numbers with a decimal comma");
    case CellKind::comma:
      return say("is a number with a comma", "are numbers with a comma");
    case CellKind::thousands:
      return say("is a number with thousands separators", "are numbers with thousands separators");
    case CellKind::percentage:
      return say("is a percentage", "are percentages");
    case CellKind::money:
      return say("is an amount of money", "are amounts of money");
    case CellKind::unit:
      return say("is a number with a unit", "are numbers with a unit");
    case CellKind::unicode_minus:
      return say("is a number with a Unicode minus sign", "are numbers with a Unicode minus sign");
    case CellKind::date:
      return say("is a date or time", "are dates or times");
    case CellKind::words:
      return say("is a word", "are words");
    case CellKind::not_in_training:
      return fmt::format("{} not in the training file", be);
    case CellKind::not_in_order:
      return fmt::format("{} not in the column's order", be);
    case CellKind::misplaced_quote:
      return say("has a misplaced quote", "have a misplaced quote");
    case CellKind::other:
      break;
  }
  return fmt::format("{} something else", be);
}

}  // namespace lockstep
