#include "export/saved_onnx.h"

#include <cstddef>
#include <map>
#include <span>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/json_text.h"
#include "export/onnx.h"
#include "model/prediction_columns.h"

namespace lockstep {
namespace {

std::string list(const std::vector<std::string>& names) { return to_text(nlohmann::json(names)); }

std::vector<std::string> output_names(const SavedModel& model) {
  return names_of(value_columns(answers_of(model), schema_of(model)));
}

// The columns of the table that are inputs, in order, with the categories of each.
nlohmann::json input_columns(const TableSchema& schema) {
  nlohmann::json columns = nlohmann::json::array();
  for (std::size_t i = 0; i < schema.columns.size(); ++i) {
    const TableColumn& column = schema.columns[i];
    if (feature_width(column) == 0) continue;
    nlohmann::json shown = {{"name", column.name}, {"column", i + 1}};
    if (column.role == ColumnRole::category) shown["categories"] = column.categories;
    if (column.role == ColumnRole::ordinal) shown["order"] = column.categories;
    if (column.has_rare) shown["has_rare"] = true;
    if (column.missing_indicator) shown["missing_indicator"] = true;
    columns.push_back(shown);
  }
  return columns;
}

// Facts about the model for people and programs, as docs/commands.md lists them. What is not text
// is JSON.
std::map<std::string, std::string> metadata_of(const SavedModel& model) {
  std::map<std::string, std::string> metadata = {{"job", model.job.name},
                                                 {"step", std::to_string(model.step)},
                                                 {"weights_digest", model.weights_digest},
                                                 {"outputs", list(output_names(model))}};
  if (model.threshold) metadata["threshold"] = fmt::format("{}", *model.threshold);
  if (!model.table) return metadata;
  const TableSchema& schema = model.table->fitted->schema;
  metadata["features"] = list(feature_names(schema));
  metadata["labels"] = list(label_names(schema));
  metadata["columns"] = to_text(input_columns(schema));
  if (!schema.class_names.empty()) metadata["classes"] = list(schema.class_names);
  if (!model.table->fill_values.empty()) {
    metadata["fill_values"] = to_text(nlohmann::json(model.table->fill_values));
  }
  return metadata;
}

std::string input_text(const SavedModel& model) {
  if (!model.table) return "values as in the training data";
  return "features, in this order: " + list(feature_names(model.table->fitted->schema));
}

std::string label_text(const SavedModel& model) {
  const std::string columns = list(names_of(decision_columns(answers_of(model), schema_of(model))));
  if (answers_of(model).by_unit() && answers_of(model).units > 1) {
    return "yes (1) or no (0) for each of " + columns;
  }
  if (!model.table || model.table->fitted->schema.class_names.empty()) {
    return "the number of the predicted class of " + columns;
  }
  return "the predicted class of " + columns + ", a number in the list " +
         list(model.table->fitted->schema.class_names) + ", from 0";
}

std::string output_text(const SavedModel& model) {
  return std::string(answers_of(model).decides() ? "probabilities: " : "predicted values: ") +
         list(output_names(model));
}

OnnxDecision decision_of(const SavedModel& model) {
  const AnswerKind answers = answers_of(model);
  if (!answers.decides()) return OnnxDecision::none;
  if (model.threshold) return OnnxDecision::threshold;
  return answers.by_unit() ? OnnxDecision::by_unit : OnnxDecision::one_class;
}

}  // namespace

std::string onnx_of(const SavedModel& model) {
  std::span<const float> fill_values;
  if (model.table) fill_values = model.table->fill_values;
  return onnx_model({.spec = model.network.spec(),
                     .parameter_table = model.network.parameter_table(),
                     .weights = model.weights,
                     .mean = model.normalizer.mean,
                     .inverse_deviation = model.normalizer.inverse_deviation,
                     .clip = model.normalizer.clip,
                     .target_mean = model.targets.mean,
                     .target_deviation = model.targets.deviation,
                     .fill_values = fill_values,
                     .decision = decision_of(model),
                     .threshold = model.threshold.value_or(0.0F),
                     .input_text = input_text(model),
                     .label_text = label_text(model),
                     .output_text = output_text(model),
                     .name = model.job.name,
                     .version = LOCKSTEP_VERSION,
                     .metadata = metadata_of(model)});
}

}  // namespace lockstep
