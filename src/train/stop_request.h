#pragma once
// Asks whether training is requested to stop.

#include <cstdint>
#include <functional>
#include <optional>

namespace lockstep {

// Whether this rank was requested to stop. Training calls it on every rank at the beginning of
// each step, with the number of steps that the run has done; callers that train several runs call
// it between runs, without a number.
using StopRequested = std::function<bool(std::optional<std::uint64_t> step)>;

inline bool nobody_asks_to_stop(std::optional<std::uint64_t> /*step*/) { return false; }

}  // namespace lockstep
