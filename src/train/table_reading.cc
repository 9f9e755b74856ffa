#include "train/table_reading.h"

#include <memory>
#include <utility>
#include <variant>
#include <vector>

#include "base/error.h"

namespace lockstep {
namespace {

// The means that replace missing values of a model that was trained without any: those with which
// it standardizes.
std::vector<float> normalization_means(const SavedModel& model) {
  const auto* standardize = std::get_if<Standardize>(&model.job.data.normalization);
  if (standardize != nullptr && standardize->per == StatisticsPer::feature) {
    return model.normalizer.mean;
  }
  throw Error(ExitCode::usage,
              "--when-missing training_mean needs the means of the training set, which this model "
              "does not keep; train it with when_missing: TRAINING_MEAN");
}

}  // namespace

TableState table_to_read(const SavedModel& model, const TableReading& reading) {
  FittedTable table = *model.table->fitted;
  table.rules.when_missing = reading.when_missing.value_or(table.rules.when_missing);
  table.rules.unknown_category = reading.unknown_category.value_or(table.rules.unknown_category);
  std::vector<float> means = model.table->means;
  if (table.rules.when_missing == WhenMissing::training_mean && means.empty()) {
    means = normalization_means(model);
  }
  return {std::make_shared<FittedTable>(std::move(table)), std::move(means)};
}

void require_table(const SavedModel& model, const TableReading& reading) {
  if (model.table) return;
  if (!reading.when_missing && !reading.unknown_category && !reading.refuse_new_columns) return;
  throw Error(ExitCode::usage,
              "--when-missing, --unknown-category and --refuse-new-columns are for tables, and "
              "the model was not trained on one; leave them out");
}

}  // namespace lockstep
