#include "train/run_soundness.h"

#include <span>
#include <vector>

namespace lockstep {

Soundness RunSoundness::judge(const Evaluation& evaluation, const Scores& scores) {
  const double train_loss = mean_loss(scores.train).value_or(0);
  Soundness soundness = Soundness::sound;
  if (comm_.is_root()) {
    soundness = lockstep::judge(network_.spec(), evaluation.cost, train_loss, evaluation.dev_cost);
  }
  comm_.broadcast(soundness);
  if (soundness != Soundness::beyond_guessing) return soundness;
  if (!initial_loss_) initial_loss_ = loss_of_initial_weights();
  if (comm_.is_root()) soundness = confirm(train_loss, *initial_loss_);
  comm_.broadcast(soundness);
  return soundness;
}

double RunSoundness::loss_of_initial_weights() {
  std::vector<float> initial(network_.parameter_table().size);
  start_.set(std::span(initial));
  return mean_loss(scorer_.sample(initial)).value_or(0);
}

}  // namespace lockstep
