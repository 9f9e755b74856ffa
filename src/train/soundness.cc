#include "train/soundness.h"

#include <cmath>

#include <fmt/format.h>

#include "nn/guessing.h"

namespace lockstep {

Soundness judge(const NetworkSpec& network, double cost, double train_loss,
                std::optional<double> dev_cost) {
  if (!std::isfinite(cost)) return Soundness::cost_not_finite;
  if (is_beyond_guessing(network, train_loss)) return Soundness::beyond_guessing;
  if (!std::isfinite(dev_cost.value_or(0))) return Soundness::dev_cost_not_finite;
  return Soundness::sound;
}

Soundness confirm(double train_loss, double initial_loss) {
  return train_loss <= kBeyondGuessing * initial_loss ? Soundness::sound
                                                      : Soundness::beyond_guessing;
}

bool is_divergence(Soundness soundness) {
  return soundness == Soundness::cost_not_finite || soundness == Soundness::beyond_guessing;
}

std::string divergence(Soundness soundness) {
  if (soundness == Soundness::cost_not_finite) return "the cost is not finite";
  return fmt::format(
      "the training loss is more than {:g} times that of guessing and "
      "of the initial weights",
      kBeyondGuessing);
}

Error dev_cost_error(std::uint64_t step) {
  return {ExitCode::data,
          fmt::format("the dev cost is not finite at step {}, although J is: some example of "
                      "the dev set has values so far from those of the training set that its "
                      "outputs are beyond float; look for extreme values in the dev set, or "
                      "split it off the training source",
                      step)};
}

}  // namespace lockstep
