#pragma once
// The descent check (lecture 1.5, 1.7): with dropout off, every step of gradient descent on the
// whole training set must reduce J, the cost with its penalty. If a step does not, either the
// learning rate is too large or the gradient is not that of J. Smaller and smaller steps along the
// same gradient show which of the two it is.

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "base/enum_names.h"

namespace lockstep {

// A cost and its gradient, for steps along the gradient. Every member is collective and returns
// the same on every rank.
class DescentProblem {
 public:
  virtual ~DescentProblem() = default;
  // J at the current weights.
  virtual double cost() = 0;
  // Called right after cost(): holds the weights and the gradient there. All moves start from them
  // until the next hold. Returns the gradient's squared norm.
  virtual double hold() = 0;
  // Sets the weights to the held ones - rate * the held gradient.
  virtual void move(double rate) = 0;
};

struct DescentOptions {
  std::uint64_t steps = 50;  // at least 1
  double learning_rate = 0.1;
  // Called after each step that reduced J, on every rank.
  std::function<void(std::uint64_t step, double cost)> on_step = {};
};

enum class DescentOutcome {
  fell,            // in every step, or until only rounding was left
  flat,            // in the first step: the gradient is (nearly) zero
  rate_too_large,  // J rose, but falls as its gradient predicts when steps are small
  gradient_wrong,  // J does not change as its gradient predicts, however small the step
  not_finite,      // J or its gradient is not finite, before any step could be judged
  undecided,       // J rose, and smaller steps are lost in rounding or meet a kink
};

// The names are stable for scripts.
constexpr auto enum_names(DescentOutcome) {
  using enum DescentOutcome;
  return std::to_array<EnumName<DescentOutcome>>({{fell, "fell"},
                                                  {flat, "flat"},
                                                  {rate_too_large, "rate_too_large"},
                                                  {gradient_wrong, "gradient_wrong"},
                                                  {not_finite, "not_finite"},
                                                  {undecided, "undecided"}});
}

// A step from the held weights along the held gradient, and the change of J that it makes.
struct DescentStep {
  double learning_rate = 0;
  double change = 0;    // change of J
  double promised = 0;  // predicted by the gradient, to first order: -rate * ||gradient||^2

  // The ratio is 1 for small enough steps along the true gradient.
  [[nodiscard]] double ratio() const { return change / promised; }
};

struct DescentResult {
  DescentOutcome outcome = DescentOutcome::fell;
  double learning_rate = 0;
  std::uint64_t steps_asked = 0;
  std::vector<double> costs;  // J at the start and after each step, up to the last one
  // The step (from 1) in which J rose or was flat, or that could not be judged.
  std::optional<std::uint64_t> step;
  std::optional<DescentStep> full_step;    // that step; its change may not be finite
  double gradient_norm = 0;                // at the last held weights
  std::vector<DescentStep> smaller_steps;  // along the same gradient
  // The largest tried learning rate with which J falls well. If the outcome is flat because the
  // rate is too small, a rate with a visible predicted fall.
  std::optional<double> suggested_rate;
  // J has a kink at the last held weights: its slope forwards along the gradient differs from its
  // slope backwards, for example because a ReLU unit or an L1 weight is exactly 0.
  bool at_kink = false;
};

// The relative change of J by rounding in double: J is a mean of up to some 10^5 losses, added one
// after the other, each with an error of some 10^-15.
constexpr double kCostRounding = 1e-11;
// A step is judged by its predicted change if that is at least this many times the rounding.
constexpr double kClearPromise = 1e3;
// The gradient is right when change / predicted change is this close to 1. (A fault in less than
// half of that part of its squared norm stays hidden; the gradient check finds such faults.)
constexpr double kRatioTolerance = 0.01;
// J falls well when it falls by at least this part of the prediction (Armijo).
constexpr double kGoodFall = 0.1;

// Collective, as `problem` is. Takes up to `steps` steps. J must also change in the first step as
// the gradient predicts, or do so when the step is made smaller, because a gradient can be wrong
// and still point downhill.
DescentResult check_descent(DescentProblem& problem, const DescentOptions& options);

}  // namespace lockstep
