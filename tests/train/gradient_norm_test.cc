#include "train/gradient_norm.h"

#include <cmath>
#include <vector>

#include <gtest/gtest.h>

#include "linalg/keyed_values.h"

namespace lockstep {
namespace {

constexpr std::uint64_t kParameters = 5 * Ownership::kBlock + 17;

// Of the gradient `all`, of which each rank gives the blocks that it owns.
double norm_of(const std::vector<float>& all, const Communicator& comm,
               std::uint64_t bucket_bytes) {
  const auto ownership =
      Ownership::with_bucket_bytes(all.size(), bucket_bytes, sizeof(float), comm.size());
  GradientNorm norm(ownership, comm.rank(), {});
  for (const Range piece : ownership.pieces(comm.rank())) {
    for (std::uint64_t begin = piece.begin; begin < piece.end; begin += Ownership::kBlock) {
      const Range block{begin, std::min(begin + Ownership::kBlock, piece.end)};
      norm.take<float>(block, std::span(all).subspan(block.begin, block.size()));
    }
  }
  return norm.norm(comm);
}

TEST(GradientNorm, IsTheRootOfTheSumOfAllSquares) {
  double squares = 0;
  const std::vector<float> all = keyed_values<float>(kParameters, 3);
  for (const float value : all) squares += static_cast<double>(value) * static_cast<double>(value);
  const double norm = norm_of(all, Communicator::world(), 8192);
  EXPECT_NEAR(norm / std::sqrt(squares), 1, 1e-14);
}

TEST(GradientNorm, HasTheSameBitsAtAnyLayout) {
  const std::vector<float> all = keyed_values<float>(kParameters, 3);
  const double alone = norm_of(all, Communicator::self(), 1 << 20);
  for (const std::uint64_t bytes : {4096U, 8192U, 1U << 20}) {
    EXPECT_EQ(norm_of(all, Communicator::world(), bytes), alone) << bytes;
  }
}

// The square of a float is far from the end of double.
TEST(GradientNorm, HoldsTheLargestFloats) {
  const std::vector<float> all(kParameters, 3e38F);
  EXPECT_NEAR(norm_of(all, Communicator::world(), 4096) /
                  (static_cast<double>(3e38F) * std::sqrt(kParameters)),
              1, 1e-14);
}

}  // namespace
}  // namespace lockstep
