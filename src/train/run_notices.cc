#include "train/run_notices.h"

#include <fmt/format.h>

#include "sets/dev_size.h"
#include "train/cautions.h"

namespace lockstep {

std::optional<std::string> skipped_step_notice(std::uint64_t step, std::uint64_t in_session,
                                               const std::string& why) {
  if (in_session > kReportedSkippedSteps) return std::nullopt;
  return fmt::format(
      "warning: step {} is skipped, and changes no weight: {}{}", step, why,
      in_session == kReportedSkippedSteps ? "; further skipped steps are only counted" : "");
}

std::vector<std::string> end_notices(const Job& job, const RunPosition& position,
                                     const Scores& scores, const EndFacts& facts) {
  std::vector<std::string> notices;
  if (facts.with_cautions && facts.finished) {
    if (const auto caution = dropout_caution(job.network, scores)) notices.push_back(*caution);
  }
  if (job.evaluation.threshold && !scores.dev.metrics.threshold) {
    notices.emplace_back(
        "warning: no threshold reaches the goal of evaluation.threshold on the dev set, so the "
        "model decides for the more probable class");
  }
  if (position.skipped_steps > 0) {
    notices.push_back(
        fmt::format("warning: {} of the {} steps of this run were skipped, because they were not "
                    "finite (training.on_nonfinite)",
                    position.skipped_steps, position.step));
  }
  if (position.rollbacks.count > 0) {
    notices.push_back(
        fmt::format("warning: this run rolled back {} times because it diverged, and ended with "
                    "{:g} times the learning rate of the job; choose a smaller rate",
                    position.rollbacks.count, position.rollbacks.rate_factor));
  }
  if (facts.with_cautions && facts.dev_error) {
    for (std::string& warning : warnings_of_dev_size(job, *facts.dev_error, facts.dev_examples)) {
      notices.push_back(std::move(warning));
    }
  }
  return notices;
}

}  // namespace lockstep
