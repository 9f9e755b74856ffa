#pragma once
// Columns of made tables for tests of the guesses.

#include <string>
#include <vector>

#include "init/column_survey.h"
#include "init/table_survey.h"

namespace lockstep {

inline ColumnSurvey survey_of(const std::string& name, const std::vector<std::string>& cells) {
  ColumnSurvey column;
  column.name = name;
  const MissingFields none({});
  std::uint64_t line = 2;
  for (const std::string& cell : cells) add_cell(column, cell, line++, none, false);
  return column;
}

// So many cells, which take the texts in turn.
inline std::vector<std::string> in_turn(std::size_t count, const std::vector<std::string>& texts) {
  std::vector<std::string> cells;
  cells.reserve(count);
  for (std::size_t i = 0; i < count; ++i) cells.push_back(texts[i % texts.size()]);
  return cells;
}

// The whole numbers from `first`.
inline std::vector<std::string> counting(std::size_t count, int first) {
  std::vector<std::string> cells;
  cells.reserve(count);
  for (std::size_t i = 0; i < count; ++i) {
    cells.push_back(std::to_string(first + static_cast<int>(i)));
  }
  return cells;
}

inline TableSurvey table_of(std::vector<ColumnSurvey> columns) {
  TableSurvey survey;
  survey.rows = columns.front().rows;
  survey.columns = std::move(columns);
  return survey;
}

}  // namespace lockstep
