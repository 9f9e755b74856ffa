#pragma once
// Where a run puts its results.

#include <filesystem>
#include <string>

namespace lockstep {

// Creates and returns the run directory: `requested`, or runs/<name>-<number>
// with the first free number. A requested directory that already holds a run
// is refused, unless that run is to be resumed. Throws Error(io) when it cannot
// be created or written, Error(usage) when refused. Call on one rank only.
std::filesystem::path prepare_run_directory(const std::filesystem::path& requested,
                                            const std::string& job_name, bool resumes);

}  // namespace lockstep
