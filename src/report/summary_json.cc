#include "report/summary_json.h"

#include <optional>

#include "base/atomic_file.h"
#include "base/error.h"
#include "base/input_file.h"
#include "base/json_text.h"
#include "base/run_files.h"
#include "records/set_metrics_json.h"
#include "records/value_errors_json.h"
#include "report/diagnosis_json.h"

namespace lockstep {
namespace {

// Reads a field that may be null, or absent in files of older versions.
template <typename T>
std::optional<T> optional_field(const Json& object, const char* key) {
  const auto field = object.find(key);
  if (field == object.end() || field->is_null()) return std::nullopt;
  return field->get<T>();
}

template <typename T>
T field_or_zero(const Json& object, const char* key) {
  return optional_field<T>(object, key).value_or(T{});
}

Summary summary_of(const Json& object) {
  Summary summary;
  summary.stop_reason = object.at("stop_reason").get<std::string>();
  summary.epochs = field_or_zero<double>(object, "epochs");
  summary.steps = field_or_zero<std::uint64_t>(object, "steps");
  summary.skipped_steps = field_or_zero<std::uint64_t>(object, "skipped_steps");
  summary.rollbacks = field_or_zero<std::uint64_t>(object, "rollbacks");
  summary.evaluations = optional_field<std::uint64_t>(object, "evaluations");
  summary.best_step = optional_field<std::uint64_t>(object, "best_step");
  summary.best_epoch = optional_field<double>(object, "best_epoch");
  summary.train_error = optional_field<double>(object, "train_error");
  summary.train_error_floor = optional_field<double>(object, "train_error_floor");
  summary.train_dev_error = optional_field<double>(object, "train_dev_error");
  summary.dev_error = optional_field<double>(object, "dev_error");
  summary.test_error = optional_field<double>(object, "test_error");
  summary.train_cost = optional_field<double>(object, "train_cost");
  summary.train_dev_cost = optional_field<double>(object, "train_dev_cost");
  summary.dev_cost = optional_field<double>(object, "dev_cost");
  summary.test_cost = optional_field<double>(object, "test_cost");
  summary.dev_metrics = metrics_from_json(object.value("dev_metrics", Json()));
  summary.test_metrics = metrics_from_json(object.value("test_metrics", Json()));
  summary.value_errors = value_errors_from_json(object.value("relative_rmse", Json()));
  summary.l2_penalty = field_or_zero<double>(object, "l2_penalty");
  summary.l1_penalty = field_or_zero<double>(object, "l1_penalty");
  summary.weights_digest = field_or_zero<std::string>(object, "weights_digest");
  summary.checkpoint = optional_field<std::string>(object, "checkpoint").value_or("");
  summary.train_examples = field_or_zero<std::uint64_t>(object, "train_examples");
  summary.train_dev_examples = field_or_zero<std::uint64_t>(object, "train_dev_examples");
  summary.dev_examples = field_or_zero<std::uint64_t>(object, "dev_examples");
  summary.test_examples = field_or_zero<std::uint64_t>(object, "test_examples");
  summary.train_fingerprint = field_or_zero<std::string>(object, "train_fingerprint");
  summary.dev_fingerprint = field_or_zero<std::string>(object, "dev_fingerprint");
  summary.features = field_or_zero<std::uint64_t>(object, "features");
  summary.images = field_or_zero<bool>(object, "images");
  return summary;
}

}  // namespace

std::string summary_to_json(const Summary& summary) {
  Json object;
  object["stop_reason"] = summary.stop_reason;
  set_number(object, "epochs", summary.epochs);
  object["steps"] = summary.steps;
  object["skipped_steps"] = summary.skipped_steps;
  object["rollbacks"] = summary.rollbacks;
  object["evaluations"] = summary.evaluations ? Json(*summary.evaluations) : Json(nullptr);
  object["best_step"] = summary.best_step ? Json(*summary.best_step) : Json(nullptr);
  set_number(object, "best_epoch", summary.best_epoch);
  set_number(object, "train_error", summary.train_error);
  set_number(object, "train_error_floor", summary.train_error_floor);
  set_number(object, "train_dev_error", summary.train_dev_error);
  set_number(object, "dev_error", summary.dev_error);
  set_number(object, "test_error", summary.test_error);
  set_number(object, "train_cost", summary.train_cost);
  set_number(object, "train_dev_cost", summary.train_dev_cost);
  set_number(object, "dev_cost", summary.dev_cost);
  set_number(object, "test_cost", summary.test_cost);
  object["dev_metrics"] = metrics_in_detail_to_json(summary.dev_metrics);
  object["test_metrics"] = metrics_in_detail_to_json(summary.test_metrics);
  object["relative_rmse"] = value_errors_to_json(summary.value_errors);
  set_number(object, "l2_penalty", summary.l2_penalty);
  set_number(object, "l1_penalty", summary.l1_penalty);
  set_number(object, "weights_norm", summary.weights_norm);
  set_number(object, "weights_near_zero", summary.weights_near_zero);
  set_number(object, "examples_per_second", summary.examples_per_second);
  Json& seconds = object["seconds"] = Json::object();
  for (const auto& [phase, duration] : summary.seconds) set_number(seconds, phase, duration);
  Json& sessions = object["sessions"] = Json::array();
  for (const RunSession& session : summary.sessions) {
    Json& entry = sessions.emplace_back(Json{{"first_step", session.first_step},
                                             {"last_step", session.last_step},
                                             {"ranks", session.ranks},
                                             {"threads", session.threads}});
    set_number(entry, "seconds", session.seconds);
  }
  object["weights_digest"] = summary.weights_digest;
  object["checkpoint"] = summary.checkpoint.empty() ? Json() : Json(summary.checkpoint);
  object["peak_memory_bytes"] = summary.peak_memory_bytes;
  object["ranks"] = summary.ranks;
  object["threads"] = summary.threads;
  object["shards"] = summary.shards;
  Json& versions = object["versions"] = Json::object();
  for (const auto& [name, version] : summary.versions) versions[name] = version;
  object["train_examples"] = summary.train_examples;
  object["train_dev_examples"] = summary.train_dev_examples;
  object["dev_examples"] = summary.dev_examples;
  object["test_examples"] = summary.test_examples;
  object["train_fingerprint"] = summary.train_fingerprint;
  object["dev_fingerprint"] =
      summary.dev_fingerprint.empty() ? Json(nullptr) : Json(summary.dev_fingerprint);
  object["features"] = summary.features;
  object["images"] = summary.images;
  object["diagnosis"] = summary.diagnosis ? diagnosis_to_json(*summary.diagnosis) : Json(nullptr);
  return to_text(object, 2) + "\n";
}

std::optional<Summary> read_summary(const std::filesystem::path& path) {
  const std::optional<std::string> text = read_if_there(path);
  if (!text) return std::nullopt;
  const Json object = Json::parse(*text, nullptr, /*allow_exceptions=*/false);
  if (!object.is_object() || !object.contains("stop_reason")) {
    throw Error(ExitCode::data, path.string() + ": not the summary of a run");
  }
  try {
    return summary_of(object);
  } catch (const Json::exception& error) {
    throw Error(ExitCode::data, path.string() + ": not the summary of a run: " + error.what());
  }
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
  // An earlier summary would not match later checkpoints.
  remove_file(run_dir_ / kSummaryFile);
  environment_.emplace(run_dir_ / kEnvironmentFile, environment_to_json(start), warn_);
}

void SummaryReport::on_evaluation(const Evaluation& /*evaluation*/) {
  if (environment_) environment_->restore();
}

void SummaryReport::on_finish(const Summary& summary) {
  if (environment_) environment_->restore();
  replace_file(run_dir_ / kSummaryFile, summary_to_json(summary));
}

}  // namespace lockstep
