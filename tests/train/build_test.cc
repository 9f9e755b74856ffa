#include "train/build.h"

#include <gtest/gtest.h>

#include "train/tiny_job.h"

namespace lockstep {
namespace {

TEST(Build, LayersFollowEachOther) {
  const NetworkSpec spec = build_network(tiny_job("/").job.network, 12);
  ASSERT_EQ(spec.layers.size(), 3U);
  EXPECT_EQ(spec.layers[0].inputs, 12U);
  EXPECT_EQ(spec.layers[1].inputs, 170U);
  EXPECT_EQ(spec.layers[2].inputs, 90U);
  EXPECT_EQ(spec.layers[2].outputs, 3U);
  EXPECT_EQ(spec.layers[0].activation, Activation::relu);
  EXPECT_EQ(spec.layers[0].initializer.variance, WeightVariance::he);
  EXPECT_EQ(spec.layers[1].initializer.variance, WeightVariance::xavier);
  EXPECT_EQ(spec.layers[2].activation, Activation::linear);
  EXPECT_DOUBLE_EQ(spec.layers[1].keep_prob, 0.8);
}

TEST(Build, LogisticRegressionHasNoHiddenLayer) {
  const auto job = parse_job(
      "name: 'lr' data { train { idx { features: 'f' labels: 'l' } } }"
      "network { output { units: 1 loss: LOGISTIC } }"
      "optimizer { gradient_descent { learning_rate: 0.5 } }"
      "training { full_batch: true epochs: 3 }",
      "lr", "/", {});
  const NetworkSpec spec = build_network(job.job.network, 4);
  ASSERT_EQ(spec.layers.size(), 1U);
  EXPECT_EQ(spec.loss, Loss::logistic);
  EXPECT_DOUBLE_EQ(base_learning_rate(job.job.optimizer), 0.5);
  EXPECT_TRUE(std::holds_alternative<GradientDescent>(build_optimizer(job.job.optimizer)));
}

}  // namespace
}  // namespace lockstep
