#include "diagnose/descent.h"

#include <cmath>

namespace lockstep {
namespace {

// Each of the smaller steps is a tenth of the one before. The predicted falls range from 10 J to
// 1e-8 J, which is too small to see.
constexpr int kMostSmallerSteps = 12;

double rounding(double cost) { return kCostRounding * std::abs(cost); }

bool agrees(const DescentStep& tried) { return std::abs(tried.ratio() - 1) <= kRatioTolerance; }

class Check {
 public:
  Check(DescentProblem& problem, const DescentOptions& options)
      : problem_(problem), options_(options) {
    result_.learning_rate = options.learning_rate;
    result_.steps_asked = options.steps;
  }

  DescentResult run() {
    cost_ = problem_.cost();
    result_.costs.push_back(cost_);
    if (!std::isfinite(cost_)) return end(DescentOutcome::not_finite, 1);
    for (std::uint64_t step = 1; step <= options_.steps; ++step) {
      squared_norm_ = problem_.hold();
      result_.gradient_norm = std::sqrt(squared_norm_);
      if (!std::isfinite(squared_norm_)) return end(DescentOutcome::not_finite, step);
      if (squared_norm_ == 0) return end_flat(step);
      const DescentStep full = try_rate(options_.learning_rate);
      const bool clear = is_clear(full);
      if (!clear && std::abs(full.change) <= rounding(cost_)) {
        return end_flat(step);
      }
      // NaN and infinity count as rises.
      const bool fell = full.change < -rounding(cost_);
      const bool as_promised = fell && (step > 1 || agrees(full));
      if (!as_promised) {
        const DescentOutcome outcome = judge_smaller_steps();
        if (!fell || outcome == DescentOutcome::gradient_wrong) {
          result_.full_step = full;
          return end(outcome, step);
        }
        forget_steps();
        (void)try_rate(options_.learning_rate);
      }
      cost_ = last_cost_;
      result_.costs.push_back(cost_);
      if (options_.on_step) options_.on_step(step, cost_);
    }
    return result_;
  }

 private:
  DescentResult end(DescentOutcome outcome, std::uint64_t step) {
    result_.outcome = outcome;
    result_.step = step;
    return result_;
  }

  DescentResult end_flat(std::uint64_t step) {
    if (step > 1) return end(DescentOutcome::fell, step);
    // The largest rate that is suggested. At the suggested rate the gradient predicts a fall of a
    // thousandth of J.
    constexpr double kLargestUseful = 1e3;
    const double useful = 1e-3 * std::abs(cost_) / squared_norm_;
    if (useful > 0 && useful <= kLargestUseful) result_.suggested_rate = useful;
    return end(DescentOutcome::flat, step);
  }

  // Moves from the held point.
  DescentStep try_rate(double rate) {
    problem_.move(rate);
    last_cost_ = problem_.cost();
    return {rate, last_cost_ - cost_, -rate * squared_norm_};
  }

  [[nodiscard]] bool is_clear(const DescentStep& tried) const {
    return -tried.promised >= kClearPromise * rounding(cost_);
  }

  // A tenth, a hundredth, ... of the requested rate: the first with a predicted fall that is not
  // impossible. J is not negative, so it cannot fall by more than itself.
  [[nodiscard]] double first_rate_to_judge() const {
    constexpr double kTooFar = 10;
    double rate = options_.learning_rate / 10;
    while (rate * squared_norm_ > kTooFar * std::abs(cost_)) rate /= 10;
    return rate;
  }

  DescentOutcome judge_smaller_steps() {
    double rate = first_rate_to_judge();
    for (int i = 0; i < kMostSmallerSteps; ++i, rate /= 10) {
      const DescentStep tried = try_rate(rate);
      if (!is_clear(tried)) break;
      result_.smaller_steps.push_back(tried);
      if (!result_.suggested_rate && tried.ratio() >= kGoodFall) result_.suggested_rate = rate;
      if (agrees(tried)) return DescentOutcome::rate_too_large;
    }
    if (result_.smaller_steps.empty()) return DescentOutcome::undecided;
    // The steps became too small to see before the ratio reached 1. To first order the distance of
    // the ratio from 1 falls with the step's length, if the gradient is the true one.
    const std::size_t n = result_.smaller_steps.size();
    if (n >= 2) {
      const double before = std::abs(result_.smaller_steps[n - 2].ratio() - 1);
      const double last = std::abs(result_.smaller_steps[n - 1].ratio() - 1);
      if (!std::isfinite(before) || last < before / 5) {
        return result_.suggested_rate ? DescentOutcome::rate_too_large : DescentOutcome::undecided;
      }
    } else {
      return result_.suggested_rate ? DescentOutcome::rate_too_large : DescentOutcome::undecided;
    }
    // At a kink the gradient is one of many, and J need not change with its slope.
    result_.at_kink = has_kink(result_.smaller_steps[n - 2], result_.smaller_steps[n - 1]);
    if (!result_.at_kink) return DescentOutcome::gradient_wrong;
    return result_.smaller_steps[n - 1].ratio() >= kGoodFall ? DescentOutcome::rate_too_large
                                                             : DescentOutcome::undecided;
  }

  // The changes of J by a step forwards and one backwards cancel to first order, except at a kink.
  // Returns their sum divided by the predicted change.
  double asymmetry(const DescentStep& forwards) {
    const DescentStep backwards = try_rate(-forwards.learning_rate);
    return std::abs((forwards.change + backwards.change) / forwards.promised);
  }

  // Without a kink the asymmetry falls with the steps' length.
  bool has_kink(const DescentStep& longer, const DescentStep& shorter) {
    const double last = asymmetry(shorter);
    return last > kRatioTolerance && last > asymmetry(longer) / 5;
  }

  void forget_steps() {
    result_.smaller_steps.clear();
    result_.suggested_rate = std::nullopt;
    result_.at_kink = false;
  }

  DescentProblem& problem_;
  const DescentOptions& options_;
  DescentResult result_;
  double cost_ = 0;  // at the held point
  double last_cost_ = 0;
  double squared_norm_ = 0;
};

}  // namespace

DescentResult check_descent(DescentProblem& problem, const DescentOptions& options) {
  return Check(problem, options).run();
}

}  // namespace lockstep
