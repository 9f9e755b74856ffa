#pragma once
// Finds trials that were trained by different builds.

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "sweep/trials.h"

namespace lockstep {

// A line that begins with "caution: " and names the trials in `run_dir` whose environment.json
// differs from that of the first trial in anything that can change bits; none if all agree. The
// parts of a sweep, and a sweep that was resumed, may have run on different machines. Trials that
// diverged before they began have no such file. Throws Error(data, missing_input). Local.
std::optional<std::string> environment_caution(const std::vector<Trial>& trials,
                                               const std::filesystem::path& run_dir);

}  // namespace lockstep
