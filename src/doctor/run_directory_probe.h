#pragma once
// Finds out who sees the place of the run directory, by a file that rank 0 makes there.

#include <string>
#include <vector>

#include "comm/communicator.h"
#include "doctor/report.h"

namespace lockstep {

struct DirectoryReading {
  DirectorySight sight = DirectorySight::shared;
  LockSight lock = LockSight::locked;
  std::uint64_t free_bytes = 0;
};

struct DirectoryProbe {
  DirectoryReport directory;               // the same on all ranks
  std::vector<DirectoryReading> of_ranks;  // by rank; on rank 0 only
};

// Collective. Examines `path` or, if it does not exist on rank 0, the nearest folder above it that
// does. Leaves nothing behind. A failure is in `directory.error`.
DirectoryProbe probe_run_directory(const Communicator& comm, const std::string& path);

}  // namespace lockstep
