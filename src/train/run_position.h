#pragma once
// The state of a run besides that of its StepEngine. A plain value.

#include <cstdint>
#include <vector>

#include "records/session.h"
#include "train/early_stopping.h"

namespace lockstep {

struct RunPosition {
  std::uint64_t step = 0;            // steps done
  std::uint64_t interval_rows = 0;   // rows since the last evaluation
  EarlyStoppingState stopping;       // on rank 0 only
  std::vector<RunSession> sessions;  // on rank 0 all so far, on other ranks this one
};

}  // namespace lockstep
