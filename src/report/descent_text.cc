#include "report/descent_text.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "diagnose/descent_verdict.h"

namespace lockstep {
namespace {

constexpr std::size_t kShownSteps = 11;

std::string cost_table(const std::vector<double>& costs) {
  std::string text = fmt::format("{:>6} {:>18} {:>14}\n", "step", "J", "change");
  const std::size_t shown = std::min(costs.size(), kShownSteps);
  for (std::size_t i = 0; i < shown; ++i) {
    const std::size_t step = shown < 2 ? 0 : i * (costs.size() - 1) / (shown - 1);
    text += fmt::format("{:>6} {:>18.9g} {:>14}\n", step, costs[step],
                        step == 0 ? "" : fmt::format("{:.4g}", costs[step] - costs[step - 1]));
  }
  if (shown < costs.size()) {
    text += fmt::format("{} of {} steps; --json has all\n", shown - 1, costs.size() - 1);
  }
  return text;
}

std::string step_table(const DescentResult& result) {
  if (!result.full_step || !result.step) return "";
  std::string text =
      fmt::format("\nstep {}, and shorter ones along the same gradient:\n", *result.step);
  text += fmt::format("{:>14} {:>14} {:>14} {:>10}\n", "learning rate", "change of J", "promised",
                      "ratio");
  const auto line = [&](const DescentStep& step) {
    const bool finite = std::isfinite(step.change);
    text += fmt::format("{:>14.3g} {:>14} {:>14.4g} {:>10}\n", step.learning_rate,
                        finite ? fmt::format("{:.4g}", step.change) : "not finite", step.promised,
                        finite ? fmt::format("{:.4g}", step.ratio()) : "-");
  };
  line(*result.full_step);
  for (const DescentStep& step : result.smaller_steps) line(step);
  return text;
}

Json step_json(const DescentStep& step) {
  Json object;
  set_number(object, "learning_rate", step.learning_rate);
  set_number(object, "change", step.change);
  set_number(object, "promised", step.promised);
  set_number(object, "ratio", step.ratio());
  return object;
}

}  // namespace

std::string descent_text(const DescentSubject& subject, const DescentResult& result) {
  const std::string examples = subject.examples == subject.train_examples
                                   ? fmt::format("all {} training examples", subject.examples)
                                   : fmt::format("a fixed sample of {} of {} training examples",
                                                 subject.examples, subject.train_examples);
  std::string text = fmt::format(
      "{}: {} parameters; gradient descent, learning rate {:g} ({}); every step on {}; dropout "
      "and augmentation off; J with its penalty, in double\n\n",
      subject.job, subject.parameters, result.learning_rate, subject.rate_from, examples);
  return text + cost_table(result.costs) + step_table(result) + "\n" + descent_verdict(result) +
         "\n";
}

Json descent_json(const DescentSubject& subject, const DescentResult& result) {
  Json object;
  object["job"] = subject.job;
  object["passed"] = passed(result);
  object["outcome"] = enum_name(result.outcome);
  object["verdict"] = descent_verdict(result);
  object["parameters"] = subject.parameters;
  object["examples"] = subject.examples;
  object["train_examples"] = subject.train_examples;
  set_number(object, "learning_rate", result.learning_rate);
  object["at_kink"] = result.at_kink;
  object["learning_rate_from"] = subject.rate_from;
  object["steps_asked"] = result.steps_asked;
  object["steps_fallen"] = result.costs.size() - 1;
  object["step"] = result.step ? Json(*result.step) : Json();
  object["full_step"] = result.full_step ? step_json(*result.full_step) : Json();
  Json steps = Json::array();
  for (const DescentStep& step : result.smaller_steps) steps.push_back(step_json(step));
  object["trials"] = steps;
  set_number(object, "suggested_learning_rate", result.suggested_rate);
  set_number(object, "gradient_norm", result.gradient_norm);
  object["costs"] = result.costs;  // NaN becomes null
  return object;
}

}  // namespace lockstep
