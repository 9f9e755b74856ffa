#pragma once
// A job file as every rank must have it.

#include <string>
#include <vector>

#include "comm/communicator.h"
#include "config/job_file.h"
#include "train/layout.h"

namespace lockstep {

// Which fields of two resolved jobs differ, for require_same.
std::string describe_difference(const std::string& theirs, const std::string& root);

struct SharedJob {
  LoadedJob loaded;
  Layout layout;
};

// Collective. Loads the job with `overrides` on every rank and makes sure that
// all ranks have the same one, and the same layout, which fits it. `threads` per
// rank; 0: all cores, and no more than the job has shards, for a rank alone, else
// one. Throws AgreedError as load_job does, and usage where ranks differ.
SharedJob load_shared_job(const Communicator& comm, const std::string& path,
                          const std::vector<std::string>& overrides, int threads);

}  // namespace lockstep
