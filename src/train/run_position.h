#pragma once
// The state of a run besides that of its StepEngine. A plain value.

#include <cstdint>
#include <optional>
#include <vector>

#include "checkpoint/checkpoint.h"
#include "records/session.h"
#include "train/early_stopping.h"

namespace lockstep {

struct RunPosition {
  std::uint64_t step = 0;           // steps done
  std::uint64_t interval_rows = 0;  // rows since the last evaluation
  // Numbers of records up to `step`, on rank 0; absent: an older build, which did not count, began.
  std::optional<std::uint64_t> evaluations = 0;
  std::optional<std::uint64_t> flow_records = 0;
  std::uint64_t skipped_steps = 0;  // steps so far that changed nothing
  Rollbacks rollbacks = {};
  std::optional<float> threshold;    // of the last evaluation, on rank 0; see metrics/threshold.h
  EarlyStoppingState stopping;       // on rank 0 only
  std::vector<RunSession> sessions;  // on rank 0 all so far, on other ranks this one
};

}  // namespace lockstep
