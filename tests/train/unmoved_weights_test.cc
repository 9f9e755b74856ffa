#include "train/unmoved_weights.h"

#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "nn/dense_network.h"

namespace lockstep {
namespace {

TEST(UnmovedWeights, AreToldOnce) {
  UnmovedWeights weights(1);
  EXPECT_FALSE(weights.observe(2));
  EXPECT_FALSE(weights.observe(1)) << "not as before the last steps";
  EXPECT_TRUE(weights.observe(1));
  EXPECT_FALSE(weights.observe(1));
  EXPECT_FALSE(weights.observe(2));
  EXPECT_FALSE(weights.observe(2));
}

TEST(UnmovedWeights, BiasesDoNotCount) {
  const ParameterTable table =
      parameter_table(network_spec(2, {{2, Activation::linear}}, 1, Loss::logistic));
  const std::vector<float> parameters(table.size, 1);
  const auto changes = [&](std::uint64_t i) {
    std::vector<float> changed = parameters;
    changed[i] = 2;
    return digest_without_biases(table, changed) != digest_without_biases(table, parameters);
  };
  for (const ParameterTensor& tensor : table.tensors) {
    const Range range = tensor.range();
    for (std::uint64_t i = range.begin; i < range.end; ++i) {
      EXPECT_EQ(changes(i), tensor.role == ParameterRole::weight) << tensor.name << " " << i;
    }
  }
}

TEST(UnmovedWeights, TheCautionNamesStepAndRate) {
  EXPECT_THAT(unmoved_weights_caution(12, 1e-30),
              testing::AllOf(testing::HasSubstr("in the steps before step 12"),
                             testing::HasSubstr("(learning rate 1e-30)")));
}

}  // namespace
}  // namespace lockstep
