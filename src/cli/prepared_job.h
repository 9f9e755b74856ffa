#pragma once
// What every command that runs a job on all ranks does first.

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

// Collective. Loads the job file on every rank and chooses the layout: `threads`
// for each rank, or (0) all cores of a rank that is alone, at most one for each
// shard, else 1. Throws AgreedError(usage) when the layout does not fit the job,
// or ranks differ in job, threads or environment; and what load_job throws.
PreparedJob prepare_job(const Communicator& comm, const std::string& path,
                        const std::vector<std::string>& overrides, int threads, bool no_dropout);

}  // namespace lockstep
