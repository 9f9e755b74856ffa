#pragma once
// Which part of a recorded run is verified, and by which job. Nothing here communicates.

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "verify/recorded_run.h"

namespace lockstep {

struct VerifiedRange {
  std::uint64_t from = 0;   // 0: the initial weights; else the step of a kept checkpoint
  std::uint64_t to = 0;     // the last step that is trained again
  bool to_the_end = false;  // the summary is compared, too
};

// The part of `run` that `from` and `to` ask for; without `to` it ends where the run did. Pure.
// Throws Error(usage) when the run has no checkpoint of `from` or no evaluation of `to`, with those
// that it has, or when nothing lies between them; Error(data) when the summary ends before the last
// evaluation; Error(missing_input) when the run has nothing to compare.
VerifiedRange choose_range(const RecordedRun& run, std::uint64_t from,
                           std::optional<std::uint64_t> to);

// The file of the job that trained `range`. Throws Error(usage), with the parts to be verified one
// by one, when the run was resumed within the range with a job that computes other numbers.
std::filesystem::path job_of_range(const RecordedRun& run, const VerifiedRange& range);

// The fields in which two resolved jobs differ and that decide a number of metrics.jsonl or of the
// summary, as "training.epochs: 2, then 3"; empty: none. Data is compared by its digest instead.
std::string deciding_differences(std::string_view earlier, std::string_view later);

}  // namespace lockstep
