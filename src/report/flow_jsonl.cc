#include "report/flow_jsonl.h"

#include <limits>
#include <optional>
#include <sstream>

#include "base/atomic_file.h"
#include "base/check.h"
#include "base/input_file.h"
#include "base/run_files.h"
#include "report/metrics_jsonl.h"

namespace lockstep {
namespace {

// Calls `use` for each number of a layer with its name, for reading and for writing.
template <typename Layer, typename Use>
void for_each_number(Layer& layer, const Use& use) {
  use("activation_mean", layer.activation_mean);
  use("activation_deviation", layer.activation_deviation);
  use("activation_rms", layer.activation_rms);
  use("delta_rms", layer.delta_rms);
  use("weight_norm", layer.weight_norm);
  use("weight_rms", layer.weight_rms);
  use("gradient_norm", layer.gradient_norm);
  use("update_norm", layer.update_norm);
  use("update_ratio", layer.update_ratio);
  use("zero_fraction", layer.zero_fraction);
  use("dead_fraction", layer.dead_fraction);
  use("saturated_fraction", layer.saturated_fraction);
}

Json layer_json(const LayerFlow& layer, std::size_t number) {
  Json object;
  object["layer"] = number;
  object["units"] = layer.units;
  object["activation"] = layer.activation;
  for_each_number(layer, [&](const char* name, std::optional<double> value) {
    set_number(object, name, value);
  });
  return object;
}

// A null becomes NaN, because the number was not finite; an optional number becomes absent.
void read_number(const Json& object, const char* name, double& value) {
  const auto field = object.find(name);
  const bool is_there = field != object.end() && field->is_number();
  value = is_there ? field->get<double>() : std::numeric_limits<double>::quiet_NaN();
}
void read_number(const Json& object, const char* name, std::optional<double>& value) {
  const auto field = object.find(name);
  if (field != object.end() && field->is_number()) value = field->get<double>();
}

std::string text_in(const Json& object, const char* name) {
  const auto field = object.find(name);
  return field != object.end() && field->is_string() ? field->get<std::string>() : "";
}

// What is missing, or of another type than we write, is absent or empty.
FlowRecord record_of(const Json& object) {
  FlowRecord record;
  record.step = whole_number(object, "step").value_or(0);
  record.examples = whole_number(object, "examples").value_or(0);
  read_number(object, "cost", record.cost);
  read_number(object, "activation_factor", record.activation_factor);
  read_number(object, "delta_factor", record.delta_factor);
  for (const Json& from : object.value("layers", Json::array())) {
    LayerFlow& layer = record.layers.emplace_back();
    layer.units = whole_number(from, "units").value_or(0);
    layer.activation = text_in(from, "activation");
    for_each_number(layer, [&](const char* name, auto& value) { read_number(from, name, value); });
  }
  for (const Json& from : object.value("findings", Json::array())) {
    record.findings.push_back(
        {text_in(from, "kind"), text_in(from, "text"), text_in(from, "remedy")});
  }
  return record;
}

}  // namespace

Json flow_json(const FlowRecord& record) {
  Json object;
  object["step"] = record.step;
  object["examples"] = record.examples;
  set_number(object, "cost", record.cost);
  set_number(object, "activation_factor", record.activation_factor);
  set_number(object, "delta_factor", record.delta_factor);
  Json layers = Json::array();
  for (std::size_t i = 0; i < record.layers.size(); ++i) {
    layers.push_back(layer_json(record.layers[i], i + 1));
  }
  object["layers"] = layers;
  Json findings = Json::array();
  for (const FlowFinding& finding : record.findings) {
    findings.push_back(
        {{"kind", finding.kind}, {"text", finding.text}, {"remedy", finding.remedy}});
  }
  object["findings"] = findings;
  return object;
}

std::vector<FlowRecord> read_flow(const std::filesystem::path& path, std::uint64_t last_step) {
  std::vector<FlowRecord> records;
  std::istringstream lines(metrics_up_to(read_file(path), last_step));
  for (std::string line; std::getline(lines, line);) {
    records.push_back(record_of(Json::parse(line)));
  }
  return records;
}

void FlowReport::on_start(const RunStart& start) {
  path_ = std::filesystem::path(start.run_dir) / kFlowFile;
  const bool monitored = start.monitor_every_steps > 0;
  if (monitored || std::filesystem::exists(path_)) keep_up_to(start.first_step);
  if (monitored) file_ = std::make_unique<AppendFile>(path_, warn_);
}

void FlowReport::keep_up_to(std::uint64_t step) const {
  replace_file(path_, step > 0 ? metrics_up_to(read_file(path_), step) : "");
}

void FlowReport::on_rollback(std::uint64_t step) {
  if (!file_) return;
  file_.reset();
  keep_up_to(step);
  file_ = std::make_unique<AppendFile>(path_, warn_);
}

void FlowReport::on_flow(const FlowRecord& record) {
  check(file_ != nullptr, "a record comes after the start of a monitored run");
  file_->append(to_text(flow_json(record)) + "\n");
}

void FlowReport::on_save() {
  if (file_) file_->sync();
}

void FlowReport::on_finish(const Summary& /*summary*/) {
  if (file_) file_->append("");
}

}  // namespace lockstep
