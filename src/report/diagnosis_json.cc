#include "report/diagnosis_json.h"

#include <optional>

#include "base/atomic_file.h"
#include "base/run_files.h"
#include "report/diagnosis_text.h"
#include "report/interval_json.h"

namespace lockstep {
namespace {

// `judged` gaps count in the verdict, and so have a share and a level.
Json gap_json(const std::optional<ErrorGap>& gap, bool judged = true) {
  if (!gap) return nullptr;
  Json object;
  object["value"] = gap->value;
  object["interval_95"] = interval_json(gap->interval);
  if (judged) {
    object["share"] = gap->share;
    object["level"] = enum_name(gap->level);
  }
  return object;
}

}  // namespace

Json error_to_json(const std::optional<MeasuredError>& measured) {
  if (!measured) return nullptr;
  Json object;
  object["error"] = measured->error;
  object["examples"] = measured->examples;
  object["interval_95"] = interval_json(measured->interval);
  return object;
}

Json step_to_json(const RecipeStep& step) {
  Json object;
  object["against"] = enum_name(step.against.value());
  object["kind"] = step.kind;
  object["action"] = step.action;
  object["reason"] = step.reason;
  object["expected"] = step.expected;
  object["set"] = step.set;
  object["comparable"] = step.comparable;
  return object;
}

Json diagnosis_to_json(const Diagnosis& diagnosis) {
  Json object;
  object["verdict"] = diagnosis.verdict;
  object["errors_are"] = diagnosis.of_values ? "relative_rmse" : "error_rate";
  object["base_error"] = diagnosis.base_error;
  object["train_error_floor"] = diagnosis.train_floor;
  object["high_gap"] = diagnosis.high_gap;
  object["high_share"] = diagnosis.high_share;
  Json& errors = object["errors"] = Json::object();
  errors["train"] = error_to_json(diagnosis.train);
  errors["train_dev"] = error_to_json(diagnosis.train_dev);
  errors["dev"] = error_to_json(diagnosis.dev);
  errors["test"] = error_to_json(diagnosis.test);
  Json& gaps = object["gaps"] = Json::object();
  gaps["avoidable_bias"] = gap_json(diagnosis.avoidable_bias);
  gaps["variance"] = gap_json(diagnosis.variance);
  gaps["mismatch"] = gap_json(diagnosis.mismatch);
  gaps["dev_to_test"] = gap_json(diagnosis.dev_to_test, false);
  object["variance_may_be_mismatch"] = diagnosis.variance_may_be_mismatch;
  object["notes"] = diagnosis.notes;
  Json& recipe = object["recipe"] = Json::array();
  for (const RecipeStep& step : diagnosis.recipe) recipe.push_back(step_to_json(step));
  return object;
}

void DiagnosisReport::on_start(const RunStart& start) {
  start_ = start;
  for (const char* name : {kDiagnosisText, kDiagnosisJson}) {
    remove_file(std::filesystem::path(start.run_dir) / name);
  }
}

void DiagnosisReport::on_finish(const Summary& summary) {
  if (!summary.diagnosis) return;
  const std::filesystem::path run_dir = start_.run_dir;
  replace_file(run_dir / kDiagnosisJson, to_text(diagnosis_to_json(*summary.diagnosis), 2) + "\n");
  replace_file(run_dir / kDiagnosisText, diagnosis_text(start_.job_name, *summary.diagnosis));
}

}  // namespace lockstep
