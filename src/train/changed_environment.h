#pragma once
// Whether a run resumes in the environment that its bits come from so far.

#include <cstdint>
#include <string>

#include "train/environment.h"

namespace lockstep {

// Name of the fact that marks a run which was resumed in a changed environment, and its results.
inline constexpr const char* kChangedEnvironment = "changed_environment";

// The facts that bits depend on and that have changed, as "numerics was 1 and is 2, sources was
// none and is 0123456789abcdef"; empty: none.
std::string environment_changes(const EnvironmentFacts& then, const EnvironmentFacts& now);

// Throws Error(usage), with both values and the remedy, when `now` has changed since the checkpoint
// `name`, whose environment is `then`; not if `allowed`. Then it returns the mark of the results of
// such a run: every change so far and its step. Returns "" for a run without changes.
std::string changed_environment(const EnvironmentFacts& then, const EnvironmentFacts& now,
                                const std::string& name, std::uint64_t step, bool allowed);

}  // namespace lockstep
