#pragma once
// What the errors of a run show (lecture 1.2) and what to do next (1.3), as a plain record for
// reports. diagnose/ fills it in.

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/binomial.h"
#include "base/enum_names.h"

namespace lockstep {

// The fraction of wrong answers on one set.
struct MeasuredError {
  double error = 0;
  std::uint64_t examples = 0;
  Interval interval;  // 95%, of the error on all examples like these
};

enum class GapLevel {
  low,
  high,
  uncertain,  // looks high, but may be chance: the sets are too small to tell
};

constexpr auto enum_names(GapLevel) {
  using enum GapLevel;
  return std::to_array<EnumName<GapLevel>>(
      {{low, "low"}, {high, "high"}, {uncertain, "uncertain"}});
}

// The step from one error to the next; the second minus the first.
struct ErrorGap {
  double value = 0;
  Interval interval;  // 95%; its ends may be negative
  double share = 0;   // part of the sum of all gaps that count in the verdict; from 0 to 1
  GapLevel level = GapLevel::low;
};

// What a step of the recipe works against.
enum class RecipeTarget {
  bias,
  variance,
  mismatch,
  doubt,  // the verdict itself is in doubt
  divergence,
};

constexpr auto enum_names(RecipeTarget) {
  using enum RecipeTarget;
  return std::to_array<EnumName<RecipeTarget>>({{bias, "bias"},
                                                {variance, "variance"},
                                                {mismatch, "mismatch"},
                                                {doubt, "doubt"},
                                                {divergence, "divergence"}});
}

// One step of the basic recipe (1.3), made concrete for the job.
struct RecipeStep {
  std::optional<RecipeTarget> against;  // none only in an empty step
  std::string kind;      // such as "bigger network"; a recipe tries the kinds in turn
  std::string action;    // what to do, in words
  std::string reason;    // why, with the section of the lecture
  std::string expected;  // the expected effect, and on which error
  // "path=value" for --set, all of them at once. Empty: only a person can do it.
  std::vector<std::string> set;
  // False: the step changes what is measured (another dev set), so dev errors before and after
  // cannot be compared.
  bool comparable = true;
};

// Verdicts where nothing is surely high.
inline constexpr const char* kNeitherIsHigh = "neither";
inline constexpr const char* kUncertain = "uncertain";  // the sets are too small to tell
inline constexpr const char* kNoVerdict = "unknown";    // there is no error to judge by

struct Diagnosis {
  // Errors are relative RMSE (records/value_errors.h) instead of fractions of wrong answers.
  bool of_values = false;
  double base_error = 0;
  // The least error, as a fraction of the training set, that every function of the features has,
  // because examples with equal features have different labels. 0 where not counted.
  double train_floor = 0;
  double high_gap = 0;    // the limits above which a gap is high:
  double high_share = 0;  // see `Diagnosis` in proto/job.proto

  // Absent: there is no such set, or no error rate.
  std::optional<MeasuredError> train, train_dev, dev, test;

  // Absent: it cannot be computed; `notes` say why.
  std::optional<ErrorGap> avoidable_bias;  // base or floor to train; never below 0
  std::optional<ErrorGap> variance;        // train to train-dev, or to dev without one
  std::optional<ErrorGap> mismatch;        // train-dev to dev
  std::optional<ErrorGap> dev_to_test;     // not in the verdict
  // There is no train-dev set and dev has a source of its own, so what is called variance may be
  // mismatch.
  bool variance_may_be_mismatch = false;

  // "bias", "variance", "mismatch" or several of them joined by " and "; "variance or mismatch"
  // where the two cannot be told apart; or one of the verdicts above.
  std::string verdict;
  std::vector<std::string> notes;  // sentences: what cannot be computed, and what to keep in mind
  std::vector<RecipeStep> recipe;  // in the lecture's order
};

// The field of the job that gives base_error.
inline const char* base_field(const Diagnosis& diagnosis) {
  return diagnosis.of_values ? "diagnosis.base_rmse" : "diagnosis.base_error";
}

}  // namespace lockstep
