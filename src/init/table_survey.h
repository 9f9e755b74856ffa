#pragma once
// What is in a table in a text file (CSV, TSV, gzip or not), found by reading it once.

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "data/spec.h"
#include "init/column_survey.h"

namespace lockstep {

// What the user says about a file; the rest is guessed.
struct SurveyRequest {
  std::filesystem::path file;
  std::optional<char> delimiter = {};
  std::optional<bool> header = {};
  std::vector<std::string> names = {};          // of columns that the user mentions
  std::vector<std::string> missing_texts = {};  // that mean a missing value, such as "-999"
};

struct TableSurvey {
  CsvDialect dialect;
  bool decimal_comma = false;  // numbers are written as 1,5
  std::uint64_t rows = 0;
  std::vector<ColumnSurvey> columns;
};

// Reads the whole file, and again if numbers may be written with a decimal comma, which is taken to
// be so when it makes numbers of more cells and of no fewer in any column. Memory is bounded by
// kMostTexts for each column. Throws Error(data) for content that is not a table, with the places
// where rows are not well-formed; Error(missing_input) when the file cannot be read. Does not
// communicate.
TableSurvey survey_table(const SurveyRequest& request);

}  // namespace lockstep
