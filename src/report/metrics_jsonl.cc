#include "report/metrics_jsonl.h"

#include <limits>
#include <optional>

#include "base/atomic_file.h"
#include "base/check.h"
#include "base/input_file.h"
#include "base/json_text.h"
#include "base/run_files.h"
#include "records/set_metrics_json.h"

namespace lockstep {
namespace {

// Parses a whole line; returns nothing if it is not one of ours.
std::optional<Json> parse_line(std::string_view line) {
  Json object = Json::parse(line, nullptr, /*allow_exceptions=*/false);
  if (!whole_number(object, "step")) return std::nullopt;
  return object;
}

// Calls use(line with its newline, parsed line) for each whole line of ours.
template <typename Use>
void for_each_line(std::string_view text, const Use& use) {
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    if (end == std::string_view::npos) return;  // cut short
    const std::string_view line = text.substr(0, end + 1);
    text.remove_prefix(end + 1);
    if (const auto object = parse_line(line)) use(line, *object);
  }
}

std::uint64_t step_of(const Json& object) { return *whole_number(object, "step"); }

std::optional<double> optional_number(const Json& object, const char* key) {
  const auto field = object.find(key);
  if (field == object.end() || !field->is_number()) return std::nullopt;
  return field->get<double>();
}

double number(const Json& object, const char* key) {
  return optional_number(object, key).value_or(std::numeric_limits<double>::quiet_NaN());
}

Evaluation evaluation_of(const Json& object) {
  Evaluation evaluation;
  evaluation.step = step_of(object);
  evaluation.epoch = number(object, "epoch");
  evaluation.cost = number(object, "cost");
  evaluation.penalty = number(object, "penalty");
  evaluation.l2_penalty = number(object, "l2_penalty");
  evaluation.l1_penalty = number(object, "l1_penalty");
  evaluation.batch_cost = number(object, "batch_cost");
  evaluation.train_error = optional_number(object, "train_error");
  evaluation.train_dev_error = optional_number(object, "train_dev_error");
  evaluation.train_dev_cost = optional_number(object, "train_dev_cost");
  evaluation.dev_error = optional_number(object, "dev_error");
  evaluation.dev_cost = optional_number(object, "dev_cost");
  evaluation.dev_metrics = metrics_from_json(object.value("dev_metrics", Json()));
  evaluation.weights_norm = number(object, "weights_norm");
  evaluation.weights_near_zero = number(object, "weights_near_zero");
  const auto digest = object.find("weights_digest");
  if (digest != object.end() && digest->is_string()) evaluation.weights_digest = *digest;
  evaluation.learning_rate = number(object, "learning_rate");
  evaluation.gradient_norm = optional_number(object, "gradient_norm");
  evaluation.skipped_steps = whole_number(object, "skipped_steps").value_or(0);
  evaluation.rollbacks = whole_number(object, "rollbacks").value_or(0);
  const auto best = object.find("best");
  evaluation.best = best != object.end() && best->is_boolean() && best->get<bool>();
  evaluation.seconds = number(object, "seconds");
  evaluation.examples_per_second = number(object, "examples_per_second");
  return evaluation;
}

}  // namespace

std::string metrics_line(const Evaluation& evaluation) {
  Json object;
  object["step"] = evaluation.step;
  set_number(object, "epoch", evaluation.epoch);
  set_number(object, "cost", evaluation.cost);
  set_number(object, "penalty", evaluation.penalty);
  set_number(object, "l2_penalty", evaluation.l2_penalty);
  set_number(object, "l1_penalty", evaluation.l1_penalty);
  set_number(object, "batch_cost", evaluation.batch_cost);
  set_number(object, "train_error", evaluation.train_error);
  set_number(object, "train_dev_error", evaluation.train_dev_error);
  set_number(object, "train_dev_cost", evaluation.train_dev_cost);
  set_number(object, "dev_error", evaluation.dev_error);
  set_number(object, "dev_cost", evaluation.dev_cost);
  object["dev_metrics"] = metrics_to_json(evaluation.dev_metrics);
  set_number(object, "weights_norm", evaluation.weights_norm);
  set_number(object, "weights_near_zero", evaluation.weights_near_zero);
  object["weights_digest"] =
      evaluation.weights_digest.empty() ? Json(nullptr) : Json(evaluation.weights_digest);
  set_number(object, "learning_rate", evaluation.learning_rate);
  set_number(object, "gradient_norm", evaluation.gradient_norm);
  object["skipped_steps"] = evaluation.skipped_steps;
  object["rollbacks"] = evaluation.rollbacks;
  object["best"] = evaluation.best;
  set_number(object, "seconds", evaluation.seconds);
  set_number(object, "examples_per_second", evaluation.examples_per_second);
  return to_text(object) + "\n";
}

std::string metrics_up_to(std::string_view text, std::uint64_t last_step) {
  std::string kept;
  for_each_line(text, [&](std::string_view line, const Json& object) {
    if (step_of(object) <= last_step) kept += line;
  });
  return kept;
}

std::vector<Evaluation> read_metrics(const std::filesystem::path& path, std::uint64_t last_step) {
  std::vector<Evaluation> evaluations;
  for_each_line(read_file(path), [&](std::string_view, const Json& object) {
    if (step_of(object) <= last_step) evaluations.push_back(evaluation_of(object));
  });
  return evaluations;
}

void MetricsReport::on_start(const RunStart& start) {
  const auto path = std::filesystem::path(start.run_dir) / kMetricsFile;
  const bool resumed = start.first_step > 0;
  replace_file(path, resumed ? metrics_up_to(read_file(path), start.first_step) : "");
  file_ = std::make_unique<AppendFile>(path, warn_);
}

void MetricsReport::on_evaluation(const Evaluation& evaluation) {
  check(file_ != nullptr, "an evaluation comes after the start");
  file_->append(metrics_line(evaluation));
}

void MetricsReport::on_save() {
  if (file_) file_->sync();
}

void MetricsReport::on_finish(const Summary& /*summary*/) {
  if (file_) file_->append("");
}

}  // namespace lockstep
