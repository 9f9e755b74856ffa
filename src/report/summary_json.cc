#include "report/summary_json.h"

#include "base/atomic_file.h"
#include "report/json_fields.h"

namespace lockstep {

std::string summary_to_json(const Summary& summary) {
  Json object;
  object["stop_reason"] = summary.stop_reason;
  set_number(object, "epochs", summary.epochs);
  object["steps"] = summary.steps;
  object["best_step"] = summary.best_step ? Json(*summary.best_step) : Json(nullptr);
  set_number(object, "best_epoch", summary.best_epoch);
  set_number(object, "train_error", summary.train_error);
  set_number(object, "train_dev_error", summary.train_dev_error);
  set_number(object, "dev_error", summary.dev_error);
  set_number(object, "test_error", summary.test_error);
  set_number(object, "train_cost", summary.train_cost);
  set_number(object, "train_dev_cost", summary.train_dev_cost);
  set_number(object, "dev_cost", summary.dev_cost);
  set_number(object, "test_cost", summary.test_cost);
  set_number(object, "l2_penalty", summary.l2_penalty);
  set_number(object, "l1_penalty", summary.l1_penalty);
  set_number(object, "weights_norm", summary.weights_norm);
  set_number(object, "weights_near_zero", summary.weights_near_zero);
  set_number(object, "examples_per_second", summary.examples_per_second);
  Json& seconds = object["seconds"] = Json::object();
  for (const auto& [phase, duration] : summary.seconds) set_number(seconds, phase, duration);
  object["weights_digest"] = summary.weights_digest;
  object["peak_memory_bytes"] = summary.peak_memory_bytes;
  object["ranks"] = summary.ranks;
  object["threads"] = summary.threads;
  object["shards"] = summary.shards;
  Json& versions = object["versions"] = Json::object();
  for (const auto& [name, version] : summary.versions) versions[name] = version;
  return to_text(object, 2) + "\n";
}

std::string environment_to_json(const RunStart& start) {
  Json object;
  object["job"] = start.job_name;
  object["ranks"] = start.ranks;
  object["threads"] = start.threads;
  object["shards"] = start.shards;
  Json& environment = object["environment"] = Json::object();
  for (const auto& [name, value] : start.environment) environment[name] = value;
  return to_text(object, 2) + "\n";
}

void SummaryReport::on_start(const RunStart& start) {
  run_dir_ = start.run_dir;
  replace_file(run_dir_ / "environment.json", environment_to_json(start));
}

void SummaryReport::on_finish(const Summary& summary) {
  replace_file(run_dir_ / "summary.json", summary_to_json(summary));
}

}  // namespace lockstep
