#include "cli/trial_options.h"

#include <algorithm>

#include <fmt/format.h>
#include <unistd.h>

#include "cli/options.h"
#include "cli/stop_request.h"
#include "diagnose/diagnose_run.h"
#include "diagnose/flow_monitor.h"
#include "report/descriptor.h"
#include "report/reports.h"
#include "rundir/run_record.h"
#include "rundir/state_report.h"

namespace lockstep {

void add_groups(CLI::App& command, TrialArguments& arguments, const std::string& runs) {
  command
      .add_option(
          "--groups", arguments.groups,
          "Groups of ranks that train " + runs + " side by side, at most the number of ranks [1]")
      ->check(CLI::Range(1, 1 << 20));
}

void add_trial_options(CLI::App& command, TrialArguments& arguments, const std::string& what) {
  add_threads(command, arguments.threads);
  add_prefetch_threads(command, arguments.prefetch_threads);
  add_resume(command, arguments.resume, "Resume the " + what + " in --run-dir");
  add_allow_changed_data(command, arguments.allow_changed_data);
  add_allow_changed_environment(command, arguments.allow_changed_environment);
  add_json(command, arguments.json);
}

std::string trials_to_compare(const std::vector<Trial>& trials, int groups, int threads) {
  std::string text;
  for (const Trial& trial : trials) text += trial.loaded.resolved_text;
  return text + fmt::format("{} groups, {} threads", groups, threads);
}

void log_line(const std::string& line) { write_log(STDERR_FILENO, line + "\n"); }

SweepOptions sweep_options(const TrialArguments& arguments, int threads,
                           const std::vector<Trial>& trials, const CommandContext& context) {
  SweepOptions options;
  options.groups = arguments.groups;
  options.threads = threads;
  options.program = context.program;
  options.allow_changed_data = arguments.allow_changed_data;
  options.allow_changed_environment = arguments.allow_changed_environment;
  options.resume = resume_mode(arguments.resume) != Resume::never;
  const bool augments = std::ranges::any_of(
      trials, [](const Trial& trial) { return trial.loaded.job.data.augmentation.has_value(); });
  if (arguments.prefetch_threads >= 0) {
    options.prefetch_threads = arguments.prefetch_threads;
  } else if (augments) {
    options.prefetch_threads = default_prefetch_threads(context.comm, threads);
  }
  options.stop_requested = stop_request(context);
  options.make_monitor = make_flow_monitor;
  options.make_observers = [&run = context.run](const LoadedJob& job) {
    TrainingObservers observers;
    observers.push_back(std::make_unique<DirectoryGuard>(run));
    observers.push_back(with_diagnosis(
        guarded_standard_reports({.color = false, .progress = false}), job, evaluations_before));
    return observers;
  };
  options.log = log_line;
  return options;
}

}  // namespace lockstep
