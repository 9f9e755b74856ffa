#include "nn/parameters.h"

#include <vector>

#include <gtest/gtest.h>

#include "nn/problem.h"

namespace lockstep {
namespace {

TEST(Parameters, StandLayerByLayerWithoutGaps) {
  const ParameterLayout layout =
      parameter_layout(network_spec(7, {{5, Activation::tanh}}, 3, Loss::softmax_cross_entropy));
  struct Expected {
    const char* name;
    ParameterKind kind;
    std::uint64_t rows, columns, offset;
  };
  const std::vector<Expected> expected = {{"layer1.weight", ParameterKind::weight, 5, 7, 0},
                                          {"layer1.bias", ParameterKind::bias, 5, 1, 35},
                                          {"layer2.weight", ParameterKind::weight, 3, 5, 40},
                                          {"layer2.bias", ParameterKind::bias, 3, 1, 55}};
  ASSERT_EQ(layout.tensors.size(), expected.size());
  for (std::size_t i = 0; i < expected.size(); ++i) {
    EXPECT_EQ(layout.tensors[i].name, expected[i].name);
    EXPECT_EQ(layout.tensors[i].kind, expected[i].kind);
    EXPECT_EQ(layout.tensors[i].rows, expected[i].rows);
    EXPECT_EQ(layout.tensors[i].columns, expected[i].columns);
    EXPECT_EQ(layout.tensors[i].offset, expected[i].offset);
  }
  EXPECT_EQ(layout.size, 58U);
  EXPECT_EQ(layout.layer(0), (Range{0, 40}));
  EXPECT_EQ(layout.layer(1), (Range{40, 58}));
}

TEST(Parameters, ATensorIsAViewOfTheFlatVector) {
  const ParameterLayout layout = parameter_layout(network_spec(2, {}, 3, Loss::logistic));
  std::vector<float> flat = {1, 2, 3, 4, 5, 6, 10, 20, 30};
  EXPECT_EQ(tensor_view(layout.weight(0), std::span(flat)).row(1)[1], 4);
  tensor_view(layout.bias(0), std::span(flat)).values()[2] = 31;
  EXPECT_EQ(flat.back(), 31);
}

}  // namespace
}  // namespace lockstep
