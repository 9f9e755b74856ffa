#include <cmath>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "base/directory_kind.h"
#include "base/error.h"
#include "base/parse_number.h"
#include "base/run_files.h"
#include "checkpoint/find.h"
#include "checkpoint/load.h"
#include "cli/commands.h"
#include "cli/end_on_signal.h"
#include "cli/options.h"
#include "cli/result_files.h"
#include "comm/agreement.h"
#include "config/job_file.h"
#include "diagnose/checkpoint_summary.h"
#include "diagnose/diagnose_run.h"
#include "diagnose/run_record.h"
#include "report/diagnosis_json.h"
#include "report/diagnosis_text.h"
#include "rundir/run_record.h"

namespace lockstep {
namespace {

namespace fs = std::filesystem;

struct DiagnoseArguments {
  std::string run;
  std::optional<double> base_error;
  std::optional<double> base_rmse;
  int threads = 0;
  bool allow_changed_data = false;
  bool json = false;
};

LoadedJob with_base(const std::string& resolved_job, const DiagnoseArguments& arguments) {
  std::vector<std::string> overrides;
  const auto set = [&](const char* field, std::optional<double> value) {
    if (value) overrides.push_back(fmt::format("diagnosis.{}={}", field, *value));
  };
  set("base_error", arguments.base_error);
  set("base_rmse", arguments.base_rmse);
  return parse_resolved_job(resolved_job, overrides);
}

struct Diagnosed {
  std::string job_name;
  Diagnosis diagnosis;
};

// Tells what to diagnose instead of a directory without a run that has ended.
std::string what_to_diagnose(const fs::path& directory) {
  const auto kind = kind_of_directory(directory);
  if (const auto within = run_within(directory, kind, "diagnose")) return *within;
  if (fs::exists(directory / kCheckpointFolder)) {
    return fmt::format("its run has not ended; diagnose a checkpoint by its name, such as {}",
                       (directory / kLatestOfRun).string());
  }
  return kind ? "its run has no results" : "it does not hold a run";
}

// Diagnoses a run from its files; computes nothing again.
Diagnosed diagnose_directory(const fs::path& run_dir, const DiagnoseArguments& arguments) {
  std::optional<RunRecord> record = read_run(run_dir);
  if (!record) {
    throw Error(ExitCode::missing_input, fmt::format("{} has no {}: {}", run_dir.string(),
                                                     kSummaryFile, what_to_diagnose(run_dir)));
  }
  const LoadedJob loaded = with_base(record->resolved_job, arguments);
  // A summary of an older version lacks them.
  if (record->summary.train_examples == 0) add_set_sizes(loaded.job, record->summary);
  return {loaded.job.name, diagnose_run(loaded, record->summary, record->evaluations)};
}

// Collective. Evaluates a checkpoint on every set of its job. The result is on rank 0.
Diagnosed diagnose_checkpoint(const fs::path& checkpoint, const DiagnoseArguments& arguments,
                              const Communicator& comm) {
  const Layout layout{comm.size(), threads_of_a_rank(arguments.threads, comm.size())};
  LoadedJob loaded;  // on rank 0
  agree(comm, [&] {
    if (comm.is_root()) {
      loaded = with_base(load_checkpoint(checkpoint).resolved_job, arguments);
    }
  });
  const Summary summary =
      summary_of_checkpoint(checkpoint, loaded.job, comm, layout, arguments.allow_changed_data);
  if (!comm.is_root()) return {};
  return {loaded.job.name, diagnose_run(loaded, summary, {})};
}

int run_diagnose(const DiagnoseArguments& arguments, const CommandContext& context) {
  const Communicator& comm = context.comm;
  const EndOnSignal ends(comm.is_root());
  std::string checkpoint;  // empty: a run directory
  Diagnosed result;
  agree(comm, [&] {
    if (!comm.is_root()) return;
    if (fs::is_directory(arguments.run)) {
      result = diagnose_directory(arguments.run, arguments);
    } else {
      checkpoint = find_checkpoint(arguments.run).string();
    }
  });
  comm.broadcast(checkpoint);
  if (!checkpoint.empty()) {
    result = diagnose_checkpoint(checkpoint, arguments, comm);
  }
  agree(comm, [&] {
    if (!comm.is_root()) return;
    print_result(arguments.json ? to_text(diagnosis_to_json(result.diagnosis)) + "\n"
                                : diagnosis_text(result.job_name, result.diagnosis,
                                                 arguments.base_error  ? "--base-error"
                                                 : arguments.base_rmse ? "--base-rmse"
                                                                       : ""));
  });
  return 0;
}

CLI::Validator non_negative() {
  return CLI::Validator(
      [](const std::string& text) -> std::string {
        const auto value = parse_number<double>(text);
        if (value && std::isfinite(*value) && *value >= 0) return "";
        return fmt::format("'{}' is not a number from 0 on", text);
      },
      "", "non_negative");
}

}  // namespace

void add_diagnose_command(CLI::App& app, Action& action) {
  auto arguments = std::make_shared<DiagnoseArguments>();
  CLI::App* command = app.add_subcommand(
      "diagnose", "Show bias, variance and mismatch of a run (1.2), and what to try next (1.3)");
  command
      ->add_option("run", arguments->run,
                   "Run directory, whose summary is read; or a checkpoint file or pointer (best, "
                   "latest), which is evaluated on its job's data")
      ->required();
  command
      ->add_option("--base-error", arguments->base_error,
                   "The lowest error possible, instead of the job's diagnosis.base_error (0.01: "
                   "one percent)")
      ->check(CLI::Range(0.0, 1.0));
  command
      ->add_option("--base-rmse", arguments->base_rmse,
                   "The lowest RMSE possible, in the units of the file, instead of the job's "
                   "diagnosis.base_rmse")
      ->check(non_negative());
  add_threads(*command, arguments->threads);
  add_allow_changed_data(*command, arguments->allow_changed_data, "Evaluate a checkpoint");
  add_json(*command, arguments->json);
  command->callback([&action, arguments] {
    action = [arguments](const CommandContext& context) {
      return run_diagnose(*arguments, context);
    };
  });
}

}  // namespace lockstep
