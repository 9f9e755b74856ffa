#pragma once
// What the commands that train give to those who ask whether to stop.

#include <cstdint>
#include <optional>

#include "cli/commands.h"
#include "cli/signals.h"
#include "train/stop_request.h"

namespace lockstep {

// Whether a signal has asked to stop. The hook of tests comes first, at each step. `context`
// must live as long as the answer is asked for.
inline StopRequested stop_request(const CommandContext& context) {
  return [&context](std::optional<std::uint64_t> step) {
    if (step) context.hooks.on_step(context.comm.rank(), *step);
    return stop_was_requested();
  };
}

}  // namespace lockstep
