#include "diagnose/recipe.h"
#include "base/run_files.h"

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <unistd.h>

#include <fmt/format.h>

#include "base/atomic_file.h"
#include "base/error.h"
#include "base/json_text.h"
#include "cli/commands.h"
#include "cli/options.h"
#include "cli/prepared_job.h"
#include "cli/result_files.h"
#include "cli/stop_request.h"
#include "comm/agreement.h"
#include "config/job_file.h"
#include "diagnose/diagnose_run.h"
#include "metrics/answers_file.h"
#include "records/stop_reason.h"
#include "report/descriptor.h"
#include "report/error_file.h"
#include "report/recipe_table.h"
#include "report/reports.h"
#include "rundir/run_directory.h"
#include "rundir/run_record.h"
#include "rundir/state_report.h"

namespace lockstep {
namespace {

namespace fs = std::filesystem;

struct RecipeArguments {
  std::string job;
  std::vector<std::string> overrides;
  std::string run_dir;
  int runs = 8;
  int threads = 0;            // 0: default_threads
  int prefetch_threads = -1;  // -1: default_prefetch_threads
  std::string resume;
  bool allow_changed_data = false;
  bool allow_changed_environment = false;
  bool no_color = false;
  bool json = false;
};

// The files of a recipe: a run directory for each run, recipe.json, recipe.txt and best.textproto.
class FilesHost : public RecipeHost {
 public:
  FilesHost(OpenRun& run, fs::path directory, bool color)
      : run_(run), directory_(std::move(directory)), color_(color) {}

  TrainingObservers observers(const LoadedJob& loaded) override {
    TrainingObservers observers;
    observers.push_back(std::make_unique<DirectoryGuard>(run_));
    observers.push_back(
        with_diagnosis(guarded_standard_reports(ReportOptions{.color = color_, .results = false}),
                       loaded, evaluations_before));
    return observers;
  }

  std::optional<RunRecord> finished(const fs::path& run_dir) override {
    auto record = read_run(run_dir);
    if (record && record->summary.stop_reason == kInterrupted) return std::nullopt;
    if (record) record->answers = read_answers(run_dir / kAnswersFile).value_or(Answers{});
    return record;
  }

  std::optional<std::string> diverged(const fs::path& run_dir) override {
    const std::optional<RecordedError> error = read_error_file(run_dir, 0);
    if (!error || error->exit_code != static_cast<int>(ExitCode::diverged)) return std::nullopt;
    return error->message;
  }

  void note_divergence(const fs::path& run_dir, const std::string& message) override {
    write_error_file(run_dir, 0, "", ExitCode::diverged, message);
  }

  void keep_answers(const fs::path& run_dir, const Answers& answers) override {
    write_answers(run_dir / kAnswersFile, answers);
  }

  void publish(const RecipeResult& result) override {
    replace_file(directory_ / kRecipeJson, to_text(recipe_json(result), 2) + "\n");
    replace_file(directory_ / kRecipeText, recipe_text(result));
    if (!result.best_job.empty()) replace_file(directory_ / kBestJob, result.best_job);
    if (result.runs.empty() || result.end) return;
    const RecipeRun& run = result.runs.back();
    write_log(STDERR_FILENO, fmt::format("recipe: run {} of {}: {}{}\n", run.number, result.budget,
                                         enum_name(run.outcome),
                                         run.comparison.empty() ? "" : ", " + run.comparison));
  }

