#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "base/atomic_file.h"
#include "base/error.h"
#include "base/number_text.h"
#include "base/run_files.h"
#include "cli/commands.h"
#include "cli/options.h"
#include "cli/result_files.h"
#include "cli/trial_options.h"
#include "comm/agreement.h"
#include "config/sweep_file.h"
#include "report/part_table.h"
#include "report/sweep_table.h"
#include "rundir/run_directory.h"
#include "rundir/sweep_directory.h"
#include "sets/dataset_sizes.h"
#include "sweep/cautions.h"
#include "sweep/check_warm_starts.h"
#include "sweep/collect.h"
#include "sweep/count_features.h"
#include "sweep/environment_caution.h"
#include "sweep/part.h"
#include "sweep/run_sweep.h"
#include "sweep/termination.h"
#include "sweep/trials.h"
#include "train/environment.h"

namespace lockstep {
namespace {

namespace fs = std::filesystem;

struct SweepArguments {
  std::string sweep;
  std::vector<std::string> overrides;
  std::string run_dir;
  std::string part;                  // empty: the whole sweep
  std::vector<std::string> collect;  // directories of parts
  TrialArguments trials;
};

// Writes the files and prints the results, on rank 0 at the end.
void report(const SweepArguments& arguments, const SweepResults& results, const fs::path& run_dir) {
  const std::string json = sweep_json(results);
  replace_file(run_dir / kSweepCsv, sweep_csv(results));
  replace_file(run_dir / kSweepJson, json);
  const bool won = winner_of(results) != nullptr;
  if (won) replace_file(run_dir / kWinnerJob, winner_job(results));
  const std::string text = sweep_text(results);
  replace_file(run_dir / kSweepText, text);
  print_result(arguments.trials.json ? json : text + next_steps(results, run_dir.string()));
  if (!won) {
    throw Error(ExitCode::diverged,
                "every trial diverged; try smaller learning rates or initial weights");
  }
}

struct PreparedSweep {
  LoadedSweep loaded;
  std::vector<Trial> trials;
  std::optional<SweepPart> part;
  int threads = 1;
};

// Collective. Makes the sweep and the jobs of its trials, the same on every rank.
PreparedSweep prepare_sweep(const SweepArguments& arguments, const Communicator& comm) {
  PreparedSweep sweep;
  std::string all_jobs;  // to compare between ranks
  agree(comm, [&] {
    sweep.loaded = load_sweep(arguments.sweep, arguments.overrides);
    sweep.trials = resolve_trials(sweep.loaded);
    sweep.threads = threads_of_a_rank(arguments.trials.threads, comm.size());
    if (!arguments.part.empty()) {
      sweep.part = parse_part(arguments.part);
      check_part(*sweep.part, sweep.loaded.sweep, sweep.trials);
    }
    if (!arguments.collect.empty()) check_divisible(sweep.loaded.sweep);
    check_groups(arguments.trials.groups, comm.size(), sweep.loaded.sweep, sweep.trials);
    all_jobs = trials_to_compare(sweep.trials, arguments.trials.groups, sweep.threads);
  });
  require_same(comm, all_jobs, [](const std::string&, const std::string&) {
    return std::string("its sweep, its jobs, --groups or --threads differ from those of rank 0");
  });
  require_same_environment(comm);
  return sweep;
}

// Collective. Makes all options except the run directory and the number of features.
SweepOptions options_of(const SweepArguments& arguments, const CommandContext& context,
                        const PreparedSweep& sweep) {
  SweepOptions options = sweep_options(arguments.trials, sweep.threads, sweep.trials, context);
  options.resume = options.resume || !arguments.collect.empty();
  options.part = sweep.part;
  return options;
}

// On rank 0. The part with its trials; none for the whole sweep.
std::optional<OwnTrials> own_trials(const PreparedSweep& sweep, std::uint64_t features) {
  if (!sweep.part) return std::nullopt;
  return OwnTrials{*sweep.part, trials_of_part(*sweep.part, sweep.trials, features)};
}

// The line that says what begins.
std::string describe_start(const SweepArguments& arguments, const PreparedSweep& sweep,
                           const std::optional<OwnTrials>& own, int ranks,
                           const std::string& run_dir) {
  const auto count = [](std::size_t number, const char* noun) {
    return format_quantity(number, noun);
  };
  const std::string all = count(sweep.trials.size(), "trial");
  return fmt::format(
      "sweep {}: {} in {}, {} x {}, into {}", sweep.loaded.sweep.name,
      own ? fmt::format("part {}, {} of {}", part_text(own->part), own->numbers.size(), all) : all,
      count(static_cast<std::size_t>(arguments.trials.groups), "group"),
      count(static_cast<std::size_t>(ranks), "rank"),
      count(static_cast<std::size_t>(sweep.threads), "thread"), run_dir);
}

// On rank 0. The trials to collect: those that --run-dir has already, and those of the parts.
std::vector<StoredTrial> trials_to_collect(const SweepArguments& arguments,
                                           const PreparedSweep& sweep) {
  if (arguments.collect.empty()) return {};
  std::vector<fs::path> directories(arguments.collect.begin(), arguments.collect.end());
  const bool continues = resume_mode(arguments.trials.resume) != Resume::never;
  if (continues && fs::exists(fs::path(arguments.run_dir) / kSweepFile)) {
    directories.insert(directories.begin(), arguments.run_dir);
  }
  return find_ended_trials(sweep.loaded, sweep.trials, directories,
                           arguments.trials.allow_changed_data);
}

// On rank 0. Makes or finds the directory, sets `run_dir` to it, and logs what begins. Brings the
// trials of parts into it.
void open_directory(const SweepArguments& arguments, const PreparedSweep& sweep, int ranks,
                    const std::optional<OwnTrials>& own, const std::vector<std::string>& cautions,
                    std::optional<UntrainedDirectory>& untrained, OpenRun& run,
                    std::string& run_dir) {
  const std::vector<StoredTrial> collected = trials_to_collect(arguments, sweep);
  const std::string& name = sweep.loaded.sweep.name;
  const RunDirectory made = prepare_run_directory(arguments.run_dir, name, DirectoryKind::sweep,
                                                  resume_mode(arguments.trials.resume));
  untrained.emplace(made);
  run_dir = made.path.string();
  check_sweep_directory(made.path, sweep.loaded, own);  // a refusal leaves no trace
  run.lock(run_dir, name);
  claim_sweep_directory(run, made.path, sweep.loaded, own);
  log_line(describe_start(arguments, sweep, own, ranks, run_dir));
  for (const std::string& caution : cautions) log_line(caution);
  bring_trials(collected, made.path);
}

// Collective. Scores the winner, and no other trial, on the test set, and writes and prints the
// results.
void finish_sweep(const SweepArguments& arguments, const PreparedSweep& sweep,
                  const SweepOutcome& outcome, const std::vector<std::string>& cautions,
                  const Communicator& comm, const SweepOptions& options) {
  SweepResults results{.sweep = sweep.loaded.sweep,
                       .trials = sweep.trials,
                       .ranked = rank_trials(sweep.loaded.sweep, outcome.records),
                       .dev_examples = 0,
                       .test = std::nullopt,
                       .cautions = cautions};
  if (const RankedTrial* winner = winner_of(results)) {
    results.test =
        test_winner(sweep.loaded, sweep.trials[winner->number], winner->result, comm, options);
  }
  agree(comm, [&] {
    if (!comm.is_root()) return;
    if (const auto caution = environment_caution(sweep.trials, options.run_dir)) {
      results.cautions.push_back(*caution);
    }
    if (const RankedTrial* winner = winner_of(results)) {
      results.dev_examples = dataset_sizes(sweep.trials[winner->number].loaded.job).dev;
    }
    report(arguments, results, options.run_dir);
  });
}

// Collective. Writes and prints the results of a part, without a winner.
void finish_part(const SweepArguments& arguments, const PreparedSweep& sweep,
                 const SweepOutcome& outcome, const Communicator& comm,
                 const SweepOptions& options) {
  agree(comm, [&] {
    if (!comm.is_root()) return;
    PartResults results{sweep.loaded.sweep, sweep.trials, *sweep.part, {}};
    for (const std::uint32_t number : trials_of_part(*sweep.part, sweep.trials, options.features)) {
      const TrialResult& result = outcome.records[number].results.back();
      results.own.push_back({number, result.status, result});
    }
    const std::string text = part_report(results);
    const std::string json = part_json(results);
    replace_file(options.run_dir / kPartJson, json);
    replace_file(options.run_dir / kPartText, text);
    print_result(arguments.trials.json ? json : text + part_next_steps(options.run_dir.string()));
  });
}

int run_sweep_command(const SweepArguments& arguments, const CommandContext& context) {
  const Communicator& comm = context.comm;
  const PreparedSweep sweep = prepare_sweep(arguments, comm);
  SweepOptions options = options_of(arguments, context, sweep);
  const std::vector<std::string> cautions = sweep_cautions(sweep.loaded.sweep, sweep.trials);
  std::string run_dir;
  std::optional<UntrainedDirectory> untrained;  // on rank 0
  agree(comm, [&] {
    if (!comm.is_root()) return;
    options.features = count_features(sweep.loaded.sweep, sweep.trials);
    check_warm_starts(sweep.loaded.sweep, sweep.trials, options.features);
    open_directory(arguments, sweep, comm.size(), own_trials(sweep, options.features), cautions,
                   untrained, context.run, run_dir);
  });
  comm.broadcast(options.features);
  comm.broadcast(run_dir);
  options.run_dir = run_dir;
  context.run.enter(run_dir);
  agree(comm, [&] {
    if (comm.is_root()) context.run.tell_running(std::nullopt);
  });

  const SweepOutcome outcome = run_sweep(sweep.loaded, sweep.trials, comm, options);
  if (!outcome.interrupted) {
    if (sweep.part) {
      finish_part(arguments, sweep, outcome, comm, options);
    } else {
      finish_sweep(arguments, sweep, outcome, cautions, comm, options);
    }
    return 0;
  }
  if (comm.is_root()) {
    // The resolved sweep includes the changes of --set.
    log_line(fmt::format("interrupted; to resume: {0} sweep {1}/{2} --run-dir {1} --resume auto{3}",
                         context.launch, run_dir, kSweepFile,
                         sweep.part ? " --part " + part_text(*sweep.part) : ""));
  }
  return static_cast<int>(ExitCode::interrupted);
}

}  // namespace

void add_sweep_command(CLI::App& app, Action& action) {
  auto arguments = std::make_shared<SweepArguments>();
  CLI::App* command = app.add_subcommand(
      "sweep",
      "Search for hyperparameters on the dev set\n\n"
      "  lockstep sweep launch/sweeps/fashion-sweep.textproto\n"
      "  launch/local -n 2 sweep launch/sweeps/fashion-sweep.textproto --groups 2\n\n"
      "  lockstep sweep SWEEP --run-dir part-1 --part 1/3\n"
      "  lockstep sweep SWEEP --run-dir all --collect part-1 part-2 part-3\n\n"
      "The table is the same at every number of ranks, threads, groups and parts");
  command->add_option("sweep", arguments->sweep, "Sweep file (protobuf text format)")->required();
  add_groups(*command, arguments->trials, "trials");
  command->add_option("--run-dir", arguments->run_dir,
                      "Where results go [runs/<sweep name>-<number>]");
  CLI::Option* part = command->add_option(
      "--part", arguments->part, "I/N: train only part I of N parts of the trials, such as 2/3");
  command
      ->add_option("--collect", arguments->collect,
                   "Run directories of parts: take their trials, and make the table of all")
      ->excludes(part);
  add_overrides(*command, arguments->overrides, "the jobs of all trials");
  add_trial_options(*command, arguments->trials, "sweep");
  command->callback([&action, arguments] {
    action = [arguments](const CommandContext& context) {
      return run_sweep_command(*arguments, context);
    };
  });
}

}  // namespace lockstep
