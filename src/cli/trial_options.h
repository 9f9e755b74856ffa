#pragma once
// The options of commands that train several runs side by side, in groups of ranks.

#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include "cli/commands.h"
#include "sweep/run_sweep.h"

namespace lockstep {

struct TrialArguments {
  int groups = 1;
  int threads = 0;            // 0: default_threads
  int prefetch_threads = -1;  // -1: default_prefetch_threads
  std::string resume;
  bool allow_changed_data = false;
  bool allow_changed_environment = false;
  bool json = false;
};

// Adds --groups; `runs` are what the groups train.
void add_groups(CLI::App& command, TrialArguments& arguments, const std::string& runs);
// Adds all others; `what` is resumed.
void add_trial_options(CLI::App& command, TrialArguments& arguments, const std::string& what);

// What all ranks must agree on, to compare between them: the jobs, the groups and the threads.
std::string trials_to_compare(const std::vector<Trial>& trials, int groups, int threads);

// Writes a line to stderr.
void log_line(const std::string& line);

// Collective. Makes all options except the run directory and the number of features. `threads`: of
// each rank.
SweepOptions sweep_options(const TrialArguments& arguments, int threads,
                           const std::vector<Trial>& trials, const CommandContext& context);

}  // namespace lockstep
