#pragma once
// Brings the trials that the parts of a sweep have trained into one run directory.

#include <cstdint>
#include <filesystem>
#include <vector>

#include "config/sweep_file.h"
#include "sweep/trials.h"

namespace lockstep {

// Where a finished trial lies.
struct StoredTrial {
  std::uint32_t number = 0;
  std::filesystem::path run_dir;  // of the part that has trained it
};

// Finds every trial of the sweep, by number, in the first of `run_dirs` where it has ended. Throws
// Error(missing_input) when a directory holds no sweep, or with the trials that have ended in none;
// Error(usage) when a directory belongs to another sweep, or the job of a trial has changed; and
// Error(data) when trials have read the same files with other content, unless
// `allow_changed_data`. Writes nothing. Local.
std::vector<StoredTrial> find_ended_trials(const LoadedSweep& loaded,
                                           const std::vector<Trial>& trials,
                                           const std::vector<std::filesystem::path>& run_dirs,
                                           bool allow_changed_data);

// Brings the directories of the trials into `run_dir`, each whole or not at all. Their files are
// copies; checkpoints are hard links where the file system has them. Throws Error(io). Local.
void bring_trials(const std::vector<StoredTrial>& stored, const std::filesystem::path& run_dir);

}  // namespace lockstep
