#pragma once
// Why a run ended: the values of `stop_reason` in summary.json.

#include <string_view>

namespace lockstep {

inline constexpr const char* kAllEpochs = "epochs";  // all of its epochs are done
inline constexpr const char* kAllSteps = "steps";    // all of its steps, if the job counts in steps
inline constexpr const char* kStoppedEarly = "early_stopping";
inline constexpr const char* kInterrupted = "interrupted";  // by a signal
// The sweep of a trial ended it: it will continue if it is one of the best,
inline constexpr const char* kPaused = "paused";
// or it was worse than the median.
inline constexpr const char* kHopeless = "hopeless";

// Whether the training of the run is complete.
constexpr bool is_complete(std::string_view stop_reason) {
  return stop_reason == kAllEpochs || stop_reason == kAllSteps || stop_reason == kStoppedEarly;
}

// Whether the trainer itself, rather than its caller, ends a run for this reason.
constexpr bool is_of_the_trainer(std::string_view stop_reason) {
  return is_complete(stop_reason) || stop_reason == kInterrupted;
}

}  // namespace lockstep
