#pragma once
// The first steps of every command that runs a job on all ranks.

#include <string>
#include <vector>

#include "comm/communicator.h"
#include "comm/layout.h"
#include "config/job_file.h"

namespace lockstep {

struct PreparedJob {
  LoadedJob loaded;
  Layout layout;
};

// Collective. Loads the job file on every rank. Throws AgreedError(usage) when the ranks' jobs
// differ, and what load_job throws.
LoadedJob load_same_job(const Communicator& comm, const std::string& path,
                        const std::vector<std::string>& overrides, bool no_dropout);

// Collective. Loads the job like load_same_job() and chooses the layout: `threads` for each
// rank or, if it is 0, default_threads(). Throws AgreedError(usage) when the layout does not fit
// the job, or ranks differ in job, threads or environment; and what load_same_job throws.
PreparedJob prepare_job(const Communicator& comm, const std::string& path,
                        const std::vector<std::string>& overrides, int threads, bool no_dropout);

}  // namespace lockstep
