#pragma once
// Predicts the time of a step at a layout from what was measured on one machine and from the plan
// of the exchange. Pure.

#include <cstdint>

#include "comm/exchange_plan.h"
#include "comm/layout.h"
#include "config/job.h"
#include "data/shards.h"
#include "nn/spec.h"
#include "train/step_timing.h"

namespace lockstep {

// What one machine and the network between machines do.
struct MachineRates {
  StepSeconds step;  // of `threads` threads
  int threads = 1;
  double slowdown = 1;          // of computation, where the ranks of a host disturb each other
  double bytes_per_second = 0;  // of a host's link, in each direction
  double latency_seconds = 0;   // from one host to another
};

struct StepPrediction {
  double passes = 0;                // seconds of the passes of the rank with the most shards
  double update = 0;                // joining of sums within a host, and the optimizer
  double exchange = 0;              // between hosts, after the passes
  std::uint64_t sent_bytes = 0;     // by the host that sends or receives the most
  std::uint64_t sent_messages = 0;  // by the host that sends the most

  [[nodiscard]] double total() const { return passes + update + exchange; }
};

StepPrediction predict_step(const Job& job, const NetworkSpec& network,
                            const BatchGeometry& geometry, const Layout& layout, const Hosts& hosts,
                            const MachineRates& rates);

// Seconds of a whole run: its steps, and its evaluations of the training sample and of train-dev
// and dev set, which have `held_out` examples together, as forward passes alone. Loading, saving
// and the test at the end are left out.
double predict_run(const Job& job, const BatchGeometry& geometry, const Layout& layout,
                   std::uint64_t held_out, const MachineRates& rates, const StepPrediction& step);

}  // namespace lockstep
