#include "report/prediction_table.h"

#include <algorithm>
#include <numeric>
#include <span>
#include <string_view>

#include <fmt/format.h>

#include "base/csv_field.h"
#include "base/error.h"
#include "base/json_text.h"
#include "nn/layers.h"

namespace lockstep {
namespace {

[[noreturn]] void refuse(std::string_view what) { throw Error(ExitCode::usage, std::string(what)); }

std::uint64_t classes_of(std::uint64_t outputs) { return std::max<std::uint64_t>(outputs, 2); }

// The probability of each class: [classes]. A single unit gives that of the second class.
std::vector<float> class_probabilities(std::span<const float> row) {
  if (row.size() == 1) return {1.0F - row[0], row[0]};
  return {row.begin(), row.end()};
}

// The numbers of the most probable classes, the first ones among equals.
std::vector<std::uint64_t> most_probable(const std::vector<float>& probabilities,
                                         std::uint64_t count) {
  std::vector<std::uint64_t> classes(probabilities.size());
  std::iota(classes.begin(), classes.end(), std::uint64_t{0});
  std::ranges::stable_sort(classes, std::ranges::greater(),
                           [&](std::uint64_t number) { return probabilities[number]; });
  classes.resize(count);
  return classes;
}

}  // namespace

PredictionTable::PredictionTable(const SavedModel& model, const PredictionStyle& style)
    : style_(style),
      outputs_(output_size(model.network.spec())),
      decides_(answers_of(model).decides()),
      by_unit_(answers_of(model).by_unit()),
      class_names_(class_names_of(model.table)),
      has_kept_(model.table && !kept_columns(model.table->fitted->schema).empty()),
      has_lines_(model.table.has_value()) {
  require_style_fits();
  const AnswerKind answers = answers_of(model);
  std::vector<PredictionColumn> columns = place_columns(schema_of(model));
  const std::vector<PredictionColumn> decisions = decision_columns(answers, schema_of(model));
  const std::vector<PredictionColumn> values = shown_values(model);
  number_columns_ = values.empty() ? decisions.size() : values.size();
  columns.insert(columns.end(), decisions.begin(), decisions.end());
  columns.insert(columns.end(), values.begin(), values.end());
  require_different_names(columns);
  names_ = names_of(columns);
}

void PredictionTable::require_style_fits() const {
  const bool several_labels = by_unit_ && outputs_ > 1;
  if (!decides_ && style_.probabilities != ShownProbabilities::all) {
    refuse("--probabilities is for classes, and the model predicts values; leave it out");
  }
  if (style_.probabilities == ShownProbabilities::top && several_labels) {
    refuse(
        "--probabilities top is for one class of several, and each output of the model answers "
        "yes or no; say all or none");
  }
  if (style_.probabilities == ShownProbabilities::top && style_.format == PredictionFormat::npy) {
    refuse("--format npy holds numbers of one kind; say --probabilities all or none");
  }
  if (style_.top > classes_of(outputs_)) {
    refuse(fmt::format("--top {}: the model has {} classes", style_.top, classes_of(outputs_)));
  }
  if (style_.threshold && (!decides_ || (!by_unit_ && outputs_ != 2))) {
    refuse(decides_ ? fmt::format("--threshold is for two classes, and the model has {}", outputs_)
                    : "--threshold is for classes, and the model predicts values; leave it out");
  }
}

std::vector<PredictionColumn> PredictionTable::shown_values(const SavedModel& model) const {
  if (style_.probabilities == ShownProbabilities::none) return {};
  if (style_.probabilities == ShownProbabilities::all) {
    return value_columns(answers_of(model), schema_of(model));
  }
  std::vector<PredictionColumn> columns;
  for (std::uint64_t k = 1; k <= style_.top; ++k) {
    columns.push_back({fmt::format("top{}", k), fmt::format("the most probable class {}", k)});
    columns.push_back({fmt::format("p_top{}", k), "its probability"});
  }
  return columns;
}

PredictionTable::Cell PredictionTable::class_cell(std::uint64_t number) const {
  if (class_names_.empty()) return number;
  return class_names_[number];
}

std::vector<std::uint64_t> PredictionTable::decisions(const PredictionBlock& block,
                                                      std::uint64_t row) const {
  std::vector<std::uint64_t> numbers;
  if (!decides_) return numbers;
  if (!style_.threshold) {
    for (const float decision : block.decisions.row(row)) {
      numbers.push_back(static_cast<std::uint64_t>(decision));
    }
    return numbers;
  }
  const std::span<const float> probabilities = block.predictions.row(row);
  for (const float yes : by_unit_ ? probabilities : probabilities.last(1)) {
    numbers.push_back(yes >= *style_.threshold ? 1 : 0);
  }
  return numbers;
}

std::vector<PredictionTable::Cell> PredictionTable::cells(const PredictionBlock& block,
                                                          std::uint64_t row) const {
  std::vector<Cell> cells;
  if (has_kept_) {
    cells.assign(block.kept[row].begin(), block.kept[row].end());
  } else {
    cells.emplace_back(block.first + row);
    if (has_lines_) cells.emplace_back(block.lines[row]);
  }
  for (const std::uint64_t number : decisions(block, row)) cells.push_back(class_cell(number));
  const std::span<const float> values = block.predictions.row(row);
  if (style_.probabilities == ShownProbabilities::all) {
    cells.insert(cells.end(), values.begin(), values.end());
  } else if (style_.probabilities == ShownProbabilities::top) {
    const std::vector<float> probabilities = class_probabilities(values);
    for (const std::uint64_t number : most_probable(probabilities, style_.top)) {
      cells.push_back(class_cell(number));
      cells.emplace_back(probabilities[number]);
    }
  }
  return cells;
}

std::string PredictionTable::delimited(const std::vector<Cell>& cells) const {
  const char delimiter = style_.format == PredictionFormat::tsv ? '\t' : ',';
  std::string line;
  for (const Cell& cell : cells) {
    if (&cell != cells.data()) line += delimiter;
    const auto* text = std::get_if<std::string>(&cell);
    line += text != nullptr
                ? csv_field(*text, delimiter)
                : std::visit([](const auto& value) { return fmt::format("{}", value); }, cell);
  }
  return line + '\n';
}

std::string PredictionTable::object(const std::vector<Cell>& cells) const {
  std::string line;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    const auto* text = std::get_if<std::string>(&cells[i]);
    const std::string value =
        text != nullptr
            ? to_text(Json(*text))
            : std::visit([](const auto& number) { return fmt::format("{}", number); }, cells[i]);
    line += fmt::format("{}{}:{}", i == 0 ? "{" : ",", to_text(Json(names_[i])), value);
  }
  return line + "}\n";
}

std::string PredictionTable::header() const {
  if (style_.format == PredictionFormat::jsonl || style_.format == PredictionFormat::npy) return "";
  return delimited({names_.begin(), names_.end()});
}

std::string PredictionTable::numbers(const PredictionBlock& block) const {
  std::vector<float> values;
  for (std::uint64_t r = 0; r < block.predictions.rows; ++r) {
    if (style_.probabilities == ShownProbabilities::all) {
      const std::span<const float> row = block.predictions.row(r);
      values.insert(values.end(), row.begin(), row.end());
    } else {
      for (const std::uint64_t number : decisions(block, r)) {
        values.push_back(static_cast<float>(number));
      }
    }
  }
  return {reinterpret_cast<const char*>(values.data()), values.size() * sizeof(float)};
}

std::string PredictionTable::rows(const PredictionBlock& block) const {
  if (style_.format == PredictionFormat::npy) return numbers(block);
  std::string text;
  for (std::uint64_t r = 0; r < block.predictions.rows; ++r) {
    const std::vector<Cell> of_row = cells(block, r);
    text += style_.format == PredictionFormat::jsonl ? object(of_row) : delimited(of_row);
  }
  return text;
}

}  // namespace lockstep
