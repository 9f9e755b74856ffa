#pragma once
// How training asks whether it was asked to stop.

#include <cstdint>
#include <functional>
#include <optional>

namespace lockstep {

// Whether this rank was asked to stop. Asked on every rank at the beginning of each training
// step, with the number of steps that the run has done, and between the runs of those who
// train several, without a number.
using StopRequested = std::function<bool(std::optional<std::uint64_t> step)>;

inline bool nobody_asks_to_stop(std::optional<std::uint64_t> /*step*/) { return false; }

}  // namespace lockstep
