#pragma once
// Builds the reports between evaluations from the measurements. Pure.

#include <cstdint>
#include <span>

#include "data/shards.h"
#include "nn/loss.h"
#include "records/progress.h"
#include "train/step_counts.h"

namespace lockstep {

// The progress after `step` steps. `own_losses`: one for each shard of this rank, since the last
// evaluation; they are taken as typical of all shards. `interval_rows`: rows of all shards since
// the last evaluation, which was `seconds` ago.
Progress progress_record(const StepCounts& counts, std::uint64_t step,
                         const BatchGeometry& geometry, std::span<const LossSums> own_losses,
                         std::uint64_t interval_rows, double seconds);

}  // namespace lockstep
