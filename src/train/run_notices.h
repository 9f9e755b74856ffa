#pragma once
// What a run reports to people besides its records: notices of its start, its steps and its end.
// Pure.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "config/job.h"
#include "metrics/scores.h"
#include "train/run_position.h"

namespace lockstep {

// The first skipped steps of a session are reported one by one, the others only counted.
constexpr std::uint64_t kReportedSkippedSteps = 10;

// The notice of a step that changes nothing because of `why`; `step` counts from 1,
// `in_session` the skipped steps of this session so far, this one included. None after the first
// kReportedSkippedSteps.
std::optional<std::string> skipped_step_notice(std::uint64_t step, std::uint64_t in_session,
                                               const std::string& why);

// What is reported at the end of a run.
struct EndFacts {
  bool with_cautions = false;            // hints that follow from the lecture, besides warnings
  bool finished = false;                 // it was not interrupted
  std::optional<double> dev_error = {};  // fraction of wrong decisions
  std::uint64_t dev_examples = 0;
};

// In this order: dropout without overfitting, a threshold that is not reached, skipped steps,
// rollbacks, a dev set that is too small. `scores` are of the final weights.
std::vector<std::string> end_notices(const Job& job, const RunPosition& position,
                                     const Scores& scores, const EndFacts& facts);

}  // namespace lockstep
