#pragma once
// The descent check (lecture 1.5, 1.7): with dropout off, every step of gradient
// descent on the whole training set must make J, the cost with its penalty,
// smaller. Where it does not, either the learning rate is too large or the
// gradient is not that of J; which of the two, shows in ever smaller steps along
// the same gradient.

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

namespace lockstep {

// A cost and its gradient, which can be walked along. Every member is collective
// and gives the same on every rank.
class DescentProblem {
 public:
  virtual ~DescentProblem() = default;
  // J at the current weights.
  virtual double cost() = 0;
  // Right after cost(): holds the weights and the gradient there, from which all
  // moves start until the next hold. Returns the gradient's squared norm.
  virtual double hold() = 0;
  // The weights become those held - rate * the gradient held.
  virtual void move(double rate) = 0;
};

struct DescentOptions {
  std::uint64_t steps = 50;  // at least 1
  double learning_rate = 0.1;
  // After each step that made J smaller, on every rank.
  std::function<void(std::uint64_t step, double cost)> on_step = {};
};

enum class DescentOutcome {
  fell,            // at every step, or until only rounding was left
  flat,            // from the first step: the gradient is (nearly) zero
  rate_too_large,  // J rose, but falls as its gradient says when steps are small
  gradient_wrong,  // J does not change as its gradient says, however small the step
  not_finite,      // J or its gradient, before any step could be judged
  undecided,       // J rose where smaller steps are lost in rounding, or at a kink
};

// A step of another length along the same gradient.
struct DescentTrial {
  double learning_rate = 0;
  double change = 0;    // of J
  double promised = 0;  // by the gradient, to first order: -rate * ||gradient||^2

  // 1 for small enough steps along the true gradient.
  [[nodiscard]] double ratio() const { return change / promised; }
};

struct DescentResult {
  DescentOutcome outcome = DescentOutcome::fell;
  double learning_rate = 0;
  std::uint64_t steps_asked = 0;
  std::vector<double> costs;  // J at the start and after each step, up to the last one judged
  // The step (from 1) that J rose in, or was flat in, or that could not be judged.
  std::optional<std::uint64_t> step;
  std::optional<DescentTrial> full_step;  // that step; its change may not be finite
  double gradient_norm = 0;               // at the last weights held
  std::vector<DescentTrial> trials;       // smaller and smaller
  // The largest learning rate tried by which J falls well; of an outcome that is flat
  // for want of one, a rate whose promise can be seen.
  std::optional<double> suggested_rate;
  // J has a kink at the last weights held: it changes by another slope forwards along
  // the gradient than backwards, as where a ReLU unit or an L1 weight is exactly 0.
  bool at_kink = false;
};

// What rounding in double may change in J: it is a mean over up to some 10^5
// losses, added one after the other, each with an error of some 10^-15.
constexpr double kCostRounding = 1e-11;
// A step is judged by the gradient's promise when that is so many times rounding.
constexpr double kClearPromise = 1e3;
// The gradient is right when the change over its promise comes so close to 1. (A
// fault in less than half of that part of its squared norm stays hidden: for those
// there is the gradient check.)
constexpr double kRatioTolerance = 0.01;
// J falls well when it does by at least this part of the promise (Armijo).
constexpr double kGoodFall = 0.1;

// Collective, as `problem` is. Takes up to `steps` steps. The first one must also
// change J as the gradient says, or do so when it is made smaller: a gradient can
// be wrong and still point downhill.
DescentResult check_descent(DescentProblem& problem, const DescentOptions& options);

}  // namespace lockstep
