#include "init/column_survey.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "data/cell_kind.h"
#include "data/text_number.h"

namespace lockstep {
namespace {

// Texts that are usual for a missing value, but may also be a category or a class.
bool may_be_category(std::string_view text) {
  constexpr std::array<std::string_view, 13> kTexts = {"None",    "none",    "NONE",   "nil", "Nil",
                                                       "NIL",     "-",       ".",      "*",   "--",
                                                       "missing", "Missing", "MISSING"};
  return std::ranges::find(kTexts, text) != kTexts.end();
}

void add_number(ColumnSurvey& column, float number) {
  const bool first = column.numbers == 0;
  ++column.numbers;
  column.whole = column.whole && number == std::trunc(number);
  column.counts_up =
      column.counts_up && column.whole && (first || number == column.last_number + 1);
  column.last_number = number;
}

void add_missing(ColumnSurvey& column, std::uint64_t line) {
  column.counts_up = false;
  if (++column.missing == 1) column.first_missing_line = line;
}

void add_text(ColumnSurvey& column, std::string_view text) {
  if (column.texts.size() < kMostTexts || column.texts.find(text)) {
    const std::uint32_t number = column.texts.number(text);
    if (number == column.counts.size()) column.counts.push_back(0);
    ++column.counts[number];
  } else {
    ++column.uncounted;
  }
}

// Adds a cell that has a value and is not a number.
void add_word(ColumnSurvey& column, std::string_view text, CellKind kind, std::uint64_t line) {
  column.counts_up = false;
  switch (kind) {
    case CellKind::missing_marker:
      ++column.perhaps_missing;
      column.perhaps_missing_texts.number(text);
      return;
    case CellKind::date:
      ++column.dates;
      return;
    case CellKind::not_finite:
    case CellKind::beyond_float:
    case CellKind::decimal_comma:
    case CellKind::comma:
    case CellKind::thousands:
    case CellKind::percentage:
    case CellKind::money:
    case CellKind::unit:
    case CellKind::unicode_minus:
      if (++column.notations == 1) column.first_notation = text;
      return;
    default:
      if (++column.words > 1) return;
      column.first_word = text;
      column.first_word_line = line;
  }
}

}  // namespace

void add_cell(ColumnSurvey& column, std::string_view cell, std::uint64_t line,
              const MissingFields& missing, bool decimal_comma) {
  ++column.rows;
  const std::string_view text = without_blanks(cell);
  if (missing.contains(text)) return add_missing(column, line);
  if (const auto number = parse_float(text, decimal_comma)) {
    add_number(column, *number);
    return add_text(column, text);
  }
  const CellKind kind = look_of(text).kind;
  if (kind == CellKind::missing_marker && !may_be_category(text)) {
    column.missing_texts.number(text);
    return add_missing(column, line);
  }
  add_word(column, text, kind, line);
  add_text(column, text);
}

std::uint64_t present(const ColumnSurvey& column) { return column.rows - column.missing; }

bool has_uncounted(const ColumnSurvey& column) { return column.uncounted > 0; }

std::uint64_t seen_once(const ColumnSurvey& column) {
  return static_cast<std::uint64_t>(std::ranges::count(column.counts, std::uint64_t{1}));
}

}  // namespace lockstep
