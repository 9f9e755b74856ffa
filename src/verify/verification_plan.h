#pragma once
// What a verification reads before it trains again.

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include "comm/layout.h"
#include "train/trainer.h"
#include "verify/recorded_run.h"
#include "verify/verification.h"
#include "verify/verified_range.h"

namespace lockstep {

// Rank 0 reads all of it; other ranks need only `shared` and the path of the job.
struct VerificationPlan {
  RecordedRun run;
  RecordedData data;
  struct Shared {
    VerifiedRange range;
    bool with_test = false;
    bool interrupted = false;  // the end of the range is an interruption
  } shared;
  std::string job;  // the file
};

// Plans the verification of the steps from `from` to `to` (none: the end) of the run in
// `directory`, and changes nothing in it. Call on one rank. Throws as read_recorded_run(),
// choose_range(), job_of_range(), load_step() and compare_builds() do, and Error(data) if the
// checkpoint of `from` has other weights than its evaluation records.
VerificationPlan plan_verification(const std::filesystem::path& directory, std::uint64_t from,
                                   std::optional<std::uint64_t> to);

// How the range is trained again. `verification` is the observer on rank 0, null elsewhere.
TrainOptions options_to_verify(const VerificationPlan& plan, const std::filesystem::path& directory,
                               const Layout& layout, const Verification* verification);

}  // namespace lockstep
