#include "report/slurm_script.h"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <regex>

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

// A comment ends with its line, and what follows would be run.
std::string one_line(std::string text) {
  for (char& c : text) {
    if (std::iscntrl(static_cast<unsigned char>(c)) != 0) c = '?';
  }
  return text;
}

}  // namespace

std::optional<double> seconds_of_slurm_time(const std::string& text) {
  static const std::regex form(R"((?:(\d{1,6})-)?(\d{1,6})(?::([0-5]?\d))?(?::([0-5]?\d))?)");
  std::smatch found;
  if (!std::regex_match(text, found, form)) return std::nullopt;
  const auto number = [&](std::size_t group) {
    return found[group].matched ? std::stod(found[group]) : 0.0;
  };
  const double first = number(2);
  const double second = number(3);
  const double third = number(4);
  if (found[1].matched) {
    return 24 * 3600 * number(1) + 3600 * first + 60 * second + third;
  }
  return found[4].matched ? 3600 * first + 60 * second + third : 60 * first + second;
}

std::string slurm_time(double seconds) {
  const auto minutes = static_cast<std::uint64_t>(std::max(1.0, std::ceil(seconds / 60)));
  constexpr std::uint64_t kMinutesOfADay = 1440;
  const std::uint64_t days = minutes / kMinutesOfADay;
  const std::string time = fmt::format("{:02}:{:02}:00", minutes / 60 % 24, minutes % 60);
  return days > 0 ? fmt::format("{}-{}", days, time) : time;
}

const char* batch_script(bool sweep) {
  return sweep ? "launch/slurm-sweep.sbatch" : "launch/slurm.sbatch";
}

std::string slurm_script(const SlurmScript& script) {
  const char* runs = batch_script(script.sweep);
  std::string text = "#!/bin/bash\n";
  for (const std::string& remark : script.remarks) text += "# " + one_line(remark) + "\n";
  const auto option = [&](const std::string& name, const auto& value) {
    text += fmt::format("#SBATCH --{}={}\n", name, value);
  };
  option("job-name", job_name(script.name));
  if (script.array_tasks > 0) option("array", fmt::format("1-{}", script.array_tasks));
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
