#pragma once
// The signal-flow monitor of a training run (lecture 1.10, 1.11): job field
// `monitor`.

#include <memory>

#include "train/step_probe.h"

namespace lockstep {

// For TrainOptions::make_monitor; the job has a `monitor`. It looks at the first
// step and at every `every_steps`-th: activations and deltas of a fixed sample at
// the weights before the step, the gradient of J that the step used (dropout and
// augmentation on), and what it did to the weights. Rank 0 holds the weights once
// more and gathers the gradient for it.
std::unique_ptr<StepProbe> make_flow_monitor(const ProbedRun& run);

}  // namespace lockstep
