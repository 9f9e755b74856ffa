#pragma once
// The command line: picks the subcommand, and turns every way it can fail into
// one message and an exit code, on all ranks.

#include <cstdint>
#include <functional>

namespace lockstep {

// Points where tests can make things go wrong.
struct CliHooks {
  // At the beginning of each training step on each rank.
  std::function<void(int rank, std::uint64_t step)> on_step = [](int, std::uint64_t) {};
};

// The whole program. Returns the exit code.
int run_cli(int argc, char** argv, const CliHooks& hooks = {});

}  // namespace lockstep
