#include "train/unmoved_weights.h"

#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

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
  NetworkSpec spec;
  spec.inputs = 2;
  for (const std::uint64_t units : {2, 1}) {
    DenseSpec& layer = spec.layers.emplace_back();
    layer.inputs = 2;
    layer.outputs = units;
  }
  const ParameterLayout layout = parameter_layout(spec);
  const std::vector<float> parameters(layout.size, 1);
  const auto changes = [&](std::uint64_t i) {
    std::vector<float> changed = parameters;
    changed[i] = 2;
    return digest_without_biases(layout, changed) != digest_without_biases(layout, parameters);
  };
  for (const ParameterTensor& tensor : layout.tensors) {
    const Range range = tensor.range();
    for (std::uint64_t i = range.begin; i < range.end; ++i) {
      EXPECT_EQ(changes(i), tensor.kind == ParameterKind::weight) << tensor.name << " " << i;
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
