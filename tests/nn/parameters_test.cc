#include "nn/parameters.h"

#include <vector>

#include <gtest/gtest.h>

#include "nn/dense_network.h"

namespace lockstep {
namespace {

TEST(Parameters, StandLayerByLayerWithoutGaps) {
  const ParameterTable table =
      parameter_table(network_spec(7, {{5, Activation::tanh}}, 3, Loss::softmax_cross_entropy));
  struct Expected {
    const char* name;
    std::size_t layer;
    ParameterRole role;
    Shape shape;
    std::uint64_t offset;
  };
  const std::vector<Expected> expected = {{"layer1.weight", 0, ParameterRole::weight, {5, 7}, 0},
                                          {"layer1.bias", 0, ParameterRole::bias, {5}, 35},
                                          {"layer2.weight", 1, ParameterRole::weight, {3, 5}, 40},
                                          {"layer2.bias", 1, ParameterRole::bias, {3}, 55}};
  ASSERT_EQ(table.tensors.size(), expected.size());
  for (std::size_t i = 0; i < expected.size(); ++i) {
    EXPECT_EQ(table.tensors[i].name, expected[i].name);
    EXPECT_EQ(table.tensors[i].layer, expected[i].layer);
    EXPECT_EQ(table.tensors[i].role, expected[i].role);
    EXPECT_EQ(table.tensors[i].shape, expected[i].shape);
    EXPECT_EQ(table.tensors[i].rows(), expected[i].shape[0]);
    EXPECT_EQ(table.tensors[i].columns(), i % 2 == 0 ? expected[i].shape[1] : 1);
    EXPECT_EQ(table.tensors[i].penalized, i % 2 == 0);
    EXPECT_EQ(table.tensors[i].offset, expected[i].offset);
  }
  EXPECT_EQ(table.size, 58U);
  EXPECT_EQ(table.layers[0], (Range{0, 40}));
  EXPECT_EQ(table.layers[1], (Range{40, 58}));
}

TEST(Parameters, ATensorIsAViewOfTheFlatVector) {
  const ParameterTable table = parameter_table(network_spec(2, {}, 3, Loss::logistic));
  std::vector<float> flat = {1, 2, 3, 4, 5, 6, 10, 20, 30};
  EXPECT_EQ(tensor_view(weight_of(table, 0), std::span(flat)).row(1)[1], 4);
  tensor_view(bias_of(table, 0), std::span(flat)).values()[2] = 31;
  EXPECT_EQ(flat.back(), 31);
}

}  // namespace
}  // namespace lockstep
