#pragma once
// Reads the files that a run left in its directory.

#include <cstdint>
#include <filesystem>
#include <optional>
#include <vector>

#include "diagnose/run_record.h"

namespace lockstep {

// The job, the summary and the evaluations of the run in `run_dir`; nothing without a
// summary.json. Throws Error (data, missing_input) when the files are not those of a
// run. Does not communicate.
std::optional<RunRecord> read_run(const std::filesystem::path& run_dir);

// The evaluations of a run up to `first_step`, at which it is resumed.
std::vector<Evaluation> evaluations_before(const std::filesystem::path& run_dir,
                                           std::uint64_t first_step);

}  // namespace lockstep
