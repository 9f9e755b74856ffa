#pragma once
// A job that Slurm starts again on a node that does not have its run.

#include <filesystem>
#include <optional>
#include <string>

#include "comm/preflight.h"
#include "train/trainer.h"

namespace lockstep {

// With Resume::automatic, in a job that Slurm has started before (SLURM_RESTART_COUNT above 0), a
// directory without a trace of the earlier start probably lies on a disk of another node. Throws
// Error(missing_input) that names `host`, or returns a warning when LOCKSTEP_START_AFRESH is `yes`.
// Does not communicate.
std::optional<std::string> check_restart(const Environment& environment,
                                         const std::filesystem::path& directory, Resume resume,
                                         const std::string& host);

}  // namespace lockstep
