#include "model/prediction_columns.h"

#include <algorithm>
#include <cstddef>
#include <iterator>

#include <fmt/format.h>

#include "base/append.h"
#include "base/error.h"
#include "model/saved_model.h"
#include "nn/layers.h"

namespace lockstep {
namespace {

// Names of the label columns, if all of them have one.
std::vector<std::string> names_of_labels(const TableSchema* table) {
  if (table == nullptr) return {};
  std::vector<std::string> names = label_names(*table);
  return std::ranges::find(names, "") == names.end() ? names : std::vector<std::string>();
}

}  // namespace

AnswerKind answers_of(const SavedModel& model) {
  const NetworkSpec& spec = model.network.spec();
  return {.loss = spec.loss, .units = output_size(spec), .label_width = model.label_width};
}

const TableSchema* schema_of(const SavedModel& model) {
  return model.table ? &model.table->fitted->schema : nullptr;
}

std::vector<PredictionColumn> place_columns(const TableSchema* table) {
  if (table == nullptr) return {{"example", "the number of the example"}};
  const std::vector<std::size_t> kept = kept_columns(*table);
  if (kept.empty()) {
    return {{"example", "the number of the example"}, {"line", "the line in the file"}};
  }
  std::vector<PredictionColumn> columns;
  for (const std::size_t column : kept) {
    const std::string& name = table->columns[column].name;
    const std::string shown = name.empty() ? fmt::format("column {}", column + 1) : name;
    columns.push_back({shown, "the kept " + column_title(*table, column)});
  }
  return columns;
}

std::vector<PredictionColumn> decision_columns(const AnswerKind& kind, const TableSchema* table) {
  if (!kind.decides()) return {};
  const std::vector<std::string> labels = names_of_labels(table);
  if (!kind.by_unit() || kind.units == 1) {
    return {{labels.empty() ? "class" : labels[0], "the predicted class"}};
  }
  std::vector<PredictionColumn> columns;
  for (std::uint64_t o = 0; o < kind.units; ++o) {
    columns.push_back({labels.empty() ? fmt::format("label{}", o) : labels[o],
                       fmt::format("the answer of unit {}", o)});
  }
  return columns;
}

std::vector<PredictionColumn> value_columns(const AnswerKind& kind, const TableSchema* table) {
  const std::vector<std::string> labels = names_of_labels(table);
  const bool has_label = labels.size() == kind.units && (!kind.decides() || kind.by_unit());
  const bool has_classes = table != nullptr && !table->class_names.empty();
  std::vector<PredictionColumn> columns;
  for (std::uint64_t o = 0; o < kind.units; ++o) {
    if (!kind.decides()) {
      columns.push_back({has_label ? labels[o] : fmt::format("y{}", o),
                         fmt::format("the predicted value of unit {}", o)});
      continue;
    }
    const std::string of = has_classes ? table->class_names[kind.units == 1 ? 1 : o]
                           : has_label ? labels[o]
                                       : std::to_string(o);
    columns.push_back({has_classes || has_label ? "p_" + of : "p" + of,
                       fmt::format("the probability of {}", of)});
  }
  return columns;
}

std::vector<std::string> names_of(std::span<const PredictionColumn> columns) {
  std::vector<std::string> names;
  for (const PredictionColumn& column : columns) names.push_back(column.name);
  return names;
}

void require_different_names(std::span<const PredictionColumn> columns) {
  std::vector<PredictionColumn> sorted(columns.begin(), columns.end());
  std::ranges::stable_sort(sorted, {}, &PredictionColumn::name);
  const auto twice = std::ranges::adjacent_find(sorted, {}, &PredictionColumn::name);
  if (twice == sorted.end()) return;
  throw Error(ExitCode::data,
              fmt::format("two columns of the predictions would have the name \"{}\": {} and {}; "
                          "rename a column in the training file, or give it another role",
                          twice->name, twice->content, std::next(twice)->content));
}

void check_prediction_columns(const AnswerKind& kind, const TableSchema& table) {
  std::vector<PredictionColumn> columns = place_columns(&table);
  append(columns, decision_columns(kind, &table));
  append(columns, value_columns(kind, &table));
  require_different_names(columns);
}

}  // namespace lockstep
