#include <string>
#include <type_traits>
#include <variant>

#include <fmt/format.h>

#include "diagnose/remedies.h"
#include "train/build.h"

namespace lockstep {
namespace {

// As fields of `optimizer` are called.
std::string name_of(const OptimizerConfig& optimizer) {
  return std::visit(
      []<typename Kind>(const Kind&) {
        if constexpr (std::is_same_v<Kind, GradientDescentConfig>) return "gradient_descent";
        if constexpr (std::is_same_v<Kind, MomentumConfig>) return "momentum";
        if constexpr (std::is_same_v<Kind, NesterovConfig>) return "nesterov";
        if constexpr (std::is_same_v<Kind, RmsPropConfig>) return "rmsprop";
        if constexpr (std::is_same_v<Kind, AdamConfig>) return "adam";
      },
      optimizer);
}

}  // namespace

RecipeStep against_divergence(const Job& job) {
  const double before = base_learning_rate(job.optimizer);
  const double after = before / 10;
  RecipeStep step;
  step.against = "divergence";
  step.kind = "smaller learning rate";
  step.action = fmt::format("a learning rate of {:g}", after);
  step.reason = fmt::format(
      "with {:g} the cost blew up: before bias and variance can be told, J must fall (1.3, 1.7)",
      before);
  step.expected = "a training that comes to its end";
  step.set = {fmt::format("optimizer.{}.learning_rate={:g}", name_of(job.optimizer), after)};
  return step;
}

}  // namespace lockstep
