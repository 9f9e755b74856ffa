#include <algorithm>
#include <cctype>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "base/atomic_file.h"
#include "base/error.h"
#include "base/input_file.h"
#include "base/number_text.h"
#include "cli/commands.h"
#include "cli/options.h"
#include "cli/result_files.h"
#include "comm/agreement.h"
#include "config/job_file.h"
#include "config/sweep_file.h"
#include "plan/batch_needs.h"
#include "report/format.h"
#include "report/slurm_script.h"
#include "sweep/part.h"
#include "sweep/trials.h"

namespace lockstep {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kFirstRemark = "Written by `lockstep slurm`";

struct SlurmArguments {
  std::string file;
  std::vector<std::string> overrides;
  bool sweep = false;
  int array_tasks = 0;  // 0: one job
  int nodes = 1;
  int ranks_per_node = 1;
  int threads = 0;  // 0: the cores of this machine
  std::string time, partition, account, run_dir, project, out;
};

// The jobs that the script will train: one, or the trials of a sweep.
std::vector<LoadedJob> load_jobs(const SlurmArguments& arguments) {
  std::vector<LoadedJob> jobs;
  if (arguments.sweep) {
    const LoadedSweep sweep = load_sweep(arguments.file, arguments.overrides);
    std::vector<Trial> trials = resolve_trials(sweep);
    if (arguments.array_tasks > 0) {
      check_divisible(sweep.sweep);
      if (static_cast<std::size_t>(arguments.array_tasks) > trials.size()) {
        throw Error(ExitCode::usage,
                    fmt::format("--array {}: the sweep has {}; use at most as many tasks",
                                arguments.array_tasks, format_quantity(trials.size(), "trial")));
      }
    }
    for (Trial& trial : trials) jobs.push_back(std::move(trial.loaded));
  } else {
    jobs.push_back(load_job(arguments.file, arguments.overrides));
  }
  return jobs;
}

// The folder that has the batch scripts: the one that was named, or one above the program.
fs::path find_project(const SlurmArguments& arguments) {
  const fs::path script = batch_script(arguments.sweep);
  if (!arguments.project.empty()) {
    if (fs::exists(arguments.project / script)) return fs::canonical(arguments.project);
    throw Error(ExitCode::missing_input, fmt::format("--project {}: there is no {} in it",
                                                     arguments.project, script.string()));
  }
  for (fs::path folder = fs::read_symlink("/proc/self/exe"); folder.has_relative_path();) {
    folder = folder.parent_path();
    if (fs::exists(folder / script)) return folder;
  }
  throw Error(ExitCode::missing_input,
              fmt::format("no folder above the program has {}; name the project's folder with "
                          "--project",
                          script.string()));
}

std::vector<std::string> remarks_of(const SlurmArguments& arguments, const BatchNeeds& needs) {
  std::vector<std::string> remarks = {
      fmt::format("{} for {}.", kFirstRemark, arguments.file),
      fmt::format("Memory: a rank takes up to {} as `lockstep check` predicts, plus 50%.",
                  format_bytes(needs.bytes_of_rank))};
  if (!arguments.time.empty()) return remarks;
  remarks.push_back(
      fmt::format("Time: {} predicted from steps measured on this machine; twice that and 5 min.",
                  format_duration(needs.seconds)));
  if (time_limit_of(needs.seconds) == kLongestStart) {
    remarks.emplace_back("A start may take a day. The script continues the run until it is done.");
  }
  return remarks;
}

SlurmScript script_of(SlurmArguments arguments) {
  const std::vector<LoadedJob> jobs = load_jobs(arguments);
  if (arguments.threads == 0) {
    arguments.threads = std::max(1, default_threads(1) / arguments.ranks_per_node);
  }
  SlurmScript script;
  script.project = find_project(arguments).string();
  script.sweep = arguments.sweep;
  script.name = arguments.sweep ? fs::path(arguments.file).stem().string() : jobs[0].job.name;
  script.file = fs::absolute(arguments.file).lexically_normal().string();
  script.array_tasks = arguments.array_tasks;
  script.nodes = arguments.nodes;
  script.ranks_per_node = arguments.ranks_per_node;
  script.cpus_per_rank = arguments.threads;
  const BatchNeeds needs = batch_needs({.jobs = jobs,
                                        .side_by_side = arguments.sweep,
                                        .tasks = std::max(1, arguments.array_tasks),
                                        .nodes = arguments.nodes,
                                        .ranks_per_node = arguments.ranks_per_node,
                                        .threads = arguments.threads,
                                        .cores = default_threads(1),
                                        .predicts_time = arguments.time.empty()});
  script.memory_bytes = memory_of_node(needs.bytes_of_rank, arguments.ranks_per_node);
  script.time = arguments.time.empty() ? slurm_time(time_limit_of(needs.seconds)) : arguments.time;
  script.partition = arguments.partition;
  script.account = arguments.account;
  if (!arguments.run_dir.empty()) {
    script.arguments = {"--run-dir", fs::absolute(arguments.run_dir).lexically_normal().string()};
  }
  for (const std::string& assignment : arguments.overrides) {
    script.arguments.insert(script.arguments.end(), {"--set", assignment});
  }
  script.remarks = remarks_of(arguments, needs);
  return script;
}

// Throws Error(usage) if the file exists and is not such a script: it may be the job itself.
void refuse_foreign_file(const std::string& path) {
  if (!std::filesystem::is_regular_file(path)) return;  // a device or pipe is written in place
  const std::string text = read_file(path);
  const std::size_t second_line = text.find('\n') + 1;
  if (text.empty() ||
      text.compare(second_line, kFirstRemark.size() + 2, "# " + std::string(kFirstRemark)) == 0) {
    return;
  }
  throw Error(ExitCode::usage,
              fmt::format("--out {}: the file exists, and `lockstep slurm` has not written it; "
                          "choose another name, or remove it",
                          path));
}

// Empty if the text is a time limit of five minutes or more. The run saves two to three minutes
// before its limit.
std::string objection_to_time(const std::string& text) {
  constexpr double kLeastSeconds = 300;
  const auto seconds = seconds_of_slurm_time(text);
  if (!seconds) return "is not a time as Slurm takes it: minutes, HH:MM:SS or D-HH:MM:SS";
  if (*seconds < kLeastSeconds)
    return "is less than five minutes, but the run saves 2 to 3 minutes before the limit";
  return "";
}

// Empty if the text is a name, or a list of names, that an #SBATCH line can hold.
std::string objection_to_name(const std::string& text) {
  const bool plain = !text.empty() && std::ranges::all_of(text, [](unsigned char c) {
    return std::isalnum(c) != 0 ||
           std::string_view("_-.,@+").find(static_cast<char>(c)) != std::string_view::npos;
  });
  return plain ? "" : "is not a name that Slurm has";
}

void write_script(const SlurmArguments& arguments) {
  const std::string text = slurm_script(script_of(arguments));
  if (arguments.out.empty()) {
    print_result(text);
  } else {
    refuse_foreign_file(arguments.out);
    write_output(arguments.out, text);
    print_result(fmt::format("written: {}\nsubmit it with: sbatch {}\n", arguments.out,
                             shell_word(arguments.out)));
  }
}

}  // namespace

