#pragma once
// The command line: runs the subcommand, and turns every failure into one message and
// an exit code, on all ranks.

#include <cstdint>
#include <functional>
#include <string_view>

#include "diagnose/gradient_source.h"
#include "train/step_probe.h"

namespace lockstep {

// Hooks with which tests can cause failures.
struct CliHooks {
  // Called before MPI starts, with the handlers of signals installed, and before it ends.
  std::function<void(int rank)> on_begin = [](int) {};
  std::function<void(int rank)> on_end = [](int) {};
  // Called at the beginning of each training step on each rank.
  std::function<void(int rank, std::uint64_t step)> on_step = [](int, std::uint64_t) {};
  // Called whenever the main thread of a rank begins an activity (train/phase_clock.h), and with
  // the name of the command at the start.
  std::function<void(int rank, std::string_view activity)> on_activity = [](int, std::string_view) {
  };
  // Makes a probe of the steps of `train`; empty: none.
  MakeStepProbe make_probe = {};
  // Where gradcheck takes the gradient from; empty: from training.
  GradientSource gradient_of = {};
};

// The whole program. Returns the exit code.
int run_cli(int argc, char** argv, const CliHooks& hooks = {});

}  // namespace lockstep
