#pragma once
// Reads what a split by content needs: which examples of the training source are copies.

#include <cstdint>
#include <memory>
#include <vector>

#include "comm/communicator.h"
#include "config/job.h"
#include "data/table.h"

namespace lockstep {

// Collective. The groups of copies (data/contents.h) of all examples of data.train, the same on
// every rank, if the job splits data.train by content; otherwise empty. Reads the source once more,
// each rank a part of its examples. `like` as in TrainingSource. Throws AgreedError.
std::vector<std::uint64_t> groups_for_split(const Job& job,
                                            const std::shared_ptr<const FittedTable>& like,
                                            const Communicator& comm);

}  // namespace lockstep
