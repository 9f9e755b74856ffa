#pragma once
// The signal-flow monitor of a training run (lecture 1.10, 1.11): job field
// `monitor`.

#include <memory>

#include "train/step_probe.h"

namespace lockstep {

// For TrainOptions::make_monitor; the job must have a `monitor`. It measures the first step and
// every `every_steps`-th one: activations and deltas of a fixed sample at the weights before the
// step, the gradient of J that the step used (dropout and augmentation on), and the change of the
// weights. For this, rank 0 keeps a second copy of the weights and gathers the gradient.
std::unique_ptr<StepProbe> make_flow_monitor(const ProbedRun& run);

}  // namespace lockstep
