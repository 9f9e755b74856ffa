#include "nn/network.h"

#include <algorithm>
#include <cstddef>
#include <limits>
#include <numeric>
#include <vector>

#include <gtest/gtest.h>

#include "base/worker_pool.h"
#include "linalg/keyed_values.h"
#include "nn/dense_network.h"
#include "nn/dropout_mask.h"
#include "nn/gradient_comparison.h"
#include "nn/problem.h"

namespace lockstep {
namespace {

using Examples = std::vector<std::uint32_t>;

constexpr std::uint64_t kUnits = 64;
constexpr std::uint64_t kInputLayer = 0;
constexpr std::uint64_t kHiddenLayer = 1;

// A network whose output is its input, or would be but for dropout in `layer`:
// logits show the mask, and exactly, whatever rows are beside.
struct MaskProbe {
  explicit MaskProbe(std::uint64_t layer) {
    NetworkSpec spec =
        network_spec(kUnits, {{kUnits, Activation::linear}}, kUnits, Loss::squared_error);
    (layer == kInputLayer ? spec.input_keep_prob : spec.layers[0].epilogue.keep_prob) = 0.6;
    network = Network<float>(spec);
    weights.resize(network.parameter_table().size);
    for (const std::size_t i : {0U, 1U}) {
      const Matrix<float> identity =
          tensor_view(weight_of(network.parameter_table(), i), std::span(weights));
      for (std::uint64_t unit = 0; unit < kUnits; ++unit) identity.row(unit)[unit] = 1;
    }
  }

  // The masks of all rows, [examples, kUnits].
  [[nodiscard]] std::vector<float> masks(const Examples& examples,
                                         std::optional<DropoutKey> key) const {
    Workspace<float> workspace(network.spec(), examples.size() + 3);
    std::ranges::fill(workspace.input().values(), 1.0F);
    network.forward(weights, workspace, examples.size(), key, examples);
    const auto logits = workspace.logits(examples.size()).values();
    return {logits.begin(), logits.end()};
  }

