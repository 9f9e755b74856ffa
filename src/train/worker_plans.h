#pragma once

#include <cstdint>
#include <vector>

#include "comm/gradient_tree.h"
#include "train/layout.h"

namespace lockstep {

// The plans of all workers of all ranks, in rank order. Pure.
std::vector<WorkerPlan> plan_workers(const Layout& layout, std::uint64_t shards);

}  // namespace lockstep
