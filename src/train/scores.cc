#include "train/scores.h"

namespace lockstep {

std::optional<double> error_rate(Loss loss, const SetScore& score) {
  if (score.examples == 0 || !has_error_rate(loss)) return std::nullopt;
  return score.sums.errors / static_cast<double>(score.examples);
}

std::optional<double> mean_loss(const SetScore& score) {
  if (score.examples == 0) return std::nullopt;
  return score.sums.loss / static_cast<double>(score.examples);
}

}  // namespace lockstep
