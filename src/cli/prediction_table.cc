#include "cli/prediction_table.h"

#include <algorithm>
#include <numeric>
#include <span>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "base/csv_field.h"
#include "base/error.h"
#include "base/json_text.h"
#include "nn/layers.h"
#include "nn/prediction.h"

namespace lockstep {
namespace {

[[noreturn]] void refuse(std::string_view what) { throw Error(ExitCode::usage, std::string(what)); }

// Names of the label columns, if all of them have one.
std::vector<std::string> names_of_labels(const SavedModel& model) {
  if (!model.table) return {};
  std::vector<std::string> names = label_names(model.table->fitted->schema);
  return std::ranges::find(names, "") == names.end() ? names : std::vector<std::string>();
}

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
      decides_(!predicts_values(model.network.spec().loss)),
      by_unit_(decides_by_unit(model.network.spec(), model.label_width)),
      class_names_(class_names_of(model.table)),
      labels_(names_of_labels(model)),
      has_kept_(model.table && !kept_columns(model.table->fitted->schema).empty()),
      has_lines_(model.table.has_value()) {
  require_style_fits();
  names_ = place_names(model);
  const std::vector<std::string> decisions = decision_names();
  const std::vector<std::string> values = value_names();
  number_columns_ = values.empty() ? decisions.size() : values.size();
  names_.insert(names_.end(), decisions.begin(), decisions.end());
  names_.insert(names_.end(), values.begin(), values.end());
  std::vector<std::string> sorted = names_;
  std::ranges::sort(sorted);
  const auto twice = std::ranges::adjacent_find(sorted);
  if (twice == sorted.end()) return;
  throw Error(ExitCode::data,
              fmt::format("two columns of the predictions would have the name \"{}\"; rename the "
                          "kept column in the training file",
                          *twice));
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

std::vector<std::string> PredictionTable::place_names(const SavedModel& model) const {
  if (!has_kept_) {
    return has_lines_ ? std::vector<std::string>{"example", "line"}
                      : std::vector<std::string>{"example"};
  }
  const TableSchema& schema = model.table->fitted->schema;
  std::vector<std::string> names;
  for (const std::size_t column : kept_columns(schema)) {
    const std::string& name = schema.columns[column].name;
    names.push_back(name.empty() ? fmt::format("column {}", column + 1) : name);
  }
  return names;
}

std::vector<std::string> PredictionTable::decision_names() const {
  if (!decides_) return {};
  if (!by_unit_ || outputs_ == 1) return {labels_.empty() ? "class" : labels_[0]};
  if (!labels_.empty()) return labels_;
  std::vector<std::string> names;
  for (std::uint64_t o = 0; o < outputs_; ++o) names.push_back(fmt::format("label{}", o));
  return names;
}

std::vector<std::string> PredictionTable::value_names() const {
  std::vector<std::string> names;
  if (style_.probabilities == ShownProbabilities::none) return names;
  if (style_.probabilities == ShownProbabilities::top) {
    for (std::uint64_t k = 1; k <= style_.top; ++k) {
      names.push_back(fmt::format("top{}", k));
      names.push_back(fmt::format("p_top{}", k));
    }
    return names;
  }
  for (std::uint64_t o = 0; o < outputs_; ++o) {
    const bool has_label = labels_.size() == outputs_ && (!decides_ || by_unit_);
    if (!decides_) {
      names.push_back(has_label ? labels_[o] : fmt::format("y{}", o));
    } else if (!class_names_.empty()) {
      names.push_back("p_" + class_names_[outputs_ == 1 ? 1 : o]);
    } else {
      names.push_back(has_label ? "p_" + labels_[o] : fmt::format("p{}", o));
    }
  }
  return names;
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

std::string npy_header(std::uint64_t rows, std::uint64_t columns) {
  constexpr std::size_t kHeaderBytes = 128;  // a multiple of 64, as NumPy aligns values
  const std::string magic("\x93NUMPY\x01\x00\x76\x00", 10);  // version 1; 118 bytes follow
  std::string text =
      fmt::format("{{'descr': '<f4', 'fortran_order': False, 'shape': ({}, {}), }}", rows, columns);
  text.resize(kHeaderBytes - magic.size() - 1, ' ');
  return magic + text + '\n';
}

}  // namespace lockstep
