#include "train/step_prediction.h"

#include <algorithm>
#include <bit>
#include <cmath>

#include "nn/parameters.h"
#include "sets/assign_shards.h"
#include "sets/dataset.h"
#include "sets/evaluation_blocks.h"
#include "train/exchange_overlap.h"

namespace lockstep {
namespace {

// Control words in a step: flags about signals, losses and the gradient.
constexpr double kControlWords = 1;

// The share of the sent bytes that are gradient sums; the rest are weights.
constexpr double kShareOfSums = 0.5;

// A forward pass is one of the three products of a step.
constexpr double kForwardShare = 1.0 / 3;

double evaluations_of(const Job& job, const BatchGeometry& geometry) {
  const auto steps = static_cast<double>(total_steps(job.training, geometry));
  const double steps_between =
      job.evaluation.every_epochs * static_cast<double>(steps_per_epoch(geometry));
  return std::floor(steps / std::max(1.0, steps_between)) + 1;
}

}  // namespace

StepPrediction predict_step(const Job& job, const NetworkSpec& network,
                            const BatchGeometry& geometry, const Layout& layout, const Hosts& hosts,
                            const MachineRates& rates) {
  const ShardAssignment assignment = assign_shards(job, network, geometry, layout, hosts);
  const std::uint64_t most = std::ranges::max(assignment, {}, &Range::size).size();
  const std::vector<HostTraffic> traffic = step_traffic(job, network, assignment, layout, hosts);

  StepPrediction step;
  const auto rows = static_cast<double>(most * geometry.rows_per_shard);
  step.passes =
      (rates.step.fixed * rates.threads + rows * rates.step.row) / layout.threads * rates.slowdown;
  step.update =
      rates.step.update * rates.slowdown * rates.threads / static_cast<double>(layout.workers());
  if (traffic.size() == 1) return step;
  step.sent_bytes = largest_traffic(traffic);
  step.sent_messages = std::ranges::max(traffic, {}, &HostTraffic::sent_messages).sent_messages;
  // An agreement goes up and down a tree of hosts; every bucket is sent in turn to all others.
  const double rounds = 2 * static_cast<double>(std::bit_width(traffic.size() - 1));
  const double transfer = static_cast<double>(step.sent_bytes) / rates.bytes_per_second;
  step.exchange = transfer + (kControlWords * rounds + static_cast<double>(step.sent_messages)) *
                                 rates.latency_seconds;
  if (traffic.size() == static_cast<std::size_t>(hosts.ranks())) {  // each rank is alone
    const auto ownership = Ownership::with_bucket_bytes(
        parameter_table(network).size, job.exchange.bucket_bytes, sizeof(float), layout.ranks);
    step.exchange -= hidden_seconds(network, ownership, step.passes, kShareOfSums * transfer);
  }
  return step;
}

double predict_run(const Job& job, const BatchGeometry& geometry, const Layout& layout,
                   std::uint64_t held_out, const MachineRates& rates, const StepPrediction& step) {
  const double seconds_per_row =
      kForwardShare * rates.step.row * rates.slowdown / static_cast<double>(layout.workers());
  const auto rows_evaluated = static_cast<double>(
      held_out + training_block_examples(geometry, job.evaluation.train_examples));
  return static_cast<double>(total_steps(job.training, geometry)) * step.total() +
         evaluations_of(job, geometry) * rows_evaluated * seconds_per_row;
}

}  // namespace lockstep
