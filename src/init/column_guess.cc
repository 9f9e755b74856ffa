#include "init/column_guess.h"

#include <fmt/format.h>

#include "base/number_text.h"
#include "data/cell_hint.h"
#include "data/cell_kind.h"
#include "data/complaints.h"

namespace lockstep {
namespace {

// Whether the column has numbers, and otherwise only texts that mean a missing value among numbers.
bool is_numeric(const ColumnSurvey& column) {
  return column.numbers > 0 && column.numbers + column.perhaps_missing == present(column);
}

bool is_most(std::uint64_t count, const ColumnSurvey& column) {
  return 2 * count > present(column);
}

// Whether most cells are numbers in a notation that cannot be read. A few texts such as "3rd",
// which look like numbers with a unit, are words.
bool has_notations(const ColumnSurvey& column) {
  if (!is_most(column.notations, column)) return false;
  return look_of(column.first_notation).kind != CellKind::unit || has_uncounted(column) ||
         column.texts.size() > kMostNumberedClasses;
}

// Whether a name says that the column names rows: "id", "customer_id", "PassengerId".
bool is_name_of_id(const std::string& name) {
  if (name == "id" || name == "ID" || name == "Id") return true;
  for (const char* end : {"_id", "_ID", " id", " ID", ".id", "-id", "Id"}) {
    if (name.ends_with(end)) return true;
  }
  return false;
}

// Whether most cells have a text that no other cell has.
bool is_mostly_distinct(const ColumnSurvey& column) {
  return is_most(column.uncounted + seen_once(column), column);
}

std::string count_of(std::uint64_t count, const char* one, const char* several) {
  return count == 1 ? fmt::format("1 {}", one) : fmt::format("{} {}", format_count(count), several);
}

std::string different_texts(const ColumnSurvey& column) {
  if (has_uncounted(column)) return fmt::format("more than {} texts", format_count(kMostTexts));
  return count_of(column.texts.size(), "text", "different texts");
}

std::string missing_text(std::uint64_t count) {
  return count_of(count, "value is missing", "values are missing");
}

ColumnGuess guess_number(const ColumnSurvey& column) {
  if (column.name.empty() && column.counts_up) {
    return {ColumnRole::ignored,
            "has no name and counts the rows, as row numbers of R and pandas do"};
  }
  if (column.counts_up && column.rows > 2) {
    return {ColumnRole::id, "counts the rows, so it looks like an id"};
  }
  if (column.whole && is_name_of_id(column.name) && is_mostly_distinct(column)) {
    return {.role = ColumnRole::id,
            .reason = "is named like an id, and most of its numbers differ",
            .may_be_group = !has_uncounted(column) && column.texts.size() < present(column)};
  }
  const std::uint64_t missing = column.missing + column.perhaps_missing;
  return {.role = ColumnRole::number,
          .reason = missing == 0 ? "" : missing_text(missing),
          .missing_words = column.perhaps_missing > 0};
}

ColumnGuess guess_words(const ColumnSurvey& column) {
  if (!has_uncounted(column) && column.texts.size() <= kMostCategoryTexts &&
      !(is_mostly_distinct(column) && column.rows > 10)) {
    std::string reason = different_texts(column);
    if (column.missing > 0) reason += ", " + missing_text(column.missing);
    return {ColumnRole::category, reason};
  }
  if (!has_uncounted(column) && column.texts.size() == column.rows) {
    return {ColumnRole::id, "every row has another text, so it looks like an id"};
  }
  if (is_mostly_distinct(column)) {
    return {ColumnRole::ignored, different_texts(column) + ", most of them in one row only"};
  }
  return {.role = ColumnRole::ignored,
          .reason = fmt::format("{}, which is many for a category", different_texts(column)),
          .may_be_group = true};
}

}  // namespace

std::string title_of(const ColumnSurvey& column, std::size_t index) {
  return column.name.empty() ? fmt::format("column {}", index + 1)
                             : fmt::format("column {}", quoted_text(column.name));
}

ColumnGuess guess_input(const ColumnSurvey& column) {
  if (present(column) == 0) return {ColumnRole::ignored, "every value is missing"};
  if (column.texts.size() == 1) {
    return {ColumnRole::ignored,
            fmt::format("has only one value, {}", quoted_text(column.texts.texts().front()))};
  }
  if (is_numeric(column)) return guess_number(column);
  if (is_most(column.dates, column)) {
    return {ColumnRole::ignored,
            "dates or times; to use them, write numbers, such as days since the earliest"};
  }
  if (has_notations(column)) {
    return {ColumnRole::ignored,
            fmt::format("not plain numbers, such as {}{}", quoted_text(column.first_notation),
                        hint_for_number(column.first_notation))};
  }
  if (is_most(column.numbers, column) && column.texts.size() > kMostNumberedClasses) {
    const std::uint64_t others = present(column) - column.numbers;
    const std::string example =
        column.words > 0
            ? fmt::format("{} in line {}", quoted_text(column.first_word), column.first_word_line)
            : quoted_text(column.first_notation);
    return {ColumnRole::ignored,
            fmt::format("numbers, and {} such as {}; correct the file and use role: NUMBER, or use "
                        "role: CATEGORY",
                        count_of(others, "other cell", "other cells"), example)};
  }
  return guess_words(column);
}

TargetGuess guess_target(const ColumnSurvey& column) {
  const auto refuse = [](std::string why) { return TargetGuess{.objection = std::move(why)}; };
  const std::uint64_t missing =
      column.missing + (is_numeric(column) ? column.perhaps_missing : std::uint64_t{0});
  if (missing > 0) {
    return refuse(fmt::format(
        "{}{}; an example needs its target, so remove these rows from the file",
        missing_text(missing),
        column.missing == 0 ? std::string()
                            : fmt::format(", first in line {}", column.first_missing_line)));
  }
  const std::size_t different = column.texts.size();
  if (different < 2) return refuse("all rows have the same value, so there is nothing to learn");
  if (is_numeric(column)) {
    const bool few = column.whole && !has_uncounted(column) && different <= kMostNumberedClasses &&
                     2 * different <= column.rows;
    return {.kind = few ? TargetKind::classes : TargetKind::number,
            .reason = few ? fmt::format("{} different whole numbers, taken for classes", different)
                          : "a number, whose value is predicted",
            .objection = "",
            .either = few && different > 2};
  }
  if (has_notations(column)) {
    return refuse(fmt::format("holds texts such as {}{}", quoted_text(column.first_notation),
                              hint_for_label(column.first_notation)));
  }
  if (is_most(column.dates, column)) return refuse("holds dates or times, which are not predicted");
  if (is_most(column.numbers, column) && different > kMostNumberedClasses) {
    return refuse(fmt::format("holds numbers, and {} in line {}; correct the file",
                              quoted_text(column.first_word), column.first_word_line));
  }
  if (has_uncounted(column) || is_most(different, column)) {
    return refuse(fmt::format("{} in {} rows are too many to be classes", different_texts(column),
                              format_count(column.rows)));
  }
  return {.kind = TargetKind::classes, .reason = fmt::format("{} classes", different)};
}

}  // namespace lockstep
