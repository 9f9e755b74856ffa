#include "data/cell_hint.h"

#include <fmt/format.h>

#include "data/cell_kind.h"
#include "data/complaints.h"
#include "data/text_number.h"

namespace lockstep {
namespace {

// What a number in an unreadable notation looks like, and what to do about it; empty for
// cells of other kinds. Among them, a job can read decimal commas alone.
std::string hint_for_writing(CellKind kind) {
  const auto to_convert = [](const char* looks_like, const char* example) {
    return fmt::format("; it looks like {}: convert the column to plain numbers first, {}",
                       looks_like, example);
  };
  switch (kind) {
    case CellKind::decimal_comma:
      return "; if the comma is a decimal point, say decimal_comma: true, or write a point in the "
             "file where commas also separate the fields";
    case CellKind::comma:
      return "; if the comma is a decimal point, say decimal_comma: true, or write a point in the "
             "file where commas also separate the fields; if it separates thousands, leave it out";
    case CellKind::thousands:
      return to_convert("a number with thousands separators", "such as 1234.5 for 1,234.5");
    case CellKind::percentage:
      return to_convert("a percentage", "such as 5 for 5%");
    case CellKind::money:
      return to_convert("an amount of money", "such as 5 for $5");
    case CellKind::unit:
      return to_convert("a number with a unit", "such as 5 for 5 kg");
    case CellKind::unicode_minus:
      return to_convert("a number with the minus sign U+2212 instead of \"-\"",
                        "such as -5 for −5");
    case CellKind::date:
      return to_convert("a date or a time", "such as days or seconds since the earliest");
    default:
      return "";
  }
}

}  // namespace

std::string hint_for_number(std::string_view cell) {
  const std::string_view text = without_blanks(cell);
  const CellKind kind = look_of(text).kind;
  switch (kind) {
    case CellKind::missing_marker:
    case CellKind::not_finite:
      return fmt::format("; if it stands for a missing value, say missing {{ text: {} }}",
                         quoted_text(text));
    case CellKind::truth_value:
      return "; write 1 and 0, or say role: ORDINAL and their order, such as order { text: "
             "\"FALSE\" } order { text: \"TRUE\" }, or role: CATEGORY";
    case CellKind::words:
      return "; a column of words takes role: CATEGORY";
    case CellKind::unit:
    case CellKind::date:
      return hint_for_writing(kind) + ", or say role: CATEGORY or role: IGNORED";
    default:
      return hint_for_writing(kind);
  }
}

std::string hint_for_label(std::string_view cell) {
  const CellKind kind = look_of(cell).kind;
  switch (kind) {
    case CellKind::missing_marker:
    case CellKind::not_finite:
      return "; an example needs its label, so a row without one must be left out of the file";
    case CellKind::truth_value:
    case CellKind::words:
      return "; names of classes take the role CLASS_NAME";
    default:
      return hint_for_writing(kind);
  }
}

std::string hint_for_weight(std::string_view cell) {
  const CellKind kind = look_of(cell).kind;
  if (kind == CellKind::missing_marker || kind == CellKind::not_finite || kind == CellKind::words) {
    return "; a weight is a number from 0 on: write 0 for an example that does not count";
  }
  return hint_for_writing(kind);
}

}  // namespace lockstep
