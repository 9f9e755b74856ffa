#pragma once
// Where a run stands, besides what its StepEngine holds. A plain value.

#include <cstdint>
#include <vector>

#include "records/session.h"
#include "train/early_stopping.h"

namespace lockstep {

struct RunPosition {
  std::uint64_t step = 0;            // steps done
  std::uint64_t interval_rows = 0;   // trained on since the last evaluation
  EarlyStoppingState stopping;       // on rank 0 only
  std::vector<RunSession> sessions;  // on rank 0 all so far, elsewhere this one
};

}  // namespace lockstep
