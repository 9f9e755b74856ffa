#pragma once
// Looks at single steps of a run from inside: the trainer's side of the signal-flow monitor.

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "comm/communicator.h"
#include "comm/layout.h"
#include "config/job.h"
#include "nn/network.h"
#include "records/flow.h"
#include "sets/dataset.h"
#include "train/step_engine.h"

namespace lockstep {

class StepProbe {
 public:
  virtual ~StepProbe() = default;

  // Whether to measure the step that follows `step` steps, the same on every rank. The other
  // functions are not called for other steps.
  [[nodiscard]] virtual bool looks_at(std::uint64_t step) const = 0;
  // Collective, before and after that step; the latter only if its loss and gradient were finite.
  virtual void before_step(std::uint64_t step) = 0;
  // A record, on all ranks or on none; it is empty on other ranks than 0.
  virtual std::optional<FlowRecord> after_step(std::uint64_t /*step*/) { return std::nullopt; }
  // The verdict on the last record, for a person; on rank 0, if there was a record.
  [[nodiscard]] virtual std::optional<std::string> verdict() const { return std::nullopt; }
};

// The parts of a run; they live as long as its probe.
struct ProbedRun {
  const Job& job;
  const Communicator& comm;
  const Layout& layout;
  const Dataset& data;
  const Network<float>& network;
  StepEngine<float>& engine;
};

// Makes a probe; does not communicate.
using MakeStepProbe = std::function<std::unique_ptr<StepProbe>(const ProbedRun&)>;

}  // namespace lockstep
