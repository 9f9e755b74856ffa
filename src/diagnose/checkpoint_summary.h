#pragma once
// A checkpoint summed up like a run, so that it can be diagnosed.

#include <filesystem>

#include "comm/communicator.h"
#include "comm/layout.h"
#include "config/job.h"
#include "records/summary.h"

namespace lockstep {

// Adds the sizes of the job's sets, from the headers of their files. Throws as dataset_sizes().
void add_set_sizes(const Job& job, Summary& summary);

// Collective. Evaluates the checkpoint on every set of its job. `job`: that of the checkpoint, used
// on rank 0. Returns the sizes, errors and costs of the sets on rank 0, and an empty summary on
// other ranks. Throws AgreedError as dataset_sizes() and evaluate_checkpoint() do.
Summary summary_of_checkpoint(const std::filesystem::path& checkpoint, const Job& job,
                              const Communicator& comm, const Layout& layout,
                              bool allow_changed_data);

}  // namespace lockstep