  Network<float> network{network_spec(1, {}, 1, Loss::squared_error)};
  std::vector<float> weights;
};

std::vector<float> row_of(const std::vector<float>& masks, std::size_t row) {
  const auto begin = masks.begin() + static_cast<std::ptrdiff_t>(row * kUnits);
  return {begin, begin + static_cast<std::ptrdiff_t>(kUnits)};
}

class NetworkDropout : public testing::TestWithParam<std::uint64_t> {
 protected:
  MaskProbe probe_{GetParam()};
};

TEST_P(NetworkDropout, MaskIsTheKeyedOneOfTheLayerAndExample) {
  const std::vector<float> expected =
      dropout_mask<float>(0.6, {5, 8}, static_cast<std::uint32_t>(GetParam()), 41, kUnits);
  EXPECT_EQ(probe_.masks({41}, DropoutKey{5, 8}), expected);
}

TEST_P(NetworkDropout, MaskDependsNeitherOnTheRowNorOnTheBatch) {
  const DropoutKey key{5, 8};
  const Examples all = {9, 3, 12, 100'000, 7};
  const std::vector<float> masks = probe_.masks(all, key);
  for (std::size_t row = 0; row < all.size(); ++row) {
    EXPECT_EQ(probe_.masks({all[row]}, key), row_of(masks, row));
    EXPECT_EQ(row_of(probe_.masks({77, 78, all[row], 79}, key), 2), row_of(masks, row));
    for (std::size_t other = 0; other < row; ++other) {
      EXPECT_NE(row_of(masks, row), row_of(masks, other));
    }
  }
}

TEST_P(NetworkDropout, MaskDiffersAtTheNextStepAndWithAnotherSeed) {
  EXPECT_NE(probe_.masks({9}, DropoutKey{5, 8}), probe_.masks({9}, DropoutKey{5, 9}));
  EXPECT_NE(probe_.masks({9}, DropoutKey{5, 8}), probe_.masks({9}, DropoutKey{6, 8}));
}

TEST_P(NetworkDropout, WithoutAKeyAndInEvaluationNothingIsDropped) {
  const std::vector<float> ones(kUnits, 1);
  EXPECT_EQ(probe_.masks({9}, std::nullopt), ones);
  Workspace<float> workspace(probe_.network.spec(), 1);
  std::ranges::fill(workspace.input().values(), 1.0F);
  probe_.network.predict(probe_.weights, workspace, 1);
  const auto logits = workspace.logits(1).values();
  EXPECT_EQ(std::vector<float>(logits.begin(), logits.end()), ones);
}

TEST_P(NetworkDropout, BackwardUsesTheMaskOfForward) {
  const Examples examples = {9};
  const std::vector<float> mask = probe_.masks(examples, DropoutKey{5, 8});
  Workspace<float> workspace(probe_.network.spec(), 1);
  std::ranges::fill(workspace.input().values(), 1.0F);
  probe_.network.forward(probe_.weights, workspace, 1, DropoutKey{5, 8}, examples);
  // Far from any output, so that no unit's error is zero.
  const std::vector<float> targets(kUnits, 100);
  std::vector<float> gradient(probe_.weights.size());
  probe_.network.backward(probe_.weights, workspace, {targets.data(), 1, kUnits}, gradient, false);

  // What leads into the mask (a weight's row, its bias) and out of it (a
  // column) has no gradient exactly where the unit was dropped.
  const ParameterTable& table = probe_.network.parameter_table();
  const Matrix<float> first = tensor_view(weight_of(table, 0), std::span(gradient));
  const Matrix<float> second = tensor_view(weight_of(table, 1), std::span(gradient));
  const auto first_bias = tensor_view(bias_of(table, 0), std::span(gradient)).values();
  const bool at_input = GetParam() == kInputLayer;
  for (std::uint64_t i = 0; i < kUnits; ++i) {
    const bool kept = mask[i] != 0;
    EXPECT_EQ(first_bias[i] != 0, at_input || kept);
    for (std::uint64_t j = 0; j < kUnits; ++j) {
      EXPECT_EQ(first.row(at_input ? j : i)[at_input ? i : j] != 0, kept);
      EXPECT_EQ(second.row(j)[i] != 0, kept);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(, NetworkDropout, testing::Values(kInputLayer, kHiddenLayer),
                         [](const auto& test) {
                           return test.param == kInputLayer ? "AtTheInput" : "InAHiddenLayer";
                         });

// A network of every activation, with dropout, and ten rows for it.
struct Training {
  Training() {
    std::iota(examples.begin(), examples.end(), 100U);
    for (std::size_t row = 0; row < kRows; ++row) labels[row] = static_cast<float>(row % 3);
  }

  static NetworkSpec spec() {
    NetworkSpec spec = network_spec(7,
                                    {{6, Activation::tanh, 0.8},
                                     {5, Activation::leaky_relu},
                                     {6, Activation::sigmoid, 0.9},
                                     {5, Activation::relu}},
                                    3, Loss::softmax_cross_entropy);
    spec.input_keep_prob = 0.9;
    return spec;
  }

  void fill(Workspace<double>& workspace, std::size_t begin, std::size_t rows) const {
    const auto part = std::span(inputs).subspan(begin * 7, rows * 7);
    std::ranges::copy(part, workspace.input().top(rows).values().begin());
  }

  LossSums pass(std::size_t begin, std::size_t rows, bool accumulate,
                std::span<double> gradient) const {
    Workspace<double> workspace(network.spec(), rows);
    fill(workspace, begin, rows);
    network.forward(weights, workspace, rows, DropoutKey{1, 2},
                    std::span(examples).subspan(begin, rows));
    return network.backward(weights, workspace, {labels.data() + begin, rows, 1}, gradient,
                            accumulate);
  }

  static constexpr std::size_t kRows = 10;
  Network<double> network{spec()};
  std::vector<double> weights = keyed_values<double>(network.parameter_table().size, 1);
  std::vector<double> inputs = keyed_values<double>(kRows * 7, 2);
  std::vector<float> labels = std::vector<float>(kRows);
  Examples examples = Examples(kRows);
};

TEST(Workspace, SaysHowManyBytesItTakes) {
  const Training training;
  const NetworkSpec& spec = training.network.spec();
  constexpr std::uint64_t kMaxRows = 9;
  Workspace<double> workspace(spec, kMaxRows);
  std::uint64_t values = workspace.input().values().size();
  for (std::size_t layer = 0; layer < spec.layers.size(); ++layer) {
    values += workspace.activations(layer, kMaxRows).values().size();
    values += workspace.deltas(layer, kMaxRows).values().size();
    values += workspace.slopes(layer, kMaxRows).values().size();
  }
  EXPECT_EQ(Workspace<double>::bytes(spec, kMaxRows), values * sizeof(double));
  EXPECT_EQ(Workspace<float>::bytes(spec, kMaxRows), values * sizeof(float));
}

TEST(Network, GradientsOfPassesAddUpToThoseOfOnePass) {
  const Training training;
  std::vector<double> whole(training.weights.size(), std::numeric_limits<double>::quiet_NaN());
  const LossSums sums = training.pass(0, 10, false, whole);
  std::vector<double> in_parts(whole.size(), std::numeric_limits<double>::quiet_NaN());
  LossSums sums_of_parts = training.pass(0, 4, false, in_parts);
  sums_of_parts += training.pass(4, 5, true, in_parts);
  sums_of_parts += training.pass(9, 1, true, in_parts);
  EXPECT_LE(relative_difference(in_parts, whole), 1e-14);
  for (std::size_t i = 0; i < whole.size(); ++i) EXPECT_NEAR(in_parts[i], whole[i], 1e-12);
  EXPECT_NEAR(sums_of_parts.loss, sums.loss, 1e-12);
  EXPECT_EQ(sums_of_parts.wrong, sums.wrong);
}

// The tiles of every tensor, which together have each of its values once, from the last layer to
// the first.
TEST(Network, BackwardVisitsEveryValueOfTheGradientOnce) {
  const Training training;
  Workspace<float> workspace(Training::spec(), 10);
  const Network<float> network(Training::spec());
  const std::vector<float> weights(training.weights.begin(), training.weights.end());
  std::ranges::fill(workspace.input().values(), 0.5F);
  network.forward(weights, workspace, 10, std::nullopt, training.examples);
  std::vector<LossSums> of_rows(10);
  network.losses(workspace, {training.labels.data(), 10, 1}, {}, of_rows, Team());
  std::vector<float> visits(weights.size());
  std::vector<std::size_t> order;
  const Range all{0, 10};
  network.backward(
      weights, workspace, {&all, 1},
      [&](const GradientTile<float>& tile) {
        order.push_back(tile.tensor.layer);
        const Matrix<float> part = tensor_view(tile.tensor, std::span(visits)).block(tile.block);
        for (std::uint64_t r = 0; r < part.rows; ++r) {
          for (float& visit : part.row(r)) ++visit;
        }
      },
      Team());
  EXPECT_TRUE(std::ranges::is_sorted(order, std::greater<>()));
  EXPECT_TRUE(std::ranges::all_of(visits, [](float times) { return times == 1; }));
}

// The outputs, losses and gradients of two shards, added up, by a team of threads.
std::vector<float> passes_by_team(int threads) {
  NetworkSpec spec = network_spec(70, {{130, Activation::tanh, 0.8}, {200, Activation::relu, 0.9}},
                                  10, Loss::softmax_cross_entropy);
  spec.input_keep_prob = 0.9;
  const Network<float> network(spec);
  const std::vector<float> weights = keyed_values<float>(network.parameter_table().size, 1);
  constexpr std::uint64_t kRows = 100;
  const std::vector<Range> segments = {{0, 41}, {41, kRows}};
  const std::vector<LeafRows> leaves = {{segments[0]}, {segments[1], 1}};
  Examples examples(kRows);
  std::iota(examples.begin(), examples.end(), 5U);
  const std::vector<float> labels(kRows, 3);

  Workspace<float> workspace(spec, kRows);
  std::ranges::copy(keyed_values<float>(kRows * 70, 2), workspace.input().values().begin());
  Panels<float> panels(spec);
  std::vector<float> gradient(weights.size());
  std::vector<LossSums> losses(kRows);
  WorkerPool pool(threads);
  pool.run_team([&](const Team& team) {
    panels.fill(weights, team);
    team.wait();
    const NetworkWeights<float> parameters{weights, panels};
    network.forward(parameters, workspace, segments, DropoutKey{1, 2}, examples, team);
    network.losses(workspace, {labels.data(), kRows, 1}, {}, losses, team);
    network.backward(
        parameters, workspace, segments,
        [&](const GradientTile<float>& tile) {
          const Matrix<float> sum = tensor_view(tile.tensor, std::span(gradient)).block(tile.block);
          tile.add_up({leaves, 0, {&sum, 1}});
        },
        team);
  });
  for (const LossSums& row : losses) gradient.push_back(static_cast<float>(row.loss));
  const auto logits = workspace.logits(kRows).values();
  gradient.insert(gradient.end(), logits.begin(), logits.end());
  return gradient;
}

TEST(Network, PassesHaveTheSameBitsOnAnyNumberOfThreads) {
  const std::vector<float> alone = passes_by_team(1);
  for (const int threads : {2, 3, 7}) EXPECT_EQ(passes_by_team(threads), alone) << threads;
}

TEST(Network, EvaluationGivesTheBitsOfTrainingWithoutDropout) {
  const Training training;
  Workspace<double> trained(training.network.spec(), 10);
  Workspace<double> evaluated(training.network.spec(), 10);
  training.fill(trained, 0, 10);
  training.fill(evaluated, 0, 10);
  training.network.forward(training.weights, trained, 10, std::nullopt, training.examples);
  training.network.predict(training.weights, evaluated, 10);
  const auto expected = trained.logits(10).values();
  const auto actual = evaluated.logits(10).values();
  EXPECT_TRUE(std::ranges::equal(actual, expected));
  const Matrix<const float> labels{training.labels.data(), 10, 1};
  EXPECT_EQ(training.network.loss(evaluated, labels).loss,
            training.network.loss(trained, labels).loss);
}

TEST(Network, RowsBeyondTheBlockAreNotTouched) {
  const Training training;
  Workspace<double> workspace(training.network.spec(), 10);
  std::ranges::fill(workspace.input().values(), std::numeric_limits<double>::quiet_NaN());
  training.fill(workspace, 0, 4);
  training.network.forward(training.weights, workspace, 4, DropoutKey{1, 2}, training.examples);
  std::vector<double> gradient(training.weights.size());
  training.network.backward(training.weights, workspace, {training.labels.data(), 4, 1}, gradient,
                            false);
  std::vector<double> expected(gradient.size());
  training.pass(0, 4, false, expected);
  EXPECT_EQ(gradient, expected);
}

}  // namespace
}  // namespace lockstep
