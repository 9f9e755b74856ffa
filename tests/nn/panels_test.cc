#include "nn/panels.h"

#include <algorithm>
#include <vector>

#include <gtest/gtest.h>

#include "base/worker_pool.h"
#include "linalg/keyed_values.h"
#include "linalg/pair_product.h"
#include "nn/dense_network.h"

namespace lockstep {
namespace {

// 130 and 3 outputs: two whole panels and a narrow one, and a narrow one alone.
NetworkSpec spec() {
  return network_spec(9, {{130, Activation::relu}}, 3, Loss::softmax_cross_entropy);
}

TEST(Panels, HoldTheTransposedRowsOfTheWeightsOnAnyNumberOfThreads) {
  const ParameterTable table = parameter_table(spec());
  const std::vector<float> weights = keyed_values<float>(table.size, 1);
  for (const int threads : {1, 2, 5}) {
    Panels<float> panels(spec());
    WorkerPool pool(threads);
    pool.run_team([&](const Team& team) { panels.fill(weights, team); });
    for (std::size_t t = 0; t < table.tensors.size(); ++t) {
      const ParameterTensor& tensor = table.tensors[t];
      if (tensor.role == ParameterRole::bias) {
        EXPECT_EQ(panels.of_tensor(t).values, nullptr);
        continue;
      }
      const auto matrix = tensor_view(tensor, std::span<const float>(weights));
      for (std::uint64_t o = 0; o < matrix.rows; ++o) {
        const std::uint64_t begin = o / kPanel * kPanel;
        const Range outputs{begin, std::min(begin + kPanel, matrix.rows)};
        const auto panel = panel_of(panels.of_tensor(t).values, matrix.columns, outputs);
        for (std::uint64_t i = 0; i < matrix.columns; ++i) {
          ASSERT_EQ(panel.row(i)[o - begin], matrix.row(o)[i])
              << tensor.name << " " << o << " " << i;
        }
      }
    }
  }
}

TEST(Panels, HoldPairsInBfloat16) {
  NetworkSpec network = spec();
  network.precision = Precision::bfloat16;
  const ParameterTable table = parameter_table(network);
  const std::vector<float> weights = keyed_values<float>(table.size, 1);
  for (const int threads : {1, 5}) {
    Panels<float> panels(network);
    WorkerPool pool(threads);
    pool.run_team([&](const Team& team) { panels.fill(weights, team); });
    EXPECT_EQ(panels.of_tensor(0).values, nullptr);
    const auto matrix = tensor_view(table.tensors[0], std::span<const float>(weights));
    for (const Range outputs : {Range{0, 64}, Range{64, 128}, Range{128, 130}}) {
      std::vector<Pair> expected(pairs_in(matrix.columns) * outputs.size());
      pair_transposed(matrix.some_rows(outputs), expected.data(), outputs.size());
      const auto panel = panel_of(panels.of_tensor(0).pairs, pairs_in(matrix.columns), outputs);
      EXPECT_TRUE(std::ranges::equal(panel.values(), expected)) << outputs.begin;
    }
  }
  EXPECT_EQ(Panels<float>::bytes(network), (130 * 5 + 3 * 65) * sizeof(Pair));
}

TEST(Panels, ThereAreNoneInDouble) {
  Panels<double> panels(spec());
  panels.fill(std::vector<double>(parameter_table(spec()).size), Team());
  EXPECT_EQ(panels.of_tensor(0).values, nullptr);
  EXPECT_EQ(Panels<double>::bytes(spec()), 0U);
  EXPECT_EQ(Panels<float>::bytes(spec()), (130 * 9 + 3 * 130) * sizeof(float));
}

}  // namespace
}  // namespace lockstep
