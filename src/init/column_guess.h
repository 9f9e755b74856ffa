#pragma once
// What role a column takes by what is in it. Pure.

#include <string>

#include "data/spec.h"
#include "init/column_survey.h"

namespace lockstep {

// A category becomes one input for each of its texts; a column with more texts is left out.
inline constexpr std::size_t kMostCategoryTexts = 50;

// Whole numbers may be classes if there are at most this many different ones.
inline constexpr std::size_t kMostNumberedClasses = 20;

struct ColumnGuess {
  ColumnRole role = ColumnRole::number;
  std::string reason;          // a sentence without its end, for a comment
  bool missing_words = false;  // its perhaps_missing_texts do mean missing values
  bool may_be_group = false;   // many texts, some of which stand in several rows
};

// The role of a column that is not the target and for which the user has not given one.
ColumnGuess guess_input(const ColumnSurvey& column);

enum class TargetKind { number, classes };

struct TargetGuess {
  TargetKind kind = TargetKind::number;
  std::string reason = {};
  std::string objection = {};  // why the column cannot be a target; empty if it can
  bool either = false;         // it could also be the other kind
};

// What a target column is.
TargetGuess guess_target(const ColumnSurvey& column);

// `column "age"`, or "column 3" for one without a name; `index` counts from 0.
std::string title_of(const ColumnSurvey& column, std::size_t index);

}  // namespace lockstep
