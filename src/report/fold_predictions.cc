#include "report/fold_predictions.h"

#include <algorithm>
#include <iterator>
#include <span>
#include <variant>

#include <fmt/format.h>

#include "base/check.h"
#include "base/csv_field.h"
#include "base/error.h"
#include "data/table_stream.h"

namespace lockstep {
namespace {

std::vector<PredictionColumn> leading_columns(const AnswerKind& kind, const TableSchema* table) {
  std::vector<PredictionColumn> columns = {{"repeat", "the repeat"}, {"fold", "the fold"}};
  for (const PredictionColumn& column :
       kind.decides() ? decision_columns(kind, table) : value_columns(kind, table)) {
    columns.push_back({"true_" + column.name, "the true label"});
  }
  return columns;
}

std::string joined(std::span<const PredictionColumn> columns) {
  std::string text;
  for (const PredictionColumn& column : columns) text += csv_field(column.name) + ",";
  return text;
}

}  // namespace

std::vector<PredictionColumn> fold_prediction_columns(const AnswerKind& kind,
                                                      const TableSchema* table) {
  std::vector<PredictionColumn> columns = leading_columns(kind, table);
  for (const auto& more :
       {place_columns(table), decision_columns(kind, table), value_columns(kind, table)}) {
    columns.insert(columns.end(), more.begin(), more.end());
  }
  return columns;
}

FoldPredictions::FoldPredictions(const SavedModel& model, std::uint64_t examples,
                                 std::uint32_t repeats)
    : table_(model, {}),
      class_names_(class_names_of(model.table)),
      header_(joined(leading_columns(answers_of(model), schema_of(model))) + table_.header()),
      examples_(examples),
      rows_(examples * repeats) {
  require_different_names(fold_prediction_columns(answers_of(model), schema_of(model)));
  if (!model.table) return;
  const auto& source = std::get<CsvSource>(model.job.data.train.format);
  TableStream stream(source.file, source.dialect, model.table->fitted, false, StreamLabels::read);
  constexpr std::uint64_t kRowsAtOnce = 4096;
  for (TableRows rows = stream.next(kRowsAtOnce); !rows.lines.empty();
       rows = stream.next(kRowsAtOnce)) {
    lines_.insert(lines_.end(), rows.lines.begin(), rows.lines.end());
    std::ranges::move(rows.kept, std::back_inserter(kept_));
  }
  if (lines_.size() == examples) return;
  throw Error(ExitCode::data,
              fmt::format("{} has {} rows now, and had {} when it was trained on; restore it",
                          source.file.string(), lines_.size(), examples));
}

std::string FoldPredictions::row(std::uint32_t repeat, std::uint32_t fold,
                                 const TestAnswers& answers, std::uint64_t index) const {
  const Predictions& predictions = answers.predictions;
  const bool decides = !predictions.decided.empty();
  std::string text = fmt::format("{},{},", repeat, fold);
  for (std::uint64_t k = 0; k < predictions.label_width; ++k) {
    const float label = answers.labels[index * predictions.label_width + k];
    const bool is_named = decides && !class_names_.empty();
    text += (is_named ? csv_field(class_names_[static_cast<std::size_t>(label)])
                      : fmt::format("{}", label)) +
            ",";
  }
  const std::uint64_t example = answers.examples[index];
  const std::uint64_t decisions = predictions.by_unit ? predictions.outputs : 1;
  std::vector<float> decided;
  for (std::uint64_t k = 0; decides && k < decisions; ++k) {
    decided.push_back(static_cast<float>(predictions.decided[index * decisions + k]));
  }
  PredictionBlock block{.first = example,
                        .predictions = {predictions.values.data() + index * predictions.outputs, 1,
                                        predictions.outputs},
                        .decisions = {decided.data(), 1, decided.size()}};
  if (!lines_.empty()) block.lines = std::span(lines_).subspan(example, 1);
  if (!kept_.empty()) block.kept = std::span(kept_).subspan(example, 1);
  return text + table_.rows(block);
}

void FoldPredictions::add(std::uint32_t repeat, std::uint32_t fold, const TestAnswers& answers) {
  for (std::uint64_t index = 0; index < answers.examples.size(); ++index) {
    rows_[repeat * examples_ + answers.examples[index]] = row(repeat, fold, answers, index);
  }
}

std::string FoldPredictions::text() const {
  std::string text = header_;
  for (const std::string& row : rows_) {
    check(!row.empty(), "every example is in a fold of every repeat");
    text += row;
  }
  return text;
}

}  // namespace lockstep
