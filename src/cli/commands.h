#pragma once
// The subcommands, one file each. Each adds itself to the command line and
// sets the action to run. Actions are collective and throw like train().

#include <functional>
#include <optional>
#include <string>

#include <CLI/CLI.hpp>

#include "cli/cli.h"
#include "comm/communicator.h"
#include "comm/preflight.h"
#include "rundir/open_run.h"

namespace lockstep {

// The arguments of an action.
struct CommandContext {
  const Communicator& comm;
  const CliHooks& hooks;
  const char* program;       // the name under which it was called
  const std::string launch;  // see launch_command()
  const std::optional<LaunchedTasks>& launched;
  OpenRun& run;  // opened by a command once it has a directory
};

// Returns the exit code.
using Action = std::function<int(const CommandContext&)>;

void add_train_command(CLI::App& app, Action& action);
void add_check_command(CLI::App& app, Action& action);
void add_evaluate_command(CLI::App& app, Action& action);
void add_init_command(CLI::App& app, Action& action);
void add_inspect_command(CLI::App& app, Action& action);
void add_predict_command(CLI::App& app, Action& action);
void add_importance_command(CLI::App& app, Action& action);
void add_export_command(CLI::App& app, Action& action);
void add_preview_command(CLI::App& app, Action& action);
void add_diagnose_command(CLI::App& app, Action& action);
void add_doctor_command(CLI::App& app, Action& action);
void add_recipe_command(CLI::App& app, Action& action);
void add_gradcheck_command(CLI::App& app, Action& action);
void add_plan_command(CLI::App& app, Action& action);
void add_slurm_command(CLI::App& app, Action& action);
void add_crossval_command(CLI::App& app, Action& action);
void add_sweep_command(CLI::App& app, Action& action);
void add_flow_command(CLI::App& app, Action& action);
void add_descent_command(CLI::App& app, Action& action);
void add_verify_command(CLI::App& app, Action& action);

// The notice for --no-dropout.
constexpr const char* kNoDropoutNotice =
    "--no-dropout: every keep_prob is 1. J must now fall at every step of full-batch gradient "
    "descent with a small enough learning rate; once it does, turn dropout on (1.7)";

// The text of --version.
std::string version_text();

// The number of threads per rank when --threads is not given: one under a launcher that
// started several ranks, otherwise all cores.
int default_threads(int ranks);

// `threads` if it is above 0, the value of --threads, otherwise default_threads(ranks).
int threads_of_a_rank(int threads, int ranks);

// Collective. The number of prefetch threads of this rank when it needs some and
// --prefetch-threads is not given: the cores that `threads` workers leave idle, shared
// evenly with other ranks on these cores, and at most one for each worker.
int default_prefetch_threads(const Communicator& comm, int threads);

}  // namespace lockstep
