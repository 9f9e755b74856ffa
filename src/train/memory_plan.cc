#include "train/memory_plan.h"

#include <algorithm>
#include <variant>
#include <vector>

#include <fmt/format.h>

#include "base/error.h"
#include "base/number_text.h"
#include "comm/exchange_plan.h"
#include "comm/gradient_tree.h"
#include "metrics/dev_metric.h"
#include "model/build.h"
#include "nn/layers.h"
#include "nn/network.h"
#include "optim/optimizer.h"
#include "sets/assign_shards.h"
#include "sets/evaluation_blocks.h"
#include "train/background_save.h"
#include "train/owned_optimizer.h"
#include "train/rank_passes.h"
#include "train/run_scorer.h"

namespace lockstep {
namespace {

// Resident memory of a rank that has started MPI and the BLAS and nothing else.
constexpr std::uint64_t kProgramBytes = 64ULL << 20;

// Bytes for each example, on every rank: its number in the list of unassigned examples, in the
// shuffled order and in the order of its shard, while the examples are assigned.
constexpr std::uint64_t kDealingBytes = 3 * sizeof(std::uint32_t);

// Bytes for each shard, on every rank: the numbers and rows of its examples, its losses while they
// are gathered and saved, and its place in the plans of workers. Measured: 252 to 295 bytes.
constexpr std::uint64_t kShardBytes = 304;

// Bytes of the examples of own shards and of held-out sets; rank 0 has the latter twice while it
// hands them out.
std::uint64_t example_bytes(const BatchGeometry& geometry, Range own_shards,
                            const DatasetSizes& sizes) {
  const std::uint64_t held_out = sizes.train_dev + sizes.dev + sizes.test;
  std::uint64_t own = 0;
  for (std::uint64_t s = own_shards.begin; s < own_shards.end; ++s) own += shard_size(geometry, s);
  return (own + held_out * 2) * sizes.bytes_per_example + kDealingBytes * (sizes.train + held_out);
}

// Bytes of the predictions of the larger of the dev and test sets, with labels and decisions: those
// of all ranks on rank 0 and, on one rank, its own in the lists of the threads and end to end.
std::uint64_t prediction_bytes(const Job& job, const NetworkSpec& network,
                               const DatasetSizes& sizes) {
  const std::uint64_t outputs = output_size(network);
  const std::uint64_t examples = std::max(sizes.dev, sizes.test);
  if (examples * outputs > kMostPredictions && !needs_predictions(stopping_metric(job))) return 0;
  return 3 * examples * (2 * outputs + sizes.label_width) * sizeof(float);
}

// Bytes of all threads; on rank 0 also the weights before the step, the gradient of its own pieces
// and the whole gradient.
std::uint64_t monitor_bytes(const MonitorConfig& monitor, const NetworkSpec& network,
                            std::uint64_t train_examples, std::uint64_t shards,
                            std::uint64_t threads, std::uint64_t parameter_bytes) {
  const std::uint64_t rows =
      std::min<std::uint64_t>({monitor.examples / shards + 1, train_examples, kEvaluationRows});
  return threads * Workspace<float>::bytes(network, rows) + Panels<float>::bytes(network) +
         3 * parameter_bytes;
}

}  // namespace

void check_ranks(int ranks, std::uint32_t shards) {
  if (static_cast<std::uint32_t>(ranks) <= shards) return;
  throw Error(
      ExitCode::usage,
      fmt::format("{} ranks, but training.shards is {}: use at most {} and more threads for "
                  "each rank, or more shards",
                  ranks, shards, format_quantity(shards, "rank")));
}

MemoryPlan plan_memory(const Job& job, const NetworkSpec& network, const DatasetSizes& sizes,
                       const Layout& layout, const Hosts& hosts) {
  const std::uint64_t parameters = parameter_table(network).size;
  const std::uint64_t parameter_bytes = parameters * sizeof(float);
  const std::uint64_t shards = job.training.shards;
  const BatchGeometry geometry = batch_geometry(job.training, sizes.train);

  const ShardAssignment assignment = assign_shards(job, network, geometry, layout, hosts);
  const std::vector<WorkerPlan> plans = plans_of_ranks(geometry, assignment);
  const std::uint64_t own_shards = assignment.front().size();
  const auto ownership = Ownership::with_bucket_bytes(parameters, job.exchange.bucket_bytes,
                                                      sizeof(float), layout.ranks);
  const auto threads = static_cast<std::uint64_t>(layout.threads);
  const Optimizer optimizer = job.optimizer;
  const Precision precision = job.exchange.precision;

  MemoryPlan plan;
  plan.examples = example_bytes(geometry, assignment.front(), sizes);
  plan.weights = (job.training.weights_from.empty() ? 2 : 3) * parameter_bytes;
  plan.gradients = plans.front().buffers * parameter_bytes;
  plan.exchange = exchange_buffer_bytes(ownership, plans, 0, sizeof(float));
  if (precision == Precision::bfloat16) plan.exchange += packed_bytes(ownership, plans, 0);
  plan.optimizer = OwnedOptimizer<float>::bytes(optimizer, ownership, 0, precision);
  plan.activations = RankPasses<float>::bytes(network, geometry, own_shards,
                                              /*ahead=*/layout.prefetch_threads > 0) +
                     Panels<float>::bytes(for_evaluation(network, job.network)) +
                     threads * Workspace<float>::bytes(network, kEvaluationRows);
  if (job.checkpointing.enabled) {
    const auto slots = OwnedOptimizer<float>::slot_names(optimizer, precision);
    plan.checkpoint = BackgroundSave::bytes(ownership, 1 + slots.size());
  }
  plan.predictions = prediction_bytes(job, network, sizes);
  if (job.training.on_nonfinite == OnNonfinite::roll_back) {
    plan.rollback = ownership.owned(0) * sizeof(float) + plan.optimizer;
  }
  if (job.monitor) {
    plan.monitor =
        monitor_bytes(*job.monitor, network, sizes.train, shards, threads, parameter_bytes);
  }
  plan.shards = shards * kShardBytes;
  if (std::holds_alternative<Standardize>(job.data.normalization)) {
    // Sums of every feature over every shard, and all of them after gathering.
    plan.shards += 2 * shards * size_of(network.input) * sizeof(double);
  }
  if (std::holds_alternative<RobustScale>(job.data.normalization)) {
    plan.shards += 2 * sizes.train * sizeof(float);  // rank 0 sorts one feature at a time
  }
  plan.program = kProgramBytes;
  return plan;
}

}  // namespace lockstep
