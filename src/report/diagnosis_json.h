#pragma once
// A diagnosis for scripts, and the files diagnosis.json and diagnosis.txt.

#include <optional>

#include "base/json_text.h"
#include "records/observer.h"

namespace lockstep {

// {"verdict", "base_error", "high_gap", "high_share", "errors": {"train",
// "train_dev", "dev", "test"}, "gaps": {"avoidable_bias", "variance",
// "mismatch", "dev_to_test"}, "variance_may_be_mismatch", "notes", "recipe"}. An
// error is {"error", "examples", "interval_95": [low, high]}, a gap {"value",
// "interval_95", "share", "level"}, a step {"against", "kind", "action", "reason",
// "expected", "set": ["path=value"], "comparable"}. Absent values are null.
Json diagnosis_to_json(const Diagnosis& diagnosis);

// The error as JSON; null if it was not measured.
Json error_to_json(const std::optional<MeasuredError>& measured);

Json step_to_json(const RecipeStep& step);

// Writes both files at the end of a run that has a diagnosis, atomically. Throws
// Error(io).
class DiagnosisReport : public TrainingObserver {
 public:
  void on_start(const RunStart& start) override;
  void on_finish(const Summary& summary) override;

 private:
  RunStart start_;
};

}  // namespace lockstep
