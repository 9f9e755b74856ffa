#include <fmt/format.h>

#include "diagnose/optimizer_fields.h"
#include "diagnose/remedies.h"

namespace lockstep {
RecipeStep against_divergence(const Job& job) {
  const double before = base_learning_rate(job.optimizer);
  const double after = before / 10;
  RecipeStep step;
  step.against = RecipeTarget::divergence;
  step.kind = "smaller learning rate";
  step.action = fmt::format("a learning rate of {:g}", after);
  step.reason = fmt::format(
      "with {:g} the cost blew up; J must fall before bias and variance can be measured (1.3, 1.7)",
      before);
  step.expected = "a training that reaches its end";
  step.set = {learning_rate_line(job.optimizer, after)};
  return step;
}

}  // namespace lockstep
