#include "diagnose/descent_verdict.h"

#include <cmath>
#include <cstdint>

#include <fmt/format.h>

#include "base/check.h"

namespace lockstep {
namespace {

std::string describe_rise(const DescentResult& result) {
  const double before = result.costs.back();
  const DescentStep full = result.full_step.value_or(DescentStep{});
  const std::uint64_t step = result.step.value_or(0);
  if (!std::isfinite(full.change)) {
    return fmt::format("J is not finite after step {}; it was {:.9g}", step, before);
  }
  if (full.change < 0) {
    return fmt::format("J fell in step {} by {:.4g}, but its gradient promised a fall of {:.4g}",
                       step, -full.change, -full.promised);
  }
  return fmt::format(
      "J {} in step {}, by {:.4g}: from {:.9g} to {:.9g}; its gradient promised a fall of {:.4g}",
      full.change > 0 ? "rose" : "stood still", step, full.change, before, before + full.change,
      -full.promised);
}

// Describes a J that did not change in the first step.
std::string describe_flat(const DescentResult& result) {
  const double cost = result.costs.back();
  const double squared_norm = result.gradient_norm * result.gradient_norm;
  if (result.suggested_rate) {
    return fmt::format(
        "FAIL: J does not change: it is {:.9g}, and its gradient, of norm {:.3g}, promises a fall "
        "of only {:.3g} with learning rate {:g} (1.5)\n"
        "  likely: the learning rate is too small for the change to be seen\n"
        "  try: --learning-rate {:.1g}",
        cost, result.gradient_norm, result.learning_rate * squared_norm, result.learning_rate,
        *result.suggested_rate);
  }
  return fmt::format(
      "FAIL: J does not change at all: it is {:.9g}, its gradient has a norm of {:.3g} (1.5)\n"
      "  likely: no gradient gets through, or the initial weights are at a minimum\n"
      "  try: lockstep flow, which shows where signals vanish (1.10); or a larger "
      "--learning-rate",
      cost, result.gradient_norm);
}

std::string describe_fall(const DescentResult& result) {
  const std::size_t steps = result.costs.size() - 1;
  std::string text = fmt::format(
      "PASS: J fell in each of {} steps of gradient descent with learning rate {:g}: from {:.9g} "
      "to {:.9g} (1.5, 1.7)",
      steps, result.learning_rate, result.costs.front(), result.costs.back());
  if (result.step) {
    text += fmt::format(
        "\n  then it stayed within rounding: the gradient's norm is {:.3g}, so this is a minimum "
        "or a plateau",
        result.gradient_norm);
  }
  return text;
}

// Explains why the cause of a rise is unknown.
std::string describe_doubt(const DescentResult& result) {
  if (result.at_kink) {
    return "  cause unknown: J has a kink just here (for example, a ReLU unit or an L1 weight is "
           "exactly 0) and need not fall along its gradient\n"
           "  try: other initial weights, and lockstep gradcheck (1.13), which leaves such entries "
           "out";
  }
  if (!result.smaller_steps.empty() && !std::isfinite(result.smaller_steps.back().change)) {
    return fmt::format(
        "  likely: activations or gradients explode (1.10); J is not finite even after a step "
        "with learning rate {:.3g}\n"
        "  try: lockstep flow, which shows where",
        result.smaller_steps.back().learning_rate);
  }
  return "  cause unknown: the changes of J in smaller steps are lost in rounding\n"
         "  try: a smaller --learning-rate, and lockstep gradcheck (1.13)";
}

}  // namespace

bool passed(const DescentResult& result) { return result.outcome == DescentOutcome::fell; }

std::string descent_verdict(const DescentResult& result) {
  switch (result.outcome) {
    case DescentOutcome::fell:
      return describe_fall(result);
    case DescentOutcome::flat:
      return describe_flat(result);
    case DescentOutcome::not_finite:
      return fmt::format(
          "FAIL: {} is not finite before step {}\n"
          "  likely: activations or gradients explode (1.10)\n"
          "  try: lockstep flow, which shows where",
          std::isfinite(result.costs.back()) ? "the gradient" : "J", result.step.value_or(0));
    case DescentOutcome::rate_too_large:
      return fmt::format(
          "FAIL: {} (1.5)\n"
          "  likely: the learning rate {:g} is too large; with smaller steps along the same "
          "gradient J falls {}\n"
          "  try: --learning-rate {:g}",
          describe_rise(result), result.learning_rate,
          result.at_kink
              ? "(but not as the gradient promises: it has a kink just here, for example "
                "a ReLU unit or an L1 weight that is exactly 0)"
              : "as the gradient promises",
          result.suggested_rate.value_or(0));
    case DescentOutcome::gradient_wrong: {
      const DescentStep& last = result.smaller_steps.back();
      return fmt::format(
          "FAIL: {} (1.5)\n"
          "  likely: the gradient is wrong; even with learning rate {:.3g} J changes by {:.4g}, "
          "where the gradient promises {:.4g}\n"
          "  try: lockstep gradcheck (1.13), which shows the layer",
          describe_rise(result), last.learning_rate, last.change, last.promised);
    }
    case DescentOutcome::undecided:
      return fmt::format("FAIL: {} (1.5)\n{}", describe_rise(result), describe_doubt(result));
  }
  check(false, "a known outcome");
  return "";
}

}  // namespace lockstep
