#pragma once
// The first steps of every command that runs a job on all ranks.

#include <string>
#include <vector>

#include "comm/communicator.h"
#include "config/job_file.h"
#include "train/layout.h"

namespace lockstep {

struct PreparedJob {
  LoadedJob loaded;
  Layout layout;
};

// Collective. Loads the job file on every rank and chooses the layout: `threads` for each
// rank or, if it is 0, all cores of a single rank, at most one for each shard, and 1 for
// several ranks. Throws AgreedError(usage) when the layout does not fit the job, or ranks
// differ in job, threads or environment; and what load_job throws.
PreparedJob prepare_job(const Communicator& comm, const std::string& path,
                        const std::vector<std::string>& overrides, int threads, bool no_dropout);

}  // namespace lockstep
