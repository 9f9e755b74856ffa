#pragma once
// A look at single steps of a run from the inside, which must change nothing in
// it: the trainer's side of the signal-flow monitor.

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "comm/communicator.h"
#include "config/job.h"
#include "nn/network.h"
#include "records/flow.h"
#include "train/dataset.h"
#include "train/layout.h"
#include "train/step_engine.h"

namespace lockstep {

class StepProbe {
 public:
  virtual ~StepProbe() = default;

  // Whether to look at the step that follows `step` steps. The same on every
  // rank; of other steps nothing more is asked.
  [[nodiscard]] virtual bool looks_at(std::uint64_t step) const = 0;
  // Collective, around that step. The record is on rank 0, elsewhere empty.
  virtual void before_step(std::uint64_t step) = 0;
  virtual FlowRecord after_step(std::uint64_t step) = 0;
  // What to tell a person of the last record; on rank 0, where there was one.
  [[nodiscard]] virtual std::optional<std::string> verdict() const = 0;
};

// The parts of a run, which live as long as its probe.
struct ProbedRun {
  const Job& job;
  const Communicator& comm;
  const Layout& layout;
  const Dataset& data;
  const Network<float>& network;
  StepEngine<float>& engine;
};

// Does not communicate.
using MakeStepProbe = std::function<std::unique_ptr<StepProbe>(const ProbedRun&)>;

}  // namespace lockstep
