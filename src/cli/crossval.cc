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
#include "evaluate/evaluate_checkpoint.h"
#include "report/crossval_table.h"
#include "report/fold_predictions.h"
#include "rundir/run_directory.h"
#include "sets/dataset_sizes.h"
#include "sets/fold_cautions.h"
#include "sweep/crossval.h"
#include "sweep/environment_caution.h"
#include "sweep/run_sweep.h"
#include "train/environment.h"

namespace lockstep {
namespace {

namespace fs = std::filesystem;

struct CrossvalArguments {
  std::string job;
  std::vector<std::string> overrides;
  CrossvalPlan plan;
  std::string run_dir;
  TrialArguments trials;
};

struct PreparedCrossval {
  LoadedJob job;
  Crossval crossval;
  int threads = 1;
};

// Collective. Makes the jobs of the folds, the same on every rank.
PreparedCrossval prepare(const CrossvalArguments& arguments, const Communicator& comm) {
  PreparedCrossval prepared;
  std::string all_jobs;  // to compare between ranks
  agree(comm, [&] {
    prepared.job = load_job(arguments.job, arguments.overrides);
    prepared.crossval = make_crossval(prepared.job, arguments.plan);
    prepared.threads = threads_of_a_rank(arguments.trials.threads, comm.size());
    const Crossval& crossval = prepared.crossval;
    check_groups(arguments.trials.groups, comm.size(), crossval.sweep.sweep, crossval.trials);
    all_jobs = trials_to_compare(crossval.trials, arguments.trials.groups, prepared.threads);
  });
  require_same(comm, all_jobs, [](const std::string&, const std::string&) {
    return std::string("its job, its folds, --groups or --threads differ from those of rank 0");
  });
  require_same_environment(comm);
  return prepared;
}

// What the data says before anything is trained.
struct DividedData {
  std::uint64_t features = 0;
  std::uint64_t examples = 0;           // that the folds divide
  std::vector<std::string> notes = {};  // about them and the sets of the job, as lines
};

// On rank 0. Throws for data that cannot be divided, and what dataset_sizes throws.
DividedData look_at_data(const CrossvalArguments& arguments, const Crossval& crossval) {
  DividedData data;
  for (const Trial& trial : crossval.trials) {
    // Sizes depend on the fold only where groups stay together.
    const SplitRules& split = trial.loaded.job.data.split;
    if (trial.number > 0 && !split.by_group) break;
    const DatasetSizes sizes = dataset_sizes(trial.loaded.job);
    const std::uint64_t own_dev = trial.loaded.job.data.dev ? 0 : sizes.dev;
    data.features = sizes.features;
    data.examples = sizes.train + sizes.train_dev + sizes.test + own_dev;
    const OutputConfig& output = trial.loaded.job.network.output;
    if (sizes.table) {
      require_different_names(fold_prediction_columns(
          {.loss = output.loss, .units = output.units, .label_width = sizes.label_width},
          &sizes.table->schema));
    }
    if (sizes.test * output.units > kMostEvaluatedPredictions) {
      throw Error(
          ExitCode::usage,
          fmt::format("a fold has {} predictions, and at most {} are kept; ask for more "
                      "than {} folds",
                      sizes.test * output.units, kMostEvaluatedPredictions, arguments.plan.folds));
    }
  }
  data.notes = crossval.notes;
  const Job& first = crossval.trials.front().loaded.job;
  if (const auto caution = caution_of_small_classes(first, arguments.plan.folds)) {
    data.notes.push_back(*caution);
  }
  return data;
}

// The job, with the folds in a comment.
std::string file_text(const CrossvalPlan& plan, const LoadedJob& job) {
  return fmt::format("# lockstep crossval --folds {} --repeats {}\n{}", plan.folds, plan.repeats,
                     job.resolved_text);
}

// Throws unless the directory is free or belongs to this cross-validation.
void check_directory(const fs::path& directory, const std::string& text) {
  const fs::path file = directory / kCrossvalFile;
  if (!fs::exists(file) || read_text_file(file, "job") == text) return;
  throw Error(ExitCode::usage,
              fmt::format("{} holds a cross-validation of another job, or with other --folds or "
                          "--repeats (see {} there); choose another --run-dir",
                          directory.string(), kCrossvalFile));
}

// On rank 0. Makes or finds the directory, and logs what begins.
std::string open_directory(const CrossvalArguments& arguments, const PreparedCrossval& prepared,
                           const DividedData& data, int ranks,
                           std::optional<UntrainedDirectory>& untrained, OpenRun& run) {
  const std::string& name = prepared.crossval.sweep.sweep.name;
  const RunDirectory made = prepare_run_directory(arguments.run_dir, name, DirectoryKind::crossval,
                                                  resume_mode(arguments.trials.resume));
  untrained.emplace(made);
  const std::string text = file_text(arguments.plan, prepared.job);
  check_directory(made.path, text);  // a refusal leaves no trace
  run.lock(made.path.string(), name);
  check_directory(made.path, text);  // another program may have had it meanwhile
  run.keep(made.path / kCrossvalFile, text);
  const auto count = [](auto number, const char* noun) {
    return format_quantity(static_cast<std::uint64_t>(number), noun);
  };
  log_line(fmt::format("crossval {}: {} x {} in {}, {} x {}, into {}", prepared.job.job.name,
                       count(arguments.plan.repeats, "repeat"), count(arguments.plan.folds, "fold"),
                       count(arguments.trials.groups, "group"), count(ranks, "rank"),
                       count(prepared.threads, "thread"), made.path.string()));
  for (const std::string& note : data.notes) log_line(note);
  return made.path.string();
}

struct TestedFolds {
  std::vector<FoldScores> folds;
  std::optional<FoldPredictions> predictions;  // on rank 0; incomplete if a fold diverged
};

// Collective. Tests the model of every fold on it.
TestedFolds test_folds(const CrossvalArguments& arguments, const PreparedCrossval& prepared,
                       const SweepOutcome& outcome, std::uint64_t examples,
                       const Communicator& comm, const SweepOptions& options) {
  TestedFolds tested;
  for (const Trial& trial : prepared.crossval.trials) {
    const TrialResult& result = outcome.records[trial.number].results.back();
    FoldScores fold{.repeat = trial.number / arguments.plan.folds,
                    .fold = trial.number % arguments.plan.folds,
                    .result = result,
                    .test = std::nullopt};
    if (result.status != TrialStatus::diverged) {
      use_trained(prepared.crossval.sweep, trial, result, comm, options,
                  [&](const fs::path& checkpoint, const Communicator& group, const Layout& layout) {
                    const SavedModel model = load_model(checkpoint, group);
                    const TestAnswers answers =
                        answer_test_set(model, group, layout, options.allow_changed_data);
                    agree(group, [&] {
                      if (!group.is_root()) return;
                      fold.test = answers.scores;
                      if (!tested.predictions) {
                        tested.predictions.emplace(model, examples, arguments.plan.repeats);
                      }
                      tested.predictions->add(fold.repeat, fold.fold, answers);
                    });
                  });
    }
    tested.folds.push_back(std::move(fold));
  }
  return tested;
}

// On rank 0. Writes the files and prints the results.
void report(const CrossvalArguments& arguments, const CrossvalResults& results,
            const TestedFolds& tested, const fs::path& run_dir) {
  const std::string json = crossval_json(results);
  const std::string text = crossval_text(results);
  replace_file(run_dir / kCrossvalCsv, crossval_csv(results));
  replace_file(run_dir / kCrossvalJson, json);
  replace_file(run_dir / kCrossvalText, text);
  const bool complete = is_complete(results);
  if (complete) replace_file(run_dir / kFoldPredictions, tested.predictions->text());
  print_result(arguments.trials.json
                   ? json
                   : text + fmt::format("\nfiles: {0}/{1}, {2}, {3}{4}\n", run_dir.string(),
                                        kCrossvalText, kCrossvalCsv, kCrossvalJson,
                                        complete ? fmt::format(", {}", kFoldPredictions) : ""));
  if (!complete) {
    throw Error(ExitCode::diverged,
                "a fold diverged; try smaller learning rates or initial weights");
  }
}

int run_crossval_command(const CrossvalArguments& arguments, const CommandContext& context) {
  const Communicator& comm = context.comm;
  const PreparedCrossval prepared = prepare(arguments, comm);
  const Crossval& crossval = prepared.crossval;
  SweepOptions options =
      sweep_options(arguments.trials, prepared.threads, crossval.trials, context);
  options.compares = false;
  DividedData data;  // on rank 0
  std::string run_dir;
  std::optional<UntrainedDirectory> untrained;  // on rank 0
  agree(comm, [&] {
    if (!comm.is_root()) return;
    data = look_at_data(arguments, crossval);
    run_dir = open_directory(arguments, prepared, data, comm.size(), untrained, context.run);
  });
  options.features = data.features;
  comm.broadcast(options.features);
  comm.broadcast(run_dir);
  options.run_dir = run_dir;
  context.run.enter(run_dir);
  agree(comm, [&] {
    if (comm.is_root()) context.run.tell_running(std::nullopt);
  });

  const SweepOutcome outcome = run_sweep(crossval.sweep, crossval.trials, comm, options);
  if (outcome.interrupted) {
    if (comm.is_root()) {
      log_line(fmt::format(
          "interrupted; to resume: {0} crossval {1}/{2} --folds {3} --repeats {4} --run-dir {1} "
          "--resume auto",
          context.launch, run_dir, kCrossvalFile, arguments.plan.folds, arguments.plan.repeats));
    }
    return static_cast<int>(ExitCode::interrupted);
  }
  TestedFolds tested = test_folds(arguments, prepared, outcome, data.examples, comm, options);
  agree(comm, [&] {
    if (!comm.is_root()) return;
    CrossvalResults results{.job_name = prepared.job.job.name,
                            .plan = arguments.plan,
                            .examples = data.examples,
                            .folds = tested.folds,
                            .notes = data.notes};
    if (const auto caution = environment_caution(crossval.trials, run_dir)) {
      results.notes.push_back(*caution);
    }
    report(arguments, results, tested, run_dir);
  });
  return 0;
}

}  // namespace

void add_crossval_command(CLI::App& app, Action& action) {
  auto arguments = std::make_shared<CrossvalArguments>();
  CLI::App* command = app.add_subcommand(
      "crossval",
      "Train and test on every fold of the training source\n\n"
      "  lockstep crossval leaves.textproto --folds 5\n"
      "  launch/local -n 2 crossval leaves.textproto --folds 10 --repeats 3 --groups 2\n\n"
      "The results are the same at every number of ranks, threads and groups");
  add_job(*command, arguments->job);
  command
      ->add_option("--folds", arguments->plan.folds,
                   "Number of folds; each is the test set of one run")
      ->required();
  command->add_option("--repeats", arguments->plan.repeats,
                      "Number of divisions into folds, each by other draws [1]");
  add_groups(*command, arguments->trials, "runs");
  command->add_option("--run-dir", arguments->run_dir,
                      "Where results go [runs/<job name>-crossval-<number>]");
  add_overrides(*command, arguments->overrides);
  add_trial_options(*command, arguments->trials, "cross-validation");
  command->callback([&action, arguments] {
    action = [arguments](const CommandContext& context) {
      return run_crossval_command(*arguments, context);
    };
  });
}

}  // namespace lockstep
