#pragma once
// What a run directory says about the sweep that it holds.

#include <cstdint>
#include <filesystem>
#include <optional>
#include <vector>

#include "config/sweep_file.h"
#include "rundir/open_run.h"
#include "sweep/part.h"

namespace lockstep {

// A part with the numbers of its trials.
struct OwnTrials {
  SweepPart part;
  std::vector<std::uint32_t> numbers;
};

// Throws Error(usage) if the directory holds another sweep, the whole sweep instead of a part, or
// another part: a resumed part must have the same trials as before. Writes nothing.
void check_sweep_directory(const std::filesystem::path& directory, const LoadedSweep& loaded,
                           const std::optional<OwnTrials>& own);

// Checks, and writes sweep.textproto, and for a part of the sweep the file `part`, which `run`,
// with the lock of the directory, keeps. Throws as check_sweep_directory() does, and Error(io).
void claim_sweep_directory(OpenRun& run, const std::filesystem::path& directory,
                           const LoadedSweep& loaded, const std::optional<OwnTrials>& own);

}  // namespace lockstep
