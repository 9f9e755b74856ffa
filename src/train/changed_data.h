#pragma once
// Whether a run resumes with the data that its weights come from so far.

#include <cstdint>
#include <string>
#include <string_view>

#include "train/environment.h"

namespace lockstep {

// Name of the fact that marks a run which was resumed with other data, and its results.
inline constexpr const char* kChangedData = "changed_data";

// The fingerprints of the sets that decide weights; empty: there is no such set.
struct DecidingData {
  std::string_view train, dev;
};

// The mark of a run that resumes after `step` steps with the data `now`, and that had `then`: every
// change so far and its step, as "from step 20: the training data was 01ab and is 23cd". `facts`:
// those of its checkpoint. Empty for a run without changes. Pure.
std::string changed_data(const EnvironmentFacts& facts, const DecidingData& then,
                         const DecidingData& now, std::uint64_t step);

}  // namespace lockstep
