#include "train/memory_plan.h"

#include <algorithm>
#include <variant>
#include <vector>

#include <fmt/format.h>

#include "base/error.h"
#include "comm/exchange_plan.h"
#include "comm/gradient_tree.h"
#include "optim/optimizer.h"
#include "train/build.h"
#include "train/shard_worker.h"

namespace lockstep {
namespace {

// Resident memory of a rank that has started MPI and the BLAS and nothing else.
constexpr std::uint64_t kProgramBytes = 64ULL << 20;

// Of every example, on every rank: its number while the examples are dealt out, in
// the list of those that are left, in their order and in that of its shard.
constexpr std::uint64_t kDealingBytes = 3 * sizeof(std::uint32_t);

// Of every shard, on every rank: its examples' numbers and rows, its losses while they
// are gathered and saved, its place in the plans of workers. Measured: 252 to 264 bytes.
constexpr std::uint64_t kShardBytes = 288;

std::uint64_t workspace_bytes(const NetworkSpec& network, std::uint64_t rows) {
  std::uint64_t values = network.inputs;
  for (std::size_t i = 0; i < network.layers.size(); ++i) {
    const std::uint64_t buffers = i + 1 < network.layers.size() ? 3 : 2;
    values += buffers * network.layers[i].outputs;
  }
  return values * rows * sizeof(float);
}

}  // namespace

void check_layout(const Layout& layout, std::uint32_t shards) {
  if (static_cast<std::uint32_t>(layout.workers()) <= shards) return;
  throw Error(ExitCode::usage,
              fmt::format("{} ranks x {} threads are {} workers, but training.shards is {}: use at "
                          "most {} workers, or more shards",
                          layout.ranks, layout.threads, layout.workers(), shards, shards));
}

MemoryPlan plan_memory(const Job& job, const NetworkSpec& network, const DatasetSizes& sizes,
                       const Layout& layout) {
  const std::uint64_t parameters = parameter_layout(network).size;
  const std::uint64_t parameter_bytes = parameters * sizeof(float);
  const auto ranks = static_cast<std::uint64_t>(layout.ranks);
  const auto workers = static_cast<std::uint64_t>(layout.workers());
  const std::uint64_t shards = job.training.shards;
  const BatchGeometry geometry = batch_geometry(job.training, sizes.train);

  std::vector<WorkerPlan> plans;
  for (std::uint64_t worker = 0; worker < workers; ++worker) {
    plans.push_back(plan_worker(worker_shards(shards, workers, worker), shards));
  }
  std::uint64_t gradient_buffers = 0;
  for (int thread = 0; thread < layout.threads; ++thread) {
    gradient_buffers += plans[static_cast<std::size_t>(thread)].buffers;
  }
  const auto ownership = Ownership::with_bucket_bytes(parameters, job.exchange.bucket_bytes,
                                                      sizeof(float), layout.ranks);
  std::uint64_t own_examples = 0;
  const Range own = rank_shards(shards, ranks, static_cast<std::uint64_t>(layout.threads), 0);
  for (std::uint64_t s = own.begin; s < own.end; ++s) own_examples += shard_size(geometry, s);

  MemoryPlan plan;
  plan.examples =
      (own_examples + (sizes.train_dev + sizes.dev + sizes.test) * 2) * sizes.bytes_per_example +
      kDealingBytes * (sizes.train + sizes.train_dev + sizes.dev + sizes.test);
  plan.weights = 2 * parameter_bytes;
  plan.gradients = gradient_buffers * parameter_bytes;
  plan.exchange = exchange_buffer_bytes(ownership, plans, shards, layout.threads, 0, sizeof(float));
  const std::uint64_t slots = slot_names(build_optimizer(job.optimizer)).size();
  plan.optimizer = slots * ownership.owned(0) * sizeof(float);
  const std::uint64_t rows =
      std::min({geometry.rows_per_shard, shard_size(geometry, 0), kRowsPerPass});
  plan.activations = static_cast<std::uint64_t>(layout.threads) *
                     (workspace_bytes(network, rows) + workspace_bytes(network, kEvaluationRows));
  if (layout.prefetch_threads > 0) {
    // The pass that is gathered ahead.
    plan.activations +=
        static_cast<std::uint64_t>(layout.threads) * rows * network.inputs * sizeof(float);
  }
  if (job.checkpointing.enabled) plan.checkpoint = (slots + 2) * parameter_bytes;
  if (job.monitor) {
    const std::uint64_t rows_of_block =
        std::min<std::uint64_t>({job.monitor->examples / shards + 1, sizes.train, kEvaluationRows});
    // A gradient to write to for each thread; on rank 0 the weights before the
    // step, its own and the whole gradient.
    plan.monitor = static_cast<std::uint64_t>(layout.threads) *
                       (workspace_bytes(network, rows_of_block) + parameter_bytes) +
                   3 * parameter_bytes;
  }
  plan.shards = shards * kShardBytes;
  if (std::holds_alternative<Standardize>(job.data.normalization)) {
    // Sums of every feature over every shard, and all of them gathered.
    plan.shards += 2 * shards * network.inputs * sizeof(double);
  }
  plan.program = kProgramBytes;
  return plan;
}

}  // namespace lockstep