 private:
  OpenRun& run_;
  fs::path directory_;
  bool color_;
};

// Creates the directory of the recipe.
RunDirectory prepare_directory(const RecipeArguments& arguments, const std::string& job_name) {
  RunDirectory directory =
      prepare_run_directory(arguments.run_dir, job_name + "-recipe", DirectoryKind::recipe,
                            resume_mode(arguments.resume));
  const std::size_t taken = recorded_runs(directory.path);
  if (taken > static_cast<std::size_t>(arguments.runs)) {
    throw Error(ExitCode::usage,
                fmt::format("{} holds a recipe of {} runs, more than --runs {}; use a larger "
                            "--runs or another --run-dir",
                            directory.path.string(), taken, arguments.runs));
  }
  return directory;
}

int exit_code(std::optional<RecipeEnd> end) {
  if (end == RecipeEnd::interrupted) return static_cast<int>(ExitCode::interrupted);
  if (end == RecipeEnd::diverged) return static_cast<int>(ExitCode::diverged);
  return 0;
}

int run_recipe_command(const RecipeArguments& arguments, const CommandContext& context) {
  const Communicator& comm = context.comm;
  const auto [loaded, layout] = prepare_job(comm, arguments.job, arguments.overrides,
                                            arguments.threads, /*no_dropout=*/false);
  agree(comm, [&job = loaded.job] { check_recipe_job(job); });
  RecipeOptions options;
  options.runs = arguments.runs;
  options.layout = layout;
  options.layout.prefetch_threads = arguments.prefetch_threads >= 0
                                        ? arguments.prefetch_threads
                                        : default_prefetch_threads(comm, options.layout.threads);
  options.allow_changed_data = arguments.allow_changed_data;
  options.allow_changed_environment = arguments.allow_changed_environment;
  options.stop_requested = stop_request(context);

  const std::string& job_name = loaded.job.name;
  std::string directory;
  std::optional<UntrainedDirectory> untrained;  // on rank 0
  agree(comm, [&] {
    if (!comm.is_root()) return;
    const RunDirectory made = prepare_directory(arguments, job_name);
    untrained.emplace(made);
    directory = made.path.string();
    context.run.lock(directory, job_name);
  });
  comm.broadcast(directory);
  options.directory = directory;
  context.run.enter(directory);
  agree(comm, [&] {
    if (comm.is_root()) context.run.tell_running(std::nullopt);
  });

  FilesHost host(context.run, directory, !arguments.no_color);
  const RecipeResult result = run_recipe(loaded, comm, options, host);
  agree(comm, [&] {
    if (!comm.is_root()) return;
    const std::string best = result.best_job.empty() ? "" : fmt::format("{}, ", kBestJob);
    print_result(arguments.json
                     ? to_text(recipe_json(result)) + "\n"
                     : fmt::format("{}Files: {} ({}, {}, {}a directory for each run)\n",
                                   recipe_text(result), directory, kRecipeText, kRecipeJson, best));
  });
  return exit_code(result.end);
}

}  // namespace

void add_recipe_command(CLI::App& app, Action& action) {
  auto arguments = std::make_shared<RecipeArguments>();
  CLI::App* command = app.add_subcommand(
      "recipe",
      "Follow the basic recipe (1.3): fit the training set, then reduce variance, step by step; "
      "a step is kept if the error that it aims at falls beyond chance");
  add_job(*command, arguments->job);
  command->add_option("--runs", arguments->runs, "Train at most this many networks [8]")
      ->check(CLI::Range(1, 1000));
  command->add_option("--run-dir", arguments->run_dir,
                      "Where results go [runs/<job name>-recipe-<number>]");
  add_threads(*command, arguments->threads);
  add_prefetch_threads(*command, arguments->prefetch_threads);
  add_overrides(*command, arguments->overrides);
  add_resume(*command, arguments->resume,
             "Resume the recipe in --run-dir, with the results of its finished runs");
  add_allow_changed_data(*command, arguments->allow_changed_data);
  add_allow_changed_environment(*command, arguments->allow_changed_environment);
  add_json(*command, arguments->json);
  command->add_flag("--no-color", arguments->no_color, "No colour on a terminal");
  command->callback([&action, arguments] {
    action = [arguments](const CommandContext& context) {
      return run_recipe_command(*arguments, context);
    };
  });
}

}  // namespace lockstep
