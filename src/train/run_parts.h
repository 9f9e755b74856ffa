#pragma once
// The parts of one training run, which its stages share. What it refers to lives longer than the
// run.

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "comm/communicator.h"
#include "config/job.h"
#include "nn/network.h"
#include "sets/dataset.h"
#include "train/run_checkpoints.h"
#include "train/run_reporter.h"
#include "train/run_scorer.h"
#include "train/starting_weights.h"
#include "train/step_counts.h"
#include "train/step_engine.h"
#include "train/step_probe.h"
#include "train/trainer.h"

namespace lockstep {

struct RunParts {
  const Job& job;
  const std::string& resolved_job;
  const Communicator& comm;
  const TrainOptions& options;
  const std::map<std::string, std::string>& versions;  // versions of the environment
  const Dataset& data;
  const Network<float>& network;
  StepEngine<float>& engine;
  RunCheckpoints& checkpoints;
  RunScorer& scorer;
  const StartingWeights& start;
  const std::vector<std::unique_ptr<StepProbe>>& probes;
  const RunReporter& reporter;
  StepCounts counts;
};

}  // namespace lockstep
