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

TEST(Build, LambdasOfLayersReplaceThoseOfTheJob) {
  const auto build = [](const std::vector<std::string>& overrides) {
    return build_regularization(tiny_job("/", overrides).job);
  };
  const RegularizationSpec shared = build({"regularization.l1_lambda=0.2"});
  ASSERT_EQ(shared.layers.size(), 3U);
  EXPECT_FALSE(shared.include_biases);
  for (const LayerPenalty& layer : shared.layers) {
    EXPECT_EQ(layer.l2_lambda, 0.3);
    EXPECT_EQ(layer.l1_lambda, 0.2);
  }
  const RegularizationSpec own = build({"regularization.include_biases=true",
                                        "network.layer[1].regularization={l1_lambda: 0.4}",
                                        "network.output.regularization={l2_lambda: 0}"});
  EXPECT_TRUE(own.include_biases);
  EXPECT_EQ(own.layers[0].l2_lambda, 0.3);
  EXPECT_EQ(own.layers[0].l1_lambda, 0);
  EXPECT_EQ(own.layers[1].l2_lambda, 0.3) << "absent: the job's";
  EXPECT_EQ(own.layers[1].l1_lambda, 0.4);
  EXPECT_EQ(own.layers[2].l2_lambda, 0) << "0 is there";
  EXPECT_EQ(own.layers[2].l1_lambda, 0);
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
