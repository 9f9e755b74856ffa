#include "cli/cli.h"

#include <cerrno>
#include <cstdlib>
#include <exception>
#include <iostream>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <unistd.h>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <CLI/CLI.hpp>

#include "base/deadline.h"
#include "base/error.h"
#include "base/failure.h"
#include "base/host_name.h"
#include "base/nearest.h"
#include "cli/commands.h"
#include "cli/options.h"
#include "cli/signals.h"
#include "comm/agreement.h"
#include "comm/lone_process.h"
#include "comm/preflight.h"
#include "comm/session.h"
#include "comm/stall_watch.h"
#include "linalg/gemm.h"
#include "report/descriptor.h"
#include "report/format.h"
#include "report/warn.h"
#include "rundir/open_run.h"
#include "train/environment.h"

namespace lockstep {
namespace {

// Whether this rank reports errors of the command line, which every rank of a launch parses.
bool reports_errors() { return process_environment()("OMPI_COMM_WORLD_RANK").value_or("0") == "0"; }

// The message about words that no command and no option takes, in the order in which they
// were written.
std::string describe_extras(const CLI::App& app) {
  const auto commands = app.get_subcommands();
  const CLI::App& taken_by = commands.empty() ? app : *commands.front();
  const std::vector<std::string> extras = app.remaining(true);
  std::vector<std::string> known;
  const bool is_option = extras.front().starts_with('-');
  if (is_option) {
    for (const CLI::Option* option : taken_by.get_options()) {
      for (const std::string& name : option->get_lnames()) known.push_back("--" + name);
    }
  } else if (commands.empty()) {
    for (const CLI::App* command : app.get_subcommands({})) known.push_back(command->get_name());
  }
  std::string text =
      commands.empty() && !is_option
          ? fmt::format("no command \"{}\"", extras.front())
          : fmt::format("{} does not take {}", taken_by.get_name(), fmt::join(extras, " "));
  if (extras.front() == "--keep-going") {
    text += "; it is an option of launch/local and launch/hosts, where it goes before the job";
  } else if (const auto meant = nearest_word(extras.front(), known)) {
    text += fmt::format("; did you mean {}?", *meant);
  }
  return text + (commands.empty()
                     ? "\nlockstep --help lists the commands"
                     : fmt::format("\nlockstep {} --help lists the options", taken_by.get_name()));
}

// The message about a command line that lacks an argument or has a value that does not fit.
std::string describe_refused(const CLI::App& app, const CLI::ParseError& error) {
  const auto commands = app.get_subcommands();
  if (commands.empty()) return fmt::format("{}\nlockstep --help lists the commands", error.what());
  const std::string name = commands.front()->get_name();
  return fmt::format("{}: {}\nlockstep {} --help lists the options", name, error.what(), name);
}

// The words of the command line that decide what a rank does, and so with whom it
// communicates. Overrides are left out: jobs are compared later, and then the fields
// that differ are reported.
std::string command_line(int argc, char** argv) {
  std::string line;
  for (int i = 1; i < argc; ++i) {
    const std::string word = argv[i];
    if (word.starts_with("--set=")) continue;
    if (word == "--set") {
      ++i;
      continue;
    }
    line += (line.empty() ? "" : " ") + word;
  }
  return line;
}

// Handles an error that all ranks know: rank 0 reports it, and all ranks end.
int leave_together(const Communicator& comm, const OpenRun& run, const AgreedError& error) {
  if (comm.is_root() && error.code() != ExitCode::closed_pipe) {
    write_log(STDERR_FILENO, fmt::format("lockstep: {}\n", error.what()));
  }
  if (comm.is_root()) run.fail(0, error.code(), error.what());
  return static_cast<int>(error.code());
}

// Handles an error of this rank alone: the others do not know it and are ended.
[[noreturn]] void end_all(const Communicator& comm, const OpenRun& run, const Failure& failure) {
  if (comm.size() > 1) {
    write_log(STDERR_FILENO, fmt::format("lockstep: [rank {} {}] {}\n", comm.rank(), host_name(),
                                         failure.message));
  } else {
    write_log(STDERR_FILENO, fmt::format("lockstep: {}\n", failure.message));
  }
  run.fail(comm.rank(), failure.code, failure.message);
  abort_all_ranks(static_cast<int>(failure.code));
}

// Ends this process because the job has stalled: neither MPI nor the main thread can be asked.
[[noreturn]] void end_stalled(int rank, const OpenRun& run, const std::string& reason,
                              bool reports) {
  if (reports) {
    const std::string who = rank == 0 ? "" : fmt::format("[rank {} {}] ", rank, host_name());
    const char* next =
        run.directory().empty() ? "" : "; --resume auto continues from the newest state";
    write_log(STDERR_FILENO,
              fmt::format("lockstep: {}the job has stalled: {}{}\n", who, reason, next));
  }
  run.fail(rank, ExitCode::stalled, reason);
  std::_Exit(static_cast<int>(ExitCode::stalled));
}

// Throws Error(interrupted) if this rank was asked to stop before it could begin.
void refuse_after_signal() {
  if (!stop_was_requested()) return;
  throw Error(ExitCode::interrupted,
              "a signal asked for an end before the work began; nothing was done");
}

StallWatch::Settings watch_settings(const WatchLimits& limits, int rank, const OpenRun& run) {
  return {.limits = limits,
          .stop_requested = stop_was_requested,
          .warn = write_warning,
          .end = [rank, &run](const std::string& reason, bool reports) {
            end_stalled(rank, run, reason, reports);
          }};
}

// Ends this process when MPI has not started, or not ended, after ten times the silence that is
// allowed: the stall watch cannot see a rank that is lost then. `what` is "start" or "end".
std::unique_ptr<Deadline> deadline_of_mpi(const char* what, const WatchLimits& limits, int rank,
                                          const OpenRun& run) {
  const double seconds = 10 * limits.silence;
  // Rank 0 speaks for all if it can: when it ends, the launcher ends the others.
  const double own = rank == 0 || seconds <= 0 ? seconds : seconds + 1;
  return std::make_unique<Deadline>(own, [what, seconds, rank, &run] {
    end_stalled(rank, run,
                fmt::format("MPI did not {} within {:g} s: a rank or its host is stopped, lost or "
                            "cannot be reached (--silence-limit)",
                            what, seconds),
                /*reports=*/true);
  });
}

// Whether a subcommand runs in one process, for the number of threads that it is asked about.
bool predicts_only(std::string_view command) {
  return command == "check" || command == "plan" || command == "slurm";
}

// `command`: the name of the subcommand.
int run_with_mpi(int argc, char** argv, const CliHooks& hooks, const WatchLimits& limits,
                 const std::string& command, const Action& action) {
  const Environment environment = process_environment();
  try {
    check_step(environment);
  } catch (const Error& error) {
    if (environment("SLURM_PROCID").value_or("0") == "0") {
      write_log(STDERR_FILENO, fmt::format("lockstep: {}\n", error.what()));
    }
    return static_cast<int>(error.code());
  }
  const auto launched = launched_tasks(environment);
  prepare_lone_process(environment);
  OpenRun run;
  const int rank = launched_rank(environment);
  auto deadline = deadline_of_mpi("start", limits, rank, run);
  hooks.on_begin(rank);
  MpiSession session(argc, argv);
  install_signal_handlers();  // again, because MPI has installed its own
  use_one_blas_thread();
  Heartbeat heartbeat([&hooks, rank](const char* activity) { hooks.on_activity(rank, activity); });
  heartbeat.enter(command.c_str(), /*waits=*/false);
  const Communicator comm = Communicator::world(&heartbeat);
  try {
    agree(comm, [&] {
      check_launch(launched, comm.size());
      refuse_after_signal();
      check_arithmetic();
    });
    require_same(comm, command_line(argc, argv), [](const auto& theirs, const auto& root) {
      return fmt::format("called with `{}`, rank 0 with `{}`", theirs, root);
    });
    StallWatch watch(comm, heartbeat, watch_settings(limits, comm.rank(), run));
    deadline.reset();
    const int code =
        action({comm, hooks, argv[0], launch_command(launched, environment, shell_word(argv[0])),
                launched, run});
    watch.finish();
    deadline = deadline_of_mpi("end", limits, rank, run);
    hooks.on_end(rank);
    // No rank can fail any more, so the last state stays.
    agree(comm, [&] {
      if (comm.is_root()) run.tell_end(static_cast<ExitCode>(code));
    });
    return code;
  } catch (const AgreedError& error) {
    deadline = deadline_of_mpi("end", limits, rank, run);
    return leave_together(comm, run, error);
  } catch (...) {
    end_all(comm, run, failure_of(std::current_exception()));
  }
}

void add_commands(CLI::App& app, Action& action) {
  add_init_command(app, action);
  add_train_command(app, action);
  add_check_command(app, action);
  add_evaluate_command(app, action);
  add_importance_command(app, action);
  add_inspect_command(app, action);
  add_verify_command(app, action);
  add_predict_command(app, action);
  add_export_command(app, action);
  add_preview_command(app, action);
  add_diagnose_command(app, action);
  add_doctor_command(app, action);
  add_recipe_command(app, action);
  add_gradcheck_command(app, action);
  add_sweep_command(app, action);
  add_crossval_command(app, action);
  add_plan_command(app, action);
  add_slurm_command(app, action);
  add_flow_command(app, action);
  add_descent_command(app, action);
}

}  // namespace

int run_cli(int argc, char** argv, const CliHooks& hooks) {
  install_signal_handlers();
  CLI::App app{
      "Lockstep trains neural networks on CPU clusters, with the same bits at any\n"
      "number of ranks and threads.\n\n"
      "  lockstep train launch/jobs/fashion-mlp.textproto       all cores of this machine\n"
      "  launch/local -n 2 launch/jobs/fashion-mlp.textproto    two ranks under mpirun\n"
      "  lockstep check JOB                                     what a job would do\n",
      "lockstep"};
  app.require_subcommand(0, 1);
  app.set_version_flag("--version", version_text);
  Action action;
  add_commands(app, action);
  WatchLimits limits;
  for (CLI::App* command : app.get_subcommands({})) {
    const bool has_threads = command->get_option_no_throw("--threads") != nullptr;
    if (has_threads && !predicts_only(command->get_name())) add_watch_limits(*command, limits);
  }
  try {
    app.parse(argc, argv);
    if (!action) throw CLI::CallForHelp();
  } catch (const CLI::ExtrasError&) {
    if (reports_errors()) {
      write_log(STDERR_FILENO, fmt::format("lockstep: {}\n", describe_extras(app)));
    }
    return static_cast<int>(ExitCode::usage);
  } catch (const CLI::Success& help_or_version) {
    if (reports_errors()) {
      app.exit(help_or_version);
      if (!std::cout.flush()) {
        return static_cast<int>(errno == EPIPE ? ExitCode::closed_pipe : ExitCode::io);
      }
    }
    return 0;
  } catch (const CLI::ParseError& error) {
    if (reports_errors()) {
      write_log(STDERR_FILENO, fmt::format("lockstep: {}\n", describe_refused(app, error)));
    }
    return static_cast<int>(ExitCode::usage);
  } catch (const Error& error) {  // of the version, which names the kernels
    if (reports_errors()) write_log(STDERR_FILENO, fmt::format("lockstep: {}\n", error.what()));
    return static_cast<int>(error.code());
  }
  const std::string command = app.get_subcommands().front()->get_name();
  return run_with_mpi(argc, argv, hooks, limits, command, action);
}

}  // namespace lockstep
