#include "optim/optimizer.h"

#include <array>
#include <cmath>
#include <cstddef>
#include <limits>
#include <string>
#include <type_traits>
#include <variant>
#include <vector>

#include <gtest/gtest.h>

#include "linalg/keyed_values.h"
#include "optim/clipping.h"
#include "support/optimizers.h"

namespace lockstep {
namespace {

// Weights with the state an optimizer keeps for them, updated in parts.
template <typename T>
struct Parameters {
  explicit Parameters(std::vector<T> start)
      : weights(std::move(start)),
        slots{std::vector<T>(weights.size()), std::vector<T>(weights.size())} {}

  void update_part(const Optimizer& optimizer, const OptimizerStep& step,
                   const std::vector<T>& gradient, std::size_t begin, std::size_t end,
                   std::span<const Range> penalized = {}) {
    OptimizerPart<T> part{std::span(weights).subspan(begin, end - begin),
                          std::span(gradient).subspan(begin, end - begin),
                          {},
                          penalized};
    for (std::size_t slot = 0; slot < slot_names(optimizer).size(); ++slot) {
      part.slots[slot] = std::span(slots[slot]).subspan(begin, end - begin);
    }
    update(optimizer, step, part);
  }

  std::vector<T> weights;
  std::array<std::vector<T>, kMaxOptimizerSlots> slots;
};

// The weight, 1 at first, after the two gradients 0.5 and -0.25 at rate 0.1.
template <typename T>
std::array<T, 2> two_steps(const Optimizer& optimizer) {
  Parameters<T> parameters({T(1)});
  parameters.update_part(optimizer, {0.1, 1}, {T(0.5)}, 0, 1);
  const T first = parameters.weights[0];
  parameters.update_part(optimizer, {0.1, 2}, {T(-0.25)}, 0, 1);
  return {first, parameters.weights[0]};
}

void expect_two_steps(const Optimizer& optimizer, double first, double second) {
  const auto in_double = two_steps<double>(optimizer);
  EXPECT_NEAR(in_double[0], first, 1e-14);
  EXPECT_NEAR(in_double[1], second, 1e-14);
  const auto in_float = two_steps<float>(optimizer);
  EXPECT_NEAR(in_float[0], first, 3e-7);
  EXPECT_NEAR(in_float[1], second, 3e-7);
}

TEST(Optimizer, GradientDescentByHand) {
  expect_two_steps(GradientDescent{}, 1 - 0.05, 0.95 + 0.025);
}

TEST(Optimizer, MomentumByHand) {
  // v = 0.05, then 0.045 - 0.025 = 0.02
  expect_two_steps(Momentum{}, 1 - 0.005, 0.995 - 0.002);
}

TEST(Optimizer, NesterovByHand) {
  // v as with momentum; steps 0.1 (0.045 + 0.05) and 0.1 (0.018 - 0.025)
  expect_two_steps(Nesterov{}, 1 - 0.0095, 0.9905 + 0.0007);
}

TEST(Optimizer, RmsPropByHand) {
  // s = 0.025, then 0.0225 + 0.00625 = 0.02875
  const double first = 1 - 0.05 / (std::sqrt(0.025) + 1e-8);
  expect_two_steps(RmsProp{}, first, first + 0.025 / (std::sqrt(0.02875) + 1e-8));
}

TEST(Optimizer, AdamByHand) {
  // m = 0.05, v = 0.00025: corrected 0.5 and 0.25. Then m = 0.02, v = 0.00031225.
  const double first = 1 - 0.1 * 0.5 / (0.5 + 1e-8);
  const double mean = 0.02 / (1 - 0.81);
  const double mean_square = 0.00031225 / (1 - 0.998001);
  expect_two_steps(Adam{}, first, first - 0.1 * mean / (std::sqrt(mean_square) + 1e-8));
}

// The decay comes before the step and is no part of the averages.
TEST(Optimizer, AdamWDecaysWhatAPenaltyCountsAndIsAdamOtherwise) {
  const std::vector<double> start = {1, -2, 0.5, 4};
  const std::vector<double> gradient = {0.5, -0.25, 0, 1};
  Parameters<double> adam(start);
  Parameters<double> adamw(start);
  const std::vector<Range> penalized = {{0, 1}, {2, 4}};
  const AdamW decaying{.weight_decay = 0.5};
  for (std::uint64_t step = 1; step <= 2; ++step) {
    for (const std::size_t i : {0U, 2U, 3U}) adam.weights[i] *= 1 - 0.1 * 0.5;
    adam.update_part(Adam{}, {0.1, step}, gradient, 0, 4);
    adamw.update_part(decaying, {0.1, step}, gradient, 0, 4, penalized);
    EXPECT_EQ(adamw.weights, adam.weights);
    EXPECT_EQ(adamw.slots, adam.slots);
  }
  EXPECT_EQ(two_steps<double>(AdamW{}), two_steps<double>(Adam{}));
}

TEST(Optimizer, EpsilonIsAddedToTheRoot) {
  const double rms_first = 1 - 0.05 / (std::sqrt(0.025) + 1);
  expect_two_steps(RmsProp{.epsilon = 1}, rms_first, rms_first + 0.025 / (std::sqrt(0.02875) + 1));
  const double adam_first = 1 - 0.1 * 0.5 / (0.5 + 1);
  const double mean = 0.02 / (1 - 0.81);
  const double root = std::sqrt(0.00031225 / (1 - 0.998001));
  expect_two_steps(Adam{.epsilon = 1}, adam_first, adam_first - 0.1 * mean / (root + 1));
}

TEST(Optimizer, WithoutMemoryMomentumAndNesterovAreGradientDescent) {
  EXPECT_EQ(two_steps<double>(Momentum{.beta = 0}), two_steps<double>(GradientDescent{}));
  EXPECT_EQ(two_steps<double>(Nesterov{.beta = 0}), two_steps<double>(GradientDescent{}));
}

TEST(Optimizer, AdamsCorrectionEndsAfterALongRun) {
  Parameters<float> parameters({1.0F});
  parameters.update_part(Adam{}, {0.1, 1'000'000'000'000ULL}, {0.5F}, 0, 1);
  EXPECT_NEAR(parameters.weights[0], 1 - 0.1 * 0.05 / std::sqrt(0.00025), 1e-6);
}

TEST(Optimizer, AZeroGradientMovesNothing) {
  for (const Optimizer& optimizer : every_optimizer()) {
    const std::vector<float> start = keyed_values<float>(33, 1);
    Parameters<float> parameters(start);
    for (std::uint64_t step = 1; step <= 3; ++step) {
      parameters.update_part(optimizer, {0.1, step}, std::vector<float>(33, 0.0F), 0, 33);
    }
    EXPECT_EQ(parameters.weights, start) << "optimizer " << optimizer.index();
  }
}

TEST(Clipping, ShortensWhatIsTooLongAndNothingElse) {
  EXPECT_EQ(clip_factor({2}, 1), 1);
  EXPECT_EQ(clip_factor({2}, 2), 1);
  EXPECT_EQ(clip_factor({2}, 0), 1);
  EXPECT_EQ(clip_factor({2}, 8), 0.25);
}

TEST(Optimizer, NamesItsState) {
  using Names = std::vector<std::string>;
  EXPECT_EQ(slot_names(GradientDescent{}), Names());
  EXPECT_EQ(slot_names(Momentum{}), Names({"velocity"}));
  EXPECT_EQ(slot_names(Nesterov{}), Names({"velocity"}));
  EXPECT_EQ(slot_names(RmsProp{}), Names({"mean_square"}));
  EXPECT_EQ(slot_names(Adam{}), Names({"mean", "mean_square"}));
  EXPECT_EQ(slot_names(AdamW{}), Names({"mean", "mean_square"}));
  for (const Optimizer& optimizer : every_optimizer()) {
    EXPECT_LE(slot_names(optimizer).size(), static_cast<std::size_t>(kMaxOptimizerSlots));
  }
}

// Owners of any segments compute what one owner of everything computes.
template <typename T>
void expect_same_bits_for_any_cut() {
  constexpr std::size_t kSize = 1003;
  const std::vector<std::vector<std::size_t>> all_cuts = {
      {0, 1, kSize}, {0, 3, 10, 41, 500, 501, 997, kSize}, {0, 64, 128, kSize - 1, kSize}};
  for (const Optimizer& optimizer : every_optimizer()) {
    for (const auto& cuts : all_cuts) {
      Parameters<T> whole(keyed_values<T>(kSize, 1));
      Parameters<T> in_parts = whole;
      for (std::uint32_t step = 1; step <= 5; ++step) {
        const OptimizerStep now{0.01, step};
        const std::vector<T> gradient = keyed_values<T>(kSize, 10 + step);
        whole.update_part(optimizer, now, gradient, 0, kSize);
        for (std::size_t i = cuts.size() - 1; i > 0; --i) {
          in_parts.update_part(optimizer, now, gradient, cuts[i - 1], cuts[i]);
        }
      }
      EXPECT_EQ(in_parts.weights, whole.weights) << "optimizer " << optimizer.index();
      EXPECT_EQ(in_parts.slots, whole.slots) << "optimizer " << optimizer.index();
      EXPECT_NE(whole.weights, keyed_values<T>(kSize, 1));
    }
  }
}

TEST(Optimizer, GivesTheSameBitsForAnyCut) {
  expect_same_bits_for_any_cut<float>();
  expect_same_bits_for_any_cut<double>();
}

// The state stays finite for ever at the largest gradient, and not at some larger one
// of those that average squares.
TEST(Optimizer, TheLargestGradientIsWhatItsStateCanHold) {
  for (const Optimizer& optimizer : every_optimizer()) {
    const float limit = largest_gradient<float>(optimizer);
    const bool squares = limit < std::numeric_limits<float>::max();
    EXPECT_EQ(squares, averages_squares(optimizer));
    if (!squares) continue;
    const auto state_after = [&](float gradient) {
      Parameters<float> parameters({1});
      for (std::uint64_t step = 1; step <= 20000; ++step) {
        parameters.update_part(optimizer, {1e-30, step}, {gradient}, 0, 1);
      }
      return parameters.slots[slot_names(optimizer).size() - 1][0];
    };
    EXPECT_TRUE(std::isfinite(state_after(limit))) << optimizer_name(optimizer);
    EXPECT_FALSE(std::isfinite(state_after(100 * limit))) << optimizer_name(optimizer);
  }
}

}  // namespace
}  // namespace lockstep
