#include "metrics/scores.h"

namespace lockstep {

std::optional<double> error_rate(const SetScore& score) { return error_rate(score.sums); }

double wrong_examples(const SetScore& score) {
  return error_rate(score).value_or(0) * static_cast<double>(score.examples);
}

std::optional<double> mean_loss(const SetScore& score) {
  if (score.examples == 0) return std::nullopt;
  return score.sums.loss / static_cast<double>(score.examples);
}

}  // namespace lockstep
