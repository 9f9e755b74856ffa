#include "sweep/trial_record.h"

#include <array>
#include <cmath>
#include <limits>
#include <span>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/atomic_file.h"
#include "base/digest.h"
#include "base/error.h"
#include "base/input_file.h"
#include "base/json_text.h"
#include "records/set_metrics_json.h"

namespace lockstep {
namespace {

constexpr std::array<std::pair<TrialStatus, const char*>, 4> kStatusNames = {{
    {TrialStatus::paused, "paused"},
    {TrialStatus::finished, "finished"},
    {TrialStatus::terminated, "terminated"},
    {TrialStatus::diverged, "diverged"},
}};

std::optional<double> number_from(const Json& value) {
  return value.is_null() ? std::nullopt : std::optional(value.get<double>());
}

std::uint64_t steps_from(const Json& object, const char* key) {
  const auto steps = whole_number(object, key);
  if (!steps) throw std::invalid_argument(fmt::format("\"{}\" is not a whole number", key));
  return *steps;
}

// The number of a result, or of a point of a curve.
template <typename Measured>
std::optional<double> number_of(Metric metric, const Measured& measured) {
  if (metric == Metric::dev_error) return measured.dev_error;
  if (metric == Metric::dev_cost) return measured.dev_cost;
  return measured.dev_metrics.*facts_of(metric).number;
}

double comparable(Metric metric, std::optional<double> value) {
  if (!value || !std::isfinite(*value)) return std::numeric_limits<double>::infinity();
  return facts_of(metric).larger_is_better ? -*value : *value;
}

// Records of older versions have none.
SetMetrics dev_metrics_of(const Json& measured) {
  return metrics_from_json(measured.value("dev_metrics", Json()));
}

constexpr const char* kChecksum = "checksum";

// xxh64 of the record as text, without its checksum.
std::string checksum_of(const Json& record) {
  const std::string text = to_text(record, 1);
  return digest_hex(digest_of(std::as_bytes(std::span(text))));
}

// Takes the checksum out of a record. Records of older versions have none.
void check_unchanged(Json& record) {
  const auto field = record.find(kChecksum);
  if (field == record.end()) return;
  const auto checksum = field->get<std::string>();
  record.erase(kChecksum);
  if (checksum != checksum_of(record)) throw std::invalid_argument("its checksum is wrong");
}

TrialStatus status_from(const std::string& text) {
  for (const auto& [status, name] : kStatusNames) {
    if (text == name) return status;
  }
  throw std::invalid_argument("no status \"" + text + "\"");
}

}  // namespace

double metric_value(Metric metric, const TrialResult& result) {
  return comparable(metric, number_of(metric, result));
}

double metric_value(Metric metric, const CurvePoint& point) {
  return comparable(metric, number_of(metric, point));
}

std::optional<double> metric_of(Metric metric, const TrialResult& result) {
  return number_of(metric, result);
}

std::string status_name(TrialStatus status) {
  for (const auto& [of, name] : kStatusNames) {
    if (of == status) return name;
  }
  return "";
}

std::string record_to_json(const TrialRecord& record) {
  Json curve = Json::array();
  for (const CurvePoint& point : record.curve) {
    curve.push_back({{"step", point.step},
                     {"epoch", point.epoch},
                     {"dev_error", json_number(point.dev_error)},
                     {"dev_cost", json_number(point.dev_cost)},
                     {"dev_metrics", metrics_to_json(point.dev_metrics)}});
  }
  Json results = Json::array();
  for (const TrialResult& result : record.results) {
    results.push_back({{"status", status_name(result.status)},
                       {"epochs", result.epochs},
                       {"steps", result.steps},
                       {"train_error", json_number(result.train_error)},
                       {"train_cost", json_number(result.train_cost)},
                       {"dev_error", json_number(result.dev_error)},
                       {"dev_cost", json_number(result.dev_cost)},
                       {"dev_metrics", metrics_to_json(result.dev_metrics)},
                       {"best_epoch", json_number(result.best_epoch)},
                       {"weights_digest", result.weights_digest},
                       {"message", result.message}});
  }
  Json data = nullptr;
  if (record.data) data = {{"train", record.data->train}, {"dev", record.data->dev}};
  Json all = {
      {"job_digest", record.job_digest}, {"data", data}, {"curve", curve}, {"results", results}};
  all[kChecksum] = checksum_of(all);
  return to_text(all, 1) + "\n";
}

TrialRecord record_from_json(const std::string& text, const std::string& source) {
  TrialRecord record;
  try {
    Json all = Json::parse(text);
    check_unchanged(all);
    record.job_digest = all.at("job_digest").get<std::string>();
    // Records of older versions lack it.
    if (const auto data = all.find("data"); data != all.end() && !data->is_null()) {
      record.data = {data->at("train").get<std::string>(), data->at("dev").get<std::string>()};
    }
    for (const Json& point : all.at("curve")) {
      record.curve.push_back({steps_from(point, "step"), point.at("epoch").get<double>(),
                              number_from(point.at("dev_error")), number_from(point.at("dev_cost")),
                              dev_metrics_of(point)});
    }
    for (const Json& of : all.at("results")) {
      TrialResult result;
      result.status = status_from(of.at("status").get<std::string>());
      result.epochs = of.at("epochs").get<double>();
      result.steps = steps_from(of, "steps");
      result.train_error = number_from(of.at("train_error"));
      result.train_cost = number_from(of.at("train_cost"));
      result.dev_error = number_from(of.at("dev_error"));
      result.dev_cost = number_from(of.at("dev_cost"));
      result.dev_metrics = dev_metrics_of(of);
      result.best_epoch = number_from(of.at("best_epoch"));
      result.weights_digest = of.at("weights_digest").get<std::string>();
      result.message = of.at("message").get<std::string>();
      record.results.push_back(result);
    }
  } catch (const std::exception& error) {
    throw Error(ExitCode::data,
                fmt::format("{} is not a record of a trial ({}); remove the trial's directory to "
                            "train it again",
                            source, error.what()));
  }
  return record;
}

std::optional<TrialRecord> read_record(const std::filesystem::path& path) {
  if (!std::filesystem::exists(path)) return std::nullopt;
  const std::optional<std::string> text = read_if_there(path);
  if (!text) throw Error(ExitCode::missing_input, fmt::format("cannot open {}", path.string()));
  return record_from_json(*text, path.string());
}

void write_record(const TrialRecord& record, const std::filesystem::path& path) {
  std::error_code error;  // reported by the next line
  std::filesystem::create_directories(path.parent_path(), error);
  replace_file(path, record_to_json(record));
}

TrialRecorder::TrialRecorder(TrialRecord& record, std::filesystem::path path)
    : record_(record), path_(std::move(path)) {}

void TrialRecorder::on_start(const RunStart& start) {
  record_.data = {start.train_fingerprint, start.dev_fingerprint};
  std::erase_if(record_.curve,
                [&](const CurvePoint& point) { return point.step > start.first_step; });
  write_record(record_, path_);
}

void TrialRecorder::on_evaluation(const Evaluation& evaluation) {
  record_.curve.push_back({evaluation.step, evaluation.epoch, evaluation.dev_error,
                           evaluation.dev_cost, evaluation.dev_metrics});
  write_record(record_, path_);
}

}  // namespace lockstep
