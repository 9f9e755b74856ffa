#include "plan/node_plan.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/error.h"
#include "comm/exchange_plan.h"
#include "model/build.h"
#include "plan/measured_rates.h"
#include "sets/dataset.h"
#include "sets/dataset_sizes.h"
#include "train/memory_plan.h"

namespace lockstep {
namespace {

double steps_per_second(const PlanRow& row) { return 1 / row.step.total(); }

}  // namespace

double efficiency(const PlanRow& first, const PlanRow& row) {
  return steps_per_second(row) / steps_per_second(first) * first.nodes / row.nodes;
}

int nodes_that_pay(const std::vector<PlanRow>& rows) {
  const PlanRow* pays = &rows.front();
  for (const PlanRow& row : rows) {
    const double gain = steps_per_second(row) / steps_per_second(*pays) - 1;
    const double added = static_cast<double>(row.nodes) / pays->nodes - 1;
    if (gain >= 0.5 * added) pays = &row;
  }
  return pays->nodes;
}

PlanReport plan_nodes(const PlanQuestion& question) {
  const Job& job = question.job;
  const DatasetSizes sizes = dataset_sizes(job);
  const NetworkSpec network = build_network(job.network, sizes.features);
  const BatchGeometry geometry = batch_geometry(job.training, sizes.train);

  PlanReport plan;
  plan.job_name = job.name;
  plan.ranks_per_node = question.ranks_per_node;
  plan.threads = question.threads;
  plan.rows_per_step = batch_rows(geometry, 0);
  plan.shards = job.training.shards;
  plan.rates = measure_rates(job, std::min(question.cores, plan.threads));
  if (!question.doctor.empty() && take_doctors_rates(question.doctor, plan.rates)) {
    plan.doctor = question.doctor;
  }

  const std::uint64_t held_out = sizes.dev + sizes.train_dev;
  for (const int nodes : question.nodes) {
    const Layout layout{nodes * question.ranks_per_node, plan.threads};
    if (static_cast<std::uint64_t>(layout.ranks) > plan.shards) {
      plan.too_many.push_back(nodes);
      continue;
    }
    const Hosts hosts = even_hosts(layout.ranks, nodes);
    PlanRow row{.nodes = nodes, .ranks = layout.ranks};
    row.memory_bytes = plan_memory(job, network, sizes, layout, hosts).total();
    row.step = predict_step(job, network, geometry, layout, hosts, plan.rates);
    row.run_seconds = predict_run(job, geometry, layout, held_out, plan.rates, row.step);
    plan.rows.push_back(row);
  }
  if (plan.rows.empty()) {
    throw Error(
        ExitCode::usage,
        fmt::format("--nodes {} and --ranks-per-node {} make more ranks than the job has shards "
                    "({}); plan with fewer, or with more training.shards",
                    plan.too_many.front(), question.ranks_per_node, plan.shards));
  }
  return plan;
}

}  // namespace lockstep
