// The metrics of predictions against scikit-learn's (make_metrics.py).

#include "metrics/set_metrics.h"

#include <optional>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "golden/arrays.h"

namespace lockstep {
namespace {

const GoldenArrays& golden_metrics() {
  static const GoldenArrays arrays = read_golden_arrays(LOCKSTEP_GOLDEN_DIR "/metrics.txt");
  return arrays;
}

std::vector<float> as_floats(const std::vector<double>& values) {
  return {values.begin(), values.end()};
}

Predictions predictions_of(const std::string& problem, Loss loss, bool by_unit) {
  const GoldenArray& values = golden_metrics().at(problem + ".values");
  const GoldenArray& labels = golden_metrics().at(problem + ".labels");
  Predictions predictions{.loss = loss,
                          .by_unit = by_unit,
                          .outputs = values.columns,
                          .label_width = labels.columns,
                          .values = as_floats(values.values),
                          .labels = as_floats(labels.values),
                          .decided = {}};
  for (std::size_t i = 0; i < values.rows; ++i) {
    std::uint32_t largest = 0;
    for (std::uint32_t o = 0; o < values.columns; ++o) {
      const double value = values.values[i * values.columns + o];
      if (by_unit) predictions.decided.push_back(value > 0.5 ? 1 : 0);
      if (value > values.values[i * values.columns + largest]) largest = o;
    }
    if (!by_unit && loss != Loss::squared_error) predictions.decided.push_back(largest);
  }
  return predictions;
}

void expect_golden(const std::string& problem, const char* name,
                   const std::optional<double>& number) {
  const auto expected = golden_metrics().find(problem + "." + name);
  ASSERT_EQ(number.has_value(), expected != golden_metrics().end()) << problem << " " << name;
  if (number) {
    EXPECT_NEAR(*number, expected->second.values[0], 1e-12) << problem << " " << name;
  }
}

void expect_all_golden(const std::string& problem, Loss loss, bool by_unit) {
  const SetMetrics metrics = metrics_of(predictions_of(problem, loss, by_unit), {});
  expect_golden(problem, "macro_f1", metrics.macro_f1);
  expect_golden(problem, "balanced_accuracy", metrics.balanced_accuracy);
  expect_golden(problem, "roc_auc", metrics.roc_auc);
  expect_golden(problem, "average_precision", metrics.average_precision);
  expect_golden(problem, "calibration_error", metrics.calibration_error);
  expect_golden(problem, "rmse", metrics.rmse);
  expect_golden(problem, "mae", metrics.mae);
  expect_golden(problem, "r2", metrics.r2);
}

TEST(MetricsGolden, OfOneUnit) { expect_all_golden("yes_or_no", Loss::logistic, true); }
TEST(MetricsGolden, OfClasses) { expect_all_golden("classes", Loss::softmax_cross_entropy, false); }
TEST(MetricsGolden, OfSeveralLabels) { expect_all_golden("several_labels", Loss::logistic, true); }
TEST(MetricsGolden, OfValues) { expect_all_golden("targets", Loss::squared_error, false); }

}  // namespace
}  // namespace lockstep
