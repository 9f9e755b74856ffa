#include "train/progress_record.h"

namespace lockstep {

Progress progress_record(const StepCounts& counts, std::uint64_t step,
                         const BatchGeometry& geometry, std::span<const LossSums> own_losses,
                         std::uint64_t interval_rows, double seconds) {
  double loss = 0;
  for (const LossSums& shard : own_losses) loss += shard.loss;
  const auto rows = static_cast<double>(interval_rows);
  const double own_rows =
      rows * static_cast<double>(own_losses.size()) / static_cast<double>(geometry.shards);
  return {.step = step,
          .total_steps = counts.total,
          .epoch = counts.epochs(step),
          .batch_cost = loss / own_rows,
          .examples_per_second = rows / seconds};
}

}  // namespace lockstep
