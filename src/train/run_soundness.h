#pragma once
// The verdict on an evaluation of a run, on which all ranks agree.

#include <optional>

#include "comm/communicator.h"
#include "metrics/scores.h"
#include "nn/network.h"
#include "records/evaluation.h"
#include "train/run_scorer.h"
#include "train/soundness.h"
#include "train/starting_weights.h"

namespace lockstep {

class RunSoundness {
 public:
  // References must live as long as this.
  RunSoundness(const Communicator& comm, const Network<float>& network, RunScorer& scorer,
               const StartingWeights& start)
      : comm_(comm), network_(network), scorer_(scorer), start_(start) {}

  // Collective. Judges rank 0's arguments.
  Soundness judge(const Evaluation& evaluation, const Scores& scores);

 private:
  // Collective. The mean loss on the sample of training examples before the first step, on rank 0.
  // It is a function of the job, and so is the same after a resume.
  double loss_of_initial_weights();

  const Communicator& comm_;
  const Network<float>& network_;
  RunScorer& scorer_;
  const StartingWeights& start_;
  std::optional<double> initial_loss_;  // computed when it is needed
};

}  // namespace lockstep
