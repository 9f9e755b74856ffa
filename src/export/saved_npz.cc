#include "export/saved_npz.h"

#include <span>
#include <string>
#include <vector>

#include "base/enum_names.h"
#include "export/npz.h"
#include "model/prediction_columns.h"
#include "nn/activations.h"

namespace lockstep {
namespace {

void add_network(const SavedModel& model, std::vector<NpzMember>& members) {
  const Network<float>& network = model.network;
  for (const ParameterTensor& tensor : network.parameter_table().tensors) {
    const Range range = tensor.range();
    members.push_back(
        {tensor.name,
         npy_of(std::span(model.weights).subspan(range.begin, range.size()), tensor.shape)});
  }
  std::vector<std::string> activations;
  for (const LayerSpec& layer : network.spec().layers) {
    activations.emplace_back(facts_of(layer.epilogue.activation).name);
  }
  members.push_back({"activations", npy_of(activations)});
  members.push_back(
      {"loss", npy_of(std::vector<std::string>{std::string(enum_name(network.spec().loss))})});
}

void add_input(const SavedModel& model, std::vector<NpzMember>& members) {
  const auto add = [&](const char* name, const std::vector<float>& values) {
    if (!values.empty()) members.push_back({name, npy_of(values, {{values.size()}})});
  };
  if (model.table) add("input.fill_value", model.table->fill_values);
  std::vector<float> deviation;  // infinite where the inverse is 0, so that the result is 0
  deviation.reserve(model.normalizer.inverse_deviation.size());
  for (const float inverse : model.normalizer.inverse_deviation) {
    deviation.push_back(1.0F / inverse);
  }
  add("input.mean", model.normalizer.mean);
  add("input.deviation", deviation);
  if (model.normalizer.clip > 0) add("input.clip", {model.normalizer.clip});
}

// The scale of the targets: the outputs times `target.deviation` plus `target.mean` are the values.
void add_targets(const SavedModel& model, std::vector<NpzMember>& members) {
  const auto add = [&](const char* name, const std::vector<double>& numbers) {
    const std::vector<float> values(numbers.begin(), numbers.end());
    if (!values.empty()) members.push_back({name, npy_of(values, {{values.size()}})});
  };
  add("target.mean", model.targets.mean);
  add("target.deviation", model.targets.deviation);
}

void add_threshold(const SavedModel& model, std::vector<NpzMember>& members) {
  if (!model.threshold) return;
  members.push_back({"threshold", npy_of(std::vector<float>{*model.threshold}, {{1}})});
}

void add_names(const SavedModel& model, std::vector<NpzMember>& members) {
  members.push_back(
      {"outputs", npy_of(names_of(value_columns(answers_of(model), schema_of(model))))});
  if (const TableSchema* schema = schema_of(model)) {
    members.push_back({"features", npy_of(feature_names(*schema))});
    members.push_back({"labels", npy_of(label_names(*schema))});
    if (!schema->class_names.empty()) {
      members.push_back({"classes", npy_of(schema->class_names)});
    }
  }
  members.push_back({"job", npy_of(std::vector<std::string>{model.job.name})});
  members.push_back({"step", npy_of(std::vector<std::string>{std::to_string(model.step)})});
  members.push_back({"weights_digest", npy_of(std::vector<std::string>{model.weights_digest})});
}

}  // namespace

std::string npz_of(const SavedModel& model) {
  std::vector<NpzMember> members;
  add_input(model, members);
  add_network(model, members);
  add_targets(model, members);
  add_threshold(model, members);
  add_names(model, members);
  return npz_archive(members);
}

}  // namespace lockstep
