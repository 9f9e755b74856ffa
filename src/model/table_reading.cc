#include "model/table_reading.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>
#include <variant>
#include <vector>

#include <fmt/format.h>

#include "base/error.h"

namespace lockstep {
namespace {

// The means that replace missing values where none was allowed in training: those with which the
// model standardizes. [features]
std::vector<float> normalization_means(const SavedModel& model) {
  const auto* standardize = std::get_if<Standardize>(&model.job.data.normalization);
  if (standardize != nullptr && standardize->per == StatisticsPer::feature) {
    return model.normalizer.mean;
  }
  throw Error(ExitCode::usage,
              "--when-missing training_mean needs the means of the training set, which this model "
              "does not keep; train it with when_missing: TRAINING_MEAN");
}

// Fills every input with its training mean.
void fill_with_means(const SavedModel& model, TableSchema& schema,
                     std::vector<float>& fill_values) {
  fill_values.resize(feature_count(schema), 0.0F);
  std::uint64_t feature = 0;
  for (std::size_t i = 0; i < schema.columns.size(); ++i) {
    TableColumn& column = schema.columns[i];
    const std::uint64_t width = feature_width(column);
    if (is_input(column.role) && column.when_missing == WhenMissing::refuse) {
      const std::vector<float> means = normalization_means(model);
      std::copy_n(means.begin() + static_cast<std::ptrdiff_t>(feature), width,
                  fill_values.begin() + static_cast<std::ptrdiff_t>(feature));
      column.when_missing = WhenMissing::training_mean;
    } else if (is_input(column.role) && column.when_missing != WhenMissing::training_mean) {
      throw Error(ExitCode::usage,
                  fmt::format("--when-missing training_mean: in training, {} was filled with "
                              "another value than the mean, and the model does not keep its mean; "
                              "leave the option out",
                              column_title(schema, i)));
    }
    feature += width;
  }
}

}  // namespace

TableState table_to_read(const SavedModel& model, const TableReading& reading) {
  FittedTable table = *model.table->fitted;
  std::vector<float> fill_values = model.table->fill_values;
  table.rules.unknown_category = reading.unknown_category.value_or(table.rules.unknown_category);
  if (reading.when_missing == WhenMissing::training_mean) {
    fill_with_means(model, table.schema, fill_values);
  } else if (reading.when_missing == WhenMissing::refuse) {
    for (TableColumn& column : table.schema.columns) column.when_missing = WhenMissing::refuse;
  }
  return {std::make_shared<FittedTable>(std::move(table)), std::move(fill_values)};
}

void require_table(const SavedModel& model, const TableReading& reading) {
  if (model.table) return;
  if (!reading.when_missing && !reading.unknown_category && !reading.refuse_new_columns) return;
  throw Error(ExitCode::usage,
              "--when-missing, --unknown-category and --refuse-new-columns are for tables, and "
              "the model was not trained on one; leave them out");
}

}  // namespace lockstep
