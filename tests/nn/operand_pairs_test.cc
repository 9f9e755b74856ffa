#include "nn/operand_pairs.h"

#include <vector>

#include <gtest/gtest.h>

#include "base/worker_pool.h"
#include "linalg/kernels.h"
#include "linalg/keyed_values.h"
#include "nn/dense_network.h"

namespace lockstep {
namespace {

NetworkSpec spec(Precision precision) {
  NetworkSpec network = network_spec(9, {{130, Activation::relu}}, 3, Loss::softmax_cross_entropy);
  network.precision = precision;
  return network;
}

std::vector<Pair> values_of(Matrix<const Pair> matrix) {
  std::vector<Pair> all;
  for (std::uint64_t r = 0; r < matrix.rows; ++r) {
    all.insert(all.end(), matrix.row(r).begin(), matrix.row(r).end());
  }
  return all;
}

// Segments of an odd and an even number of rows, of none and of one row.
const std::vector<Range> kSegments = {{0, 3}, {3, 7}, {7, 7}, {7, 8}};

TEST(OperandPairs, AreThoseOfTheKernelsOnAnyNumberOfThreads) {
  constexpr std::uint64_t kRows = 8;
  const std::vector<float> values = keyed_values<float>(kRows * 130, 1);
  const Matrix<const float> input(values.data(), kRows, 9, 130);
  const Matrix<const float> delta(values.data(), kRows, 130);
  std::vector<Pair> columns(kRows * 5);
  kernels().pair_columns({kRows, 9, 130}, values.data(), columns.data());
  std::vector<Pair> rows;
  for (const Range& segment : kSegments) {
    std::vector<Pair> of_segment(pairs_in(segment.size()) * 130);
    kernels().pair_rows({segment.size(), 130, 130}, delta.some_rows(segment).data,
                        of_segment.data());
    rows.insert(rows.end(), of_segment.begin(), of_segment.end());
  }
  for (const int threads : {1, 2, 5}) {
    OperandPairs pairs(spec(Precision::bfloat16), kRows);
    WorkerPool pool(threads);
    pool.run_team([&](const Team& team) {
      const auto inputs = pairs.inputs_by_columns({&input, 1}, team);
      const auto delta_rows = pairs.delta_by_rows(delta, kSegments, team);
      team.wait();
      if (!team.leads()) return;
      ASSERT_EQ(inputs.size(), 1U);
      EXPECT_EQ(values_of(inputs[0]), columns);
      EXPECT_EQ(values_of(delta_rows), rows);
    });
  }
}

TEST(OperandPairs, TakeNoRoomInFloat) {
  EXPECT_EQ(OperandPairs::bytes(spec(Precision::float32), 8), 0U);
  EXPECT_GT(OperandPairs::bytes(spec(Precision::bfloat16), 8), 0U);
}

}  // namespace
}  // namespace lockstep
