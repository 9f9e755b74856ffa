// What docs/extending.md says of a new kind of layer, shown by kinds that the program does not
// have: everything that visits kinds takes them.

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "export/onnx.h"
#include "nn/gradient_comparison.h"
#include "nn/guessing.h"
#include "nn/initializer.h"
#include "nn/layers.h"
#include "nn/network.h"
#include "nn/numerical_gradient.h"
#include "nn/problem.h"
#include "nn/weight_statistics.h"
#include "proto/onnx.pb.h"

namespace lockstep {
namespace {

using testing::ElementsAre;

// A residual block: layer 1 is scaled, brought to length 1 and added to itself.
NetworkSpec residual() {
  NetworkSpec spec;
  spec.input = {4};
  spec.input_keep_prob = 0.9;
  spec.layers = {
      {DenseSpec{5, {}}, {.activation = Activation::tanh, .keep_prob = 0.8}, {0}},
      {ScaleSpec{}, {.bias = false}, {1}},
      {UnitNormSpec{}, {.bias = false, .activation = Activation::silu}, {2}},
      {SumSpec{}, {.activation = Activation::sigmoid, .keep_prob = 0.9}, {1, 3}},
      {DenseSpec{3, {}}, {}, {4}},
  };
  return spec;
}

// Rows of three positions with two channels, each of which has one bias.
NetworkSpec with_positions() {
  NetworkSpec spec;
  spec.input = {3, 2};
  spec.layers = {
      {ScaleSpec{}, {.activation = Activation::tanh, .keep_prob = 0.8}, {0}},
      {SumSpec{}, {}, {1, 1}},
      {DenseSpec{3, {}}, {}, {2}},
  };
  return spec;
}

std::vector<double> two_sided_differences(const Problem& problem) {
  return numerical_gradient([&](std::span<const double> weights) { return cost(problem, weights); },
                            problem.weights);
}

std::vector<double> part_of(const std::vector<double>& flat, Range range) {
  const auto part = std::span(flat).subspan(range.begin, range.size());
  return {part.begin(), part.end()};
}

TEST(LayerKind, IsDescribed) {
  EXPECT_EQ(describe(residual()), "4-5-scale-unit_norm-sum(1,3)-3");
  EXPECT_EQ(describe(with_positions()), "6-scale-sum(1,1)-3");
  EXPECT_THAT(layer_sizes(residual()), ElementsAre(4, 5, 5, 5, 5, 3));
  EXPECT_EQ(output_size(residual()), 3U);
  EXPECT_EQ(multiply_adds(residual()), 4 * 5 + 5 + 5 + 5 * 3);
  EXPECT_EQ(loss_of_guessing(residual()), std::log(3.0));
  EXPECT_EQ(layer_width(residual().layers[0].kind)->units, 5U);
  EXPECT_EQ(layer_matrix(residual().layers[0].kind), 0U);
  EXPECT_EQ(layer_matrix(residual().layers[1].kind), std::nullopt);
  EXPECT_FALSE(layer_width(residual().layers[1].kind).has_value());
}

TEST(LayerKind, HasItsTensorsAndTheBiasOfItsEpilogue) {
  const ParameterTable table = parameter_table(with_positions());
  std::vector<std::string> names;
  names.reserve(table.tensors.size());
  for (const ParameterTensor& tensor : table.tensors) names.push_back(tensor.name);
  EXPECT_THAT(names, ElementsAre("layer1.log_scale", "layer1.bias", "layer2.bias", "layer3.weight",
                                 "layer3.bias"));
  EXPECT_EQ(table.tensors[0].shape, (Shape{3, 2}));
  EXPECT_EQ(table.tensors[1].shape, Shape{2}) << "a bias for each channel";
  EXPECT_THAT(table.layers, ElementsAre(Range{0, 8}, Range{8, 10}, Range{10, 31}));
  EXPECT_EQ(parameter_count(with_positions()), 31);
  EXPECT_THAT(penalized_ranges(table, false), ElementsAre(Range{10, 28}));
  EXPECT_THAT(penalized_ranges(table, true),
              ElementsAre(Range{6, 8}, Range{8, 10}, Range{10, 28}, Range{28, 31}));

  const ParameterTable of_block = parameter_table(residual());
  EXPECT_EQ(of_block.layers[2].size(), 0U) << "unit_norm has no tensors";
  EXPECT_TRUE(of_block.of_layer(2).empty());
}

TEST(LayerKind, StartsAsItNeeds) {
  const NetworkSpec spec = with_positions();
  std::vector<double> weights(parameter_table(spec).size, 7);
  initialize_parameters<double>(spec, 1, weights);
  EXPECT_THAT(part_of(weights, {0, 10}), testing::Each(0));
  EXPECT_THAT(part_of(weights, {10, 28}), testing::Each(testing::Ne(0)));
  EXPECT_THAT(part_of(weights, {28, 31}), testing::Each(0));
}

TEST(LayerKind, ForwardIsItsFormula) {
  Problem problem = draw_problem(with_positions(), Labels::class_number, 1);
  problem.dropout.reset();
  const std::vector<double> logits = network_logits(problem);
  const auto& w = problem.weights;
  for (std::uint64_t row = 0; row < problem.rows; ++row) {
    std::vector<double> values(6);
    for (std::size_t i = 0; i < 6; ++i) {
      const double scaled = std::exp(w[i]) * problem.inputs[row * 6 + i];
      values[i] = 2 * std::tanh(scaled + w[6 + i % 2]) + w[8 + i % 2];
    }
    for (std::size_t o = 0; o < 3; ++o) {
      double z = w[28 + o];
      for (std::size_t i = 0; i < 6; ++i) z += w[10 + o * 6 + i] * values[i];
      EXPECT_NEAR(logits[row * 3 + o], z, 1e-14) << row << " " << o;
    }
  }
}

class LayerKindGradient : public testing::TestWithParam<bool> {
 protected:
  static NetworkSpec spec() { return GetParam() ? residual() : with_positions(); }
};

TEST_P(LayerKindGradient, OfEveryTensorAgreesWithTwoSidedDifferences) {
  Problem problem = draw_problem(spec(), Labels::class_number, 2);
  problem.regularization = regularization(problem.spec, {0.7, 0.2}, true);
  const std::vector<double> approximate = two_sided_differences(problem);
  const std::vector<double> exact = gradient<double>(problem);
  for (const ParameterTensor& tensor : parameter_table(problem.spec).tensors) {
    const std::vector<double> of_tensor = part_of(exact, tensor.range());
    ASSERT_GT(euclidean_norm(of_tensor), 1e-3) << tensor.name;
    EXPECT_LE(relative_difference(part_of(approximate, tensor.range()), of_tensor),
              kGreatDifference)
        << tensor.name;
  }
  EXPECT_LE(relative_difference(gradient<float>(problem), exact), 1e-5);
}

// A shard's rows may come in several passes, which add up.
TEST_P(LayerKindGradient, OfPassesAddUp) {
  const Problem problem = draw_problem(spec(), Labels::class_number, 3);
  const Network<double> network(problem.spec);
  const std::uint64_t features = size_of(problem.spec.input);
  const auto add_pass = [&](std::size_t begin, std::size_t rows, bool accumulate,
                            std::vector<double>& sums) {
    Workspace<double> workspace(problem.spec, rows);
    std::ranges::copy(std::span(problem.inputs).subspan(begin * features, rows * features),
                      workspace.input().values().begin());
    network.forward(problem.weights, workspace, rows, problem.dropout,
                    std::span(problem.examples).subspan(begin, rows));
    network.backward(problem.weights, workspace, {problem.labels.data() + begin, rows, 1}, sums,
                     accumulate);
  };
  std::vector<double> whole(problem.weights.size());
  add_pass(0, 6, false, whole);
  std::vector<double> parts(whole.size(), 7);
  add_pass(0, 4, false, parts);
  add_pass(4, 2, true, parts);
  EXPECT_LE(relative_difference(parts, whole), 1e-14);
}

TEST_P(LayerKindGradient, EvaluationGivesTheBitsOfTrainingWithoutDropout) {
  Problem problem = draw_problem(spec(), Labels::class_number, 4);
  problem.dropout.reset();
  const Network<double> network(problem.spec);
  Workspace<double> workspace(problem.spec, problem.rows);
  std::ranges::copy(std::span(problem.inputs), workspace.input().values().begin());
  network.predict(problem.weights, workspace, problem.rows);
  const auto logits = workspace.logits(problem.rows).values();
  EXPECT_THAT(network_logits(problem), testing::ElementsAreArray(logits.begin(), logits.end()));
}

INSTANTIATE_TEST_SUITE_P(, LayerKindGradient, testing::Bool(), [](const auto& test) {
  return test.param ? "OfAResidualBlock" : "WithPositions";
});

TEST(LayerKind, MemoryCountsWhatItKeeps) {
  // Input 4; layers 5, 5, 5, 5, 3, each with output and delta; slopes of layers 1, 3, 4; a norm.
  EXPECT_EQ(Workspace<double>::bytes(residual(), 10),
            10UL * (4 + 2 * (5 + 5 + 5 + 5 + 3) + (5 + 5 + 5) + 1) * sizeof(double));
}

TEST(LayerKind, WeightsOfEveryKindCount) {
  const ParameterTable table = parameter_table(with_positions());
  std::vector<double> weights(table.size, 0);
  weights[0] = 3;   // log_scale
  weights[7] = 12;  // a bias
  weights[10] = 4;  // W
  EXPECT_EQ(weight_statistics<double>(table, weights).norm, 5);
}

onnx::GraphProto exported(const NetworkSpec& spec) {
  const ParameterTable table = parameter_table(spec);
  const std::vector<float> weights(table.size, 1);
  onnx::ModelProto read;
  EXPECT_TRUE(read.ParseFromString(onnx_model({.spec = spec,
                                               .parameter_table = table,
                                               .weights = weights,
                                               .mean = {},
                                               .inverse_deviation = {},
                                               .fill_values = {},
                                               .name = "graph",
                                               .version = "1",
                                               .metadata = {}})));
  return read.graph();
}

std::vector<std::string> wiring(const onnx::GraphProto& graph) {
  std::vector<std::string> lines;
  for (const auto& node : graph.node()) {
    std::string line = node.output(0) + " = " + node.op_type();
    for (const std::string& input : node.input()) line += " " + input;
    lines.push_back(line);
  }
  return lines;
}

TEST(LayerKind, IsExported) {
  EXPECT_THAT(wiring(exported(residual())),
              ElementsAre("layer1.out = Gemm input layer1.weight layer1.bias",
                          "layer1.activation.out = Tanh layer1.out",  //
                          "layer2.1.out = Exp layer2.log_scale",
                          "layer2.out = Mul layer1.activation.out layer2.1.out",
                          "layer3.out = LpNormalization layer2.out",
                          "layer3.activation.1.out = Sigmoid layer3.out",
                          "layer3.activation.out = Mul layer3.activation.1.out layer3.out",
                          "layer4.out = Add layer1.activation.out layer3.activation.out",
                          "layer4.biased.out = Add layer4.out layer4.bias",
                          "layer4.activation.out = Sigmoid layer4.biased.out",
                          "layer5.out = Gemm layer4.activation.out layer5.weight layer5.bias",
                          "output = Softmax layer5.out"));
}

TEST(LayerKindDeathTest, ANetworkWithoutOrderIsRefused) {
  NetworkSpec later = residual();
  later.layers[1].inputs = {4};
  EXPECT_DEATH(needs_of(later), "a layer takes the outputs of layers before it");
  NetworkSpec idle = residual();
  idle.layers[3].inputs = {1, 1};
  EXPECT_DEATH(Network<float>{idle}, "every layer leads to the output") << "2 and 3 lead nowhere";
}

}  // namespace
}  // namespace lockstep
