#include "report/slurm_script.h"

#include <algorithm>
#include <cctype>
#include <cmath>

#include <fmt/format.h>

#include "report/format.h"

namespace lockstep {
namespace {

// Names of jobs with blanks and other signs would need quoting in an #SBATCH line.
std::string job_name(const std::string& name) {
  std::string text = name;
  for (char& c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (std::isalnum(byte) == 0 && c != '-' && c != '_' && c != '.') c = '_';
  }
  return text.empty() ? "lockstep" : text;
}

std::uint64_t mebibytes(std::uint64_t bytes) {
  constexpr std::uint64_t kMebibyte = 1ULL << 20;
  return (bytes + kMebibyte - 1) / kMebibyte;
}

}  // namespace

std::string slurm_time(double seconds) {
  const auto minutes = static_cast<std::uint64_t>(std::max(1.0, std::ceil(seconds / 60)));
  const std::uint64_t days = minutes / (24 * 60);
  const std::string time = fmt::format("{:02}:{:02}:00", minutes / 60 % 24, minutes % 60);
  return days > 0 ? fmt::format("{}-{}", days, time) : time;
}

std::string slurm_script(const SlurmScript& script) {
  const char* runs = script.sweep ? "launch/slurm-sweep.sbatch" : "launch/slurm.sbatch";
  std::string text = "#!/bin/bash\n";
  for (const std::string& remark : script.remarks) text += "# " + remark + "\n";
  const auto option = [&](const std::string& name, const auto& value) {
    text += fmt::format("#SBATCH --{}={}\n", name, value);
  };
  option("job-name", job_name(script.name));
  option("nodes", script.nodes);
  option("ntasks-per-node", script.ranks_per_node);
  option("cpus-per-task", script.cpus_per_rank);
  if (script.memory_bytes > 0) option("mem", fmt::format("{}M", mebibytes(script.memory_bytes)));
  option("time", script.time);
  if (!script.partition.empty()) option("partition", script.partition);
  if (!script.account.empty()) option("account", script.account);
  text +=
      "# The job may be started again, continues its log, and saves 120 s before the time limit.\n"
      "#SBATCH --requeue\n"
      "#SBATCH --open-mode=append\n"
      "#SBATCH --signal=USR1@120\n\n";
  text += fmt::format("export LOCKSTEP_ROOT={}\n", shell_word(script.project));
  text += fmt::format("exec bash \"$LOCKSTEP_ROOT/{}\" {}", runs, shell_word(script.file));
  for (const std::string& argument : script.arguments) text += " " + shell_word(argument);
  return text + "\n";
}

}  // namespace lockstep
