#pragma once
// The command line: picks the subcommand, and turns every way it can fail into
// one message and an exit code, on all ranks.

#include <cstdint>
#include <functional>
#include <span>

namespace lockstep {

// Points where tests can make things go wrong.
struct CliHooks {
  // At the beginning of each training step on each rank.
  std::function<void(int rank, std::uint64_t step)> on_step = [](int, std::uint64_t) {};
  // The gradient that gradcheck is about to look at, on rank 0.
  std::function<void(std::span<double> gradient)> on_gradient = [](std::span<double>) {};
};

// The whole program. Returns the exit code.
int run_cli(int argc, char** argv, const CliHooks& hooks = {});

}  // namespace lockstep
