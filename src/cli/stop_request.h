#pragma once
// The answer to the question whether to stop, for the commands that train.

#include <cstdint>
#include <optional>

#include "cli/commands.h"
#include "cli/signals.h"
#include "train/stop_request.h"

namespace lockstep {

// A function that tells whether a signal has requested a stop. It first calls the tests' hook,
// at each step. `context` must outlive the function.
inline StopRequested stop_request(const CommandContext& context) {
  return [&context](std::optional<std::uint64_t> step) {
    if (step) context.hooks.on_step(context.comm.rank(), *step);
    return stop_was_requested();
  };
}

}  // namespace lockstep
