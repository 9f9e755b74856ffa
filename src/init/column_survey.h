#pragma once
// What the cells of a column hold, as counts. Pure.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "data/missing_fields.h"
#include "data/vocabulary.h"

namespace lockstep {

// The most texts of a column that are counted separately.
inline constexpr std::size_t kMostTexts = 10000;

struct ColumnSurvey {
  std::string name;  // empty in a file without header, or if the header has no name
  std::uint64_t rows = 0;

  std::uint64_t missing = 0;  // cells that have no value
  std::uint64_t first_missing_line = 0;
  Vocabulary missing_texts;  // usual texts for a missing value, such as "NA"

  std::uint64_t numbers = 0;
  bool whole = true;      // all numbers are whole
  bool counts_up = true;  // all cells are numbers, each one more than the one before
  float last_number = 0;

  std::uint64_t dates = 0;            // dates and times of day
  std::uint64_t notations = 0;        // numbers that cannot be read, such as "1,5" or "5 kg"
  std::string first_notation;         // the first of them
  std::uint64_t perhaps_missing = 0;  // texts that mean a missing value only among numbers: "none"
  Vocabulary perhaps_missing_texts;
  std::uint64_t words = 0;  // everything else
  std::string first_word;
  std::uint64_t first_word_line = 0;

  Vocabulary texts;                   // the different texts that are not missing, up to kMostTexts
  std::vector<std::uint64_t> counts;  // how many cells have each of them
  std::uint64_t uncounted = 0;        // cells with another text, once there are kMostTexts
};

// Adds a cell, which stands on `line` of the file. `missing` are the texts that the user says mean
// a missing value. With `decimal_comma`, numbers are written as 1,5.
void add_cell(ColumnSurvey& column, std::string_view cell, std::uint64_t line,
              const MissingFields& missing, bool decimal_comma);

// Number of cells that have a value.
std::uint64_t present(const ColumnSurvey& column);

// Whether there are too many different texts to count them all.
bool has_uncounted(const ColumnSurvey& column);

// How many texts stand in one cell only.
std::uint64_t seen_once(const ColumnSurvey& column);

}  // namespace lockstep
