#pragma once
// What is told between evaluations, built from what was measured. Pure.

#include <cstdint>
#include <span>

#include "data/shards.h"
#include "nn/loss.h"
#include "records/observer.h"
#include "train/step_counts.h"

namespace lockstep {

// After `step` steps. `own_losses`: of the shards of this rank alone, each since the last
// evaluation, which stand for all. `interval_rows`: of all shards, since the last
// evaluation, which was `seconds` ago.
Progress progress_record(const StepCounts& counts, std::uint64_t step,
                         const BatchGeometry& geometry, std::span<const LossSums> own_losses,
                         std::uint64_t interval_rows, double seconds);

}  // namespace lockstep
