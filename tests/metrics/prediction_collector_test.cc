#include <cmath>
#include <vector>

#include <gtest/gtest.h>

#include "metrics/set_metrics.h"
#include "nn/dense_network.h"

namespace lockstep {
namespace {

TEST(PredictionCollector, BringsValuesToTheUnitsOfTheFile) {
  const NetworkSpec spec = network_spec(1, {}, 1, Loss::squared_error);
  const TargetScale targets{{100}, {10}};
  PredictionCollector collector(spec, targets, 1, 1);
  const std::vector<float> outputs = {0.5F, -1};
  const std::vector<float> labels = {1, -1};
  collector.add(0, {outputs.data(), 2, 1}, {labels.data(), 2, 1});
  const Predictions all = collector.all(Communicator::self());
  EXPECT_EQ(all.values, (std::vector<float>{105, 90}));
  EXPECT_EQ(all.labels, (std::vector<float>{110, 90}));
  const SetMetrics metrics = metrics_of(all, {});
  EXPECT_DOUBLE_EQ(metrics.rmse.value_or(0), 5 / std::sqrt(2.0));
  EXPECT_DOUBLE_EQ(metrics.mae.value_or(0), 2.5);
  EXPECT_DOUBLE_EQ(metrics.r2.value_or(0), 1 - 25.0 / 200);
}

}  // namespace
}  // namespace lockstep
