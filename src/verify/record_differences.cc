#include "verify/record_differences.h"

#include <algorithm>
#include <array>
#include <string_view>

#include <fmt/format.h>

namespace lockstep {
namespace {

// "finite" follows from the numbers, one of which may be a timing.
constexpr std::array<std::string_view, 3> kTimings = {"seconds", "examples_per_second", "finite"};

constexpr std::array<std::string_view, 27> kOfTheNetwork = {"stop_reason",
                                                            "epochs",
                                                            "steps",
                                                            "skipped_steps",
                                                            "rollbacks",
                                                            "best_step",
                                                            "best_epoch",
                                                            "train_error",
                                                            "train_dev_error",
                                                            "train_error_floor",
                                                            "dev_error",
                                                            "test_error",
                                                            "train_cost",
                                                            "train_dev_cost",
                                                            "dev_cost",
                                                            "test_cost",
                                                            "dev_metrics",
                                                            "test_metrics",
                                                            "relative_rmse",
                                                            "l2_penalty",
                                                            "l1_penalty",
                                                            "weights_norm",
                                                            "weights_near_zero",
                                                            "weights_digest",
                                                            "features",
                                                            "train_fingerprint",
                                                            "dev_fingerprint"};

void compare_field(const std::string& field, const Json& recorded, const Json& again,
                   RecordComparison& comparison) {
  const auto a = recorded.find(field);
  const auto b = again.find(field);
  if (a == recorded.end() || b == again.end()) {
    comparison.not_compared.push_back(field);
  } else if (*a != *b) {
    comparison.differences.push_back({field, to_text(*a), to_text(*b)});
  }
}

}  // namespace

RecordComparison compare_evaluations(const Json& recorded, const Json& again) {
  RecordComparison comparison;
  const auto is_timing = [](const std::string& field) {
    return std::ranges::find(kTimings, field) != kTimings.end();
  };
  for (const auto& [field, value] : again.items()) {
    if (!is_timing(field)) compare_field(field, recorded, again, comparison);
  }
  for (const auto& [field, value] : recorded.items()) {
    if (!is_timing(field) && !again.contains(field)) comparison.not_compared.push_back(field);
  }
  return comparison;
}

RecordComparison compare_summaries(const Json& recorded, const Json& again) {
  RecordComparison comparison;
  for (const std::string_view field : kOfTheNetwork) {
    compare_field(std::string(field), recorded, again, comparison);
  }
  return comparison;
}

std::string describe(const std::vector<RecordDifference>& differences) {
  std::string text;
  for (const auto& [field, recorded, again] : differences) {
    text += fmt::format("{}{}: recorded {}, trained again {}", text.empty() ? "" : "; ", field,
                        recorded, again);
  }
  return text;
}

}  // namespace lockstep
