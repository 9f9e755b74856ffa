#pragma once
// The command line: runs the subcommand, and turns every failure into one message and
// an exit code, on all ranks.

#include <cstdint>
#include <functional>
#include <span>

namespace lockstep {

// Hooks with which tests can cause failures.
struct CliHooks {
  // Called at the beginning of each training step on each rank.
  std::function<void(int rank, std::uint64_t step)> on_step = [](int, std::uint64_t) {};
  // Called with the gradient that gradcheck is about to check, on rank 0.
  std::function<void(std::span<double> gradient)> on_gradient = [](std::span<double>) {};
};

// The whole program. Returns the exit code.
int run_cli(int argc, char** argv, const CliHooks& hooks = {});

}  // namespace lockstep
