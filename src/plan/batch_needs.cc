#include "plan/batch_needs.h"

#include <algorithm>
#include <optional>

#include "comm/exchange_plan.h"
#include "comm/layout.h"
#include "model/build.h"
#include "nn/layers.h"
#include "plan/measured_rates.h"
#include "sets/dataset.h"
#include "sets/dataset_sizes.h"
#include "train/memory_plan.h"
#include "train/step_prediction.h"

namespace lockstep {
namespace {

// The rates for another job of the same data: products take most of the time of a row, and the
// optimizer goes over all parameters.
MachineRates scaled(MachineRates rates, const NetworkSpec& from, const NetworkSpec& to) {
  rates.step.row *= multiply_adds(to) / multiply_adds(from);
  const double size = parameter_count(to) / parameter_count(from);
  rates.step.fixed *= size;
  rates.step.update *= size;
  return rates;
}

}  // namespace

BatchNeeds batch_needs(const BatchQuestion& question) {
  const int nodes = question.side_by_side ? 1 : question.nodes;  // of one job
  const Layout layout{nodes * question.ranks_per_node, question.threads};
  const Hosts hosts = even_hosts(layout.ranks, nodes);
  for (const LoadedJob& loaded : question.jobs) {
    check_ranks(layout.ranks, loaded.job.training.shards);
  }
  const Job& first = question.jobs.front().job;
  const DatasetSizes sizes = dataset_sizes(first);
  const NetworkSpec first_network = build_network(first.network, sizes.features);
  std::optional<MachineRates> rates;
  if (question.predicts_time) {
    rates = measure_rates(first, std::min(question.cores, question.threads));
  }
  BatchNeeds needs;
  for (const LoadedJob& loaded : question.jobs) {
    const Job& job = loaded.job;
    const NetworkSpec network = build_network(job.network, sizes.features);
    const BatchGeometry geometry = batch_geometry(job.training, sizes.train);
    needs.bytes_of_rank =
        std::max(needs.bytes_of_rank, plan_memory(job, network, sizes, layout, hosts).total());
    if (!rates) continue;
    const MachineRates own = scaled(*rates, first_network, network);
    const StepPrediction step = predict_step(job, network, geometry, layout, hosts, own);
    needs.seconds += predict_run(job, geometry, layout, sizes.dev + sizes.train_dev, own, step);
  }
  if (question.side_by_side) needs.seconds /= question.nodes * question.tasks;
  return needs;
}

std::uint64_t memory_of_node(std::uint64_t bytes_of_rank, int ranks) {
  constexpr std::uint64_t kStep = 256ULL << 20;
  const std::uint64_t bytes = bytes_of_rank * static_cast<std::uint64_t>(ranks) * 3 / 2;
  return (bytes + kStep - 1) / kStep * kStep;
}

double time_limit_of(double seconds) { return std::min(kLongestStart, 2 * seconds + 300); }

}  // namespace lockstep
