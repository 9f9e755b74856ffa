#include "sets/dev_size.h"

#include <fmt/format.h>

#include "base/binomial.h"
#include "base/number_text.h"

namespace lockstep {

double decided_improvement(const Job& job) {
  const auto& stopping = job.early_stopping;
  if (stopping && stopping->metric == Metric::dev_error && stopping->min_improvement > 0) {
    return stopping->min_improvement;
  }
  return job.evaluation.smallest_improvement;
}

std::vector<std::string> warnings_of_dev_size(const Job& job, double dev_error,
                                              std::uint64_t dev_examples) {
  const bool has_errors = !predicts_values(job.network.output.loss);
  if (dev_examples == 0 || !has_errors) return {};
  const double improvement = decided_improvement(job);
  const double half_width = wilson_half_width(dev_error, dev_examples);
  if (half_width <= improvement) return {};
  return {fmt::format(
      "the dev set is small for the decisions made on it (1.1): at a dev error of {}, {} "
      "examples leave an uncertainty of +-{:.2g} percentage points (95%), but improvements of "
      "{:.2g} are to be detected; {} examples would be enough",
      format_percent(dev_error), dev_examples, 100 * half_width, 100 * improvement,
      examples_for_half_width(dev_error, improvement))};
}

}  // namespace lockstep
