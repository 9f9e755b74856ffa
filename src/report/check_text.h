#pragma once
// Parts of the answer of `check` as text for people. Pure.

#include <string>
#include <vector>

#include "data/table.h"
#include "plan/node_traffic.h"
#include "train/memory_plan.h"

namespace lockstep {

// A line for each part of the memory, and for the total.
std::string memory_text(const MemoryPlan& plan);

// What a node sends, and the numbers of nodes that send less.
std::string traffic_text(const std::vector<NodeTraffic>& traffic);

// The columns of a table with their features, and the classes by number.
std::string columns_text(const TableSchema& schema);

}  // namespace lockstep
