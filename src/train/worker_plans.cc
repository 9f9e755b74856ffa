#include "train/worker_plans.h"

#include "data/shards.h"

namespace lockstep {

std::vector<WorkerPlan> plan_workers(const Layout& layout, std::uint64_t shards) {
  std::vector<WorkerPlan> plans;
  const auto workers = static_cast<std::uint64_t>(layout.workers());
  for (std::uint64_t worker = 0; worker < workers; ++worker) {
    plans.push_back(plan_worker(worker_shards(shards, workers, worker), shards));
  }
  return plans;
}

}  // namespace lockstep
