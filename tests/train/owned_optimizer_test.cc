#include "train/owned_optimizer.h"

#include <bit>
#include <cmath>
#include <numeric>

#include <gtest/gtest.h>

namespace lockstep {
namespace {

constexpr std::uint64_t kParameters = 3000;

class RoundedChanges : public testing::Test {
 protected:
  OwnedOptimizer<float> optimizer(const Optimizer& kind, std::vector<Range> frozen = {}) const {
    return {kind, ownership_, 0, {}, frozen, Precision::bfloat16};
  }

  Ownership ownership_ = Ownership::with_bucket_bytes(kParameters, 4096, 4, 1);
  WorkerPool pool_{2};
};

TEST_F(RoundedChanges, HaveAResidualAsStateOfTheirOwn) {
  EXPECT_EQ(optimizer(GradientDescent{}).slot_names(), std::vector<std::string>{"residual"});
  EXPECT_EQ(optimizer(Momentum{}).slot_names().back(), "residual");
  EXPECT_EQ(OwnedOptimizer<float>::slot_names(Momentum{}, Precision::float32).size(), 1U);
}

// A step of 1/3 has no end in binary: each change is rounded, to 8 bits. What rounding leaves is
// caught up with, so that the sum of all changes is that of all steps; without it, the error would
// grow with every step.
TEST_F(RoundedChanges, AddUpToTheStepsOfTheOptimizer) {
  OwnedOptimizer<float> rounded = optimizer(GradientDescent{1.0});
  std::vector<float> weights(kParameters);
  std::vector<Bfloat16> changes(kParameters);
  std::vector<float> gradient(kParameters);
  std::vector<double> exact(kParameters);
  std::vector<double> uncorrected(kParameters);
  for (int step = 1; step <= 300; ++step) {
    for (std::size_t i = 0; i < kParameters; ++i) {
      gradient[i] = 1.0F / (3.0F + static_cast<float>(i));
    }
    rounded.update(pool_, {1.0, static_cast<std::uint64_t>(step)}, weights, gradient, 1.0F,
                   changes);
    std::vector<float> step_of_gradient = gradient;
    round_to_bfloat16(step_of_gradient);
    for (std::size_t i = 0; i < kParameters; ++i) {
      exact[i] -= static_cast<double>(gradient[i]);
      uncorrected[i] -= static_cast<double>(step_of_gradient[i]);
    }
  }
  double largest = 0;
  double largest_uncorrected = 0;
  for (std::size_t i = 0; i < kParameters; ++i) {
    const double step = static_cast<double>(gradient[i]);
    largest = std::max(largest, std::abs(static_cast<double>(weights[i]) - exact[i]) / step);
    largest_uncorrected = std::max(largest_uncorrected, std::abs(uncorrected[i] - exact[i]) / step);
  }
  EXPECT_LT(largest, 0.01) << "in steps: half of a bfloat16 number's last place, and floats";
  EXPECT_GT(largest_uncorrected, 0.5);
}

TEST_F(RoundedChanges, AreTheDifferenceOfTheWeights) {
  OwnedOptimizer<float> rounded = optimizer(Adam{0.01});
  std::vector<float> weights(kParameters);
  std::iota(weights.begin(), weights.end(), -1000.0F);
  std::vector<float> copy = weights;
  std::vector<Bfloat16> changes(kParameters);
  for (std::uint64_t step = 1; step <= 5; ++step) {
    std::vector<float> gradient(kParameters);
    for (std::size_t i = 0; i < kParameters; ++i) {
      gradient[i] = std::sin(static_cast<float>(i * step));
    }
    rounded.update(pool_, {0.01, step}, weights, gradient, 1.0F, changes);
    add_bfloat16(copy, changes);
    ASSERT_EQ(copy, weights);
  }
}

// The exchange has -0 for them, which changes no weight.
TEST_F(RoundedChanges, LeaveFrozenWeightsAlone) {
  OwnedOptimizer<float> rounded = optimizer(GradientDescent{1.0}, {{10, 2000}});
  std::vector<float> weights(kParameters, -0.0F);
  const std::vector<float> gradient(kParameters, 1.0F);
  constexpr Bfloat16 kUntouched = 0x1234;
  std::vector<Bfloat16> changes(kParameters, kUntouched);
  rounded.update(pool_, {1.0, 1}, weights, gradient, 1.0F, changes);
  for (std::size_t i = 0; i < kParameters; ++i) {
    const bool frozen = i >= 10 && i < 2000;
    ASSERT_EQ(changes[i] == kUntouched, frozen) << i;
    ASSERT_EQ(std::bit_cast<std::uint32_t>(weights[i]),
              std::bit_cast<std::uint32_t>(frozen ? -0.0F : -1.0F))
        << i;
  }
}

}  // namespace
}  // namespace lockstep
