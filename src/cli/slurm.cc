#include <algorithm>
#include <cctype>
#include <cstdint>
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
#include "cli/measured_rates.h"
#include "cli/options.h"
#include "cli/result_files.h"
#include "comm/agreement.h"
#include "comm/exchange_plan.h"
#include "config/job_file.h"
#include "config/sweep_file.h"
#include "model/build.h"
#include "nn/layers.h"
#include "report/format.h"
#include "report/slurm_script.h"
#include "sets/dataset.h"
#include "sets/dataset_sizes.h"
#include "sweep/part.h"
#include "sweep/trials.h"
#include "train/memory_plan.h"
#include "train/step_prediction.h"

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
  const fs::path script = arguments.sweep ? "launch/slurm-sweep.sbatch" : "launch/slurm.sbatch";
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

// How the ranks of one training are placed: a trial of a sweep has one node, a job has all.
struct Placement {
  Layout layout;
  Hosts hosts;
};

Placement placement_of(const SlurmArguments& arguments) {
  const int nodes = arguments.sweep ? 1 : arguments.nodes;
  const int ranks = nodes * arguments.ranks_per_node;
  return {.layout = {ranks, arguments.threads}, .hosts = even_hosts(ranks, nodes)};
}

// Half as much again as predicted, in steps of 256 MiB: a node also needs memory for its files.
std::uint64_t memory_of_node(std::uint64_t bytes_of_rank, int ranks) {
  constexpr std::uint64_t kStep = 256ULL << 20;
  const std::uint64_t bytes = bytes_of_rank * static_cast<std::uint64_t>(ranks) * 3 / 2;
  return (bytes + kStep - 1) / kStep * kStep;
}

// The rates for another job of the same data: products take most of the time of a row, and the
// optimizer goes over all parameters.
MachineRates scaled(MachineRates rates, const NetworkSpec& from, const NetworkSpec& to) {
  rates.step.row *= multiply_adds(to) / multiply_adds(from);
  const double size = parameter_count(to) / parameter_count(from);
  rates.step.fixed *= size;
  rates.step.update *= size;
  return rates;
}

struct Needs {
  std::uint64_t memory = 0;  // of a rank
  double seconds = 0;        // of all jobs, predicted; 0: not asked for
};

Needs needs_of(const SlurmArguments& arguments, const std::vector<LoadedJob>& jobs) {
  const Placement place = placement_of(arguments);
  for (const LoadedJob& loaded : jobs) check_ranks(place.layout.ranks, loaded.job.training.shards);
  const DatasetSizes sizes = dataset_sizes(jobs.front().job);
  const NetworkSpec first = build_network(jobs.front().job.network, sizes.features);
  const int cores = default_threads(1);
  Needs needs;
  std::optional<MachineRates> rates;
  if (arguments.time.empty()) {
    rates = measure_rates(jobs.front().job, std::min(cores, arguments.threads));
  }
  for (const LoadedJob& loaded : jobs) {
    const Job& job = loaded.job;
    const NetworkSpec network = build_network(job.network, sizes.features);
    const BatchGeometry geometry = batch_geometry(job.training, sizes.train);
    needs.memory =
        std::max(needs.memory, plan_memory(job, network, sizes, place.layout, place.hosts).total());
    if (!rates) continue;
    const MachineRates own = scaled(*rates, first, network);
    const StepPrediction step =
        predict_step(job, network, geometry, place.layout, place.hosts, own);
    needs.seconds +=
        predict_run(job, geometry, place.layout, sizes.dev + sizes.train_dev, own, step);
  }
  // Trials run side by side.
  if (arguments.sweep) needs.seconds /= arguments.nodes * std::max(1, arguments.array_tasks);
  return needs;
}

// Twice the predicted time and five minutes, at most a day: a run that takes longer is continued.
constexpr double kLongestStart = 24 * 3600;

double limit_of(double seconds) { return std::min(kLongestStart, 2 * seconds + 300); }

std::vector<std::string> remarks_of(const SlurmArguments& arguments, const Needs& needs) {
  std::vector<std::string> remarks = {
      fmt::format("{} for {}.", kFirstRemark, arguments.file),
      fmt::format("Memory: a rank takes up to {} as `lockstep check` predicts, plus 50%.",
                  format_bytes(needs.memory))};
  if (!arguments.time.empty()) return remarks;
  remarks.push_back(
      fmt::format("Time: {} predicted from steps measured on this machine; twice that and 5 min.",
                  format_duration(needs.seconds)));
  if (limit_of(needs.seconds) == kLongestStart) {
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
  const Needs needs = needs_of(arguments, jobs);
  script.memory_bytes = memory_of_node(needs.memory, arguments.ranks_per_node);
  script.time = arguments.time.empty() ? slurm_time(limit_of(needs.seconds)) : arguments.time;
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
    replace_file(arguments.out, text);
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