void add_slurm_command(CLI::App& app, Action& action) {
  auto arguments = std::make_shared<SlurmArguments>();
  CLI::App* command =
      app.add_subcommand("slurm", "Write a Slurm batch script that is filled in for a job");
  command->add_option("JOB", arguments->file, "Job file, or with --sweep a sweep file")->required();
  command->add_flag("--sweep", arguments->sweep, "The file is a sweep");
  command
      ->add_option("--array", arguments->array_tasks,
                   "With --sweep: tasks of a job array, each of which trains a part of the trials")
      ->check(CLI::Range(1, 1'000'000))
      ->needs("--sweep");
  command->add_option("--nodes", arguments->nodes, "Nodes, of each task of an array")
      ->required()
      ->check(CLI::Range(1, 65536));
  command->add_option("--ranks-per-node", arguments->ranks_per_node, "Ranks on each node [1]")
      ->check(CLI::Range(1, 4096));
  command
      ->add_option("--threads", arguments->threads,
                   "Threads of each rank, which get a CPU each [cores of this machine / ranks on a "
                   "node]")
      ->check(CLI::Range(1, 4096));
  command
      ->add_option("--time", arguments->time,
                   "Time limit as Slurm takes it, such as 02:00:00 [from a measured step]")
      ->check(CLI::Validator(objection_to_time, "TIME"));
  command->add_option("--partition", arguments->partition, "Partition [Slurm's default]")
      ->check(CLI::Validator(objection_to_name, "NAME"));
  command->add_option("--account", arguments->account, "Account [Slurm's default]")
      ->check(CLI::Validator(objection_to_name, "NAME"));
  command->add_option("--run-dir", arguments->run_dir,
                      "Where results go [runs/<file>-slurm-<job number>]");
  command->add_option("--project", arguments->project,
                      "Folder that has launch/slurm.sbatch [found above the program]");
  command->add_option("--out", arguments->out, "File to write the script to [stdout]");
  add_overrides(*command, arguments->overrides);
  command->callback([&action, arguments] {
    action = [arguments](const CommandContext& context) {
      agree(context.comm, [&] {
        if (context.comm.is_root()) write_script(*arguments);
      });
      return 0;
    };
  });
}

}  // namespace lockstep
