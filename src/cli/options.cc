#include "cli/options.h"

#include <string_view>

#include <fmt/format.h>

#include "base/enum_names.h"
#include "base/or_list.h"
#include "base/parse_number.h"
#include "evaluate/job_set.h"

namespace lockstep {
namespace {

const Choices<Resume> kResumes = {
    {"auto", Resume::automatic}, {"must", Resume::must}, {"never", Resume::never}};

constexpr int kMostThreads = 4096;

}  // namespace

void add_job(CLI::App& command, std::string& job) {
  command.add_option("job", job, "Job file (protobuf text format)")->required();
}

void add_model(CLI::App& command, const std::string& name, std::string& model) {
  command
      .add_option(name, model,
                  "Checkpoint file, pointer (best, latest) or directory of a run, sweep or recipe")
      ->required();
}

void add_split(CLI::App& command, std::string& split) {
  const std::vector<std::string_view> names = all_enum_names<EvaluationSplit>();
  command.add_option("--split", split, or_list(names) + " [dev]")
      ->check(CLI::IsMember(std::vector<std::string>(names.begin(), names.end())));
}

void add_overrides(CLI::App& command, std::vector<std::string>& overrides, const std::string& of) {
  command.add_option("--set", overrides, fmt::format("Override a field of {}: path=value", of))
      ->expected(1)
      ->allow_extra_args(false)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
}

void add_threads(CLI::App& command, int& threads) {
  command.add_option("--threads", threads, "Threads per rank [all cores if alone, or 1]")
      ->check(CLI::Range(1, kMostThreads));
}

void add_prefetch_threads(CLI::App& command, int& threads) {
  command
      .add_option("--prefetch-threads", threads,
                  "Threads per rank that gather and augment batches ahead of time [idle cores if a "
                  "job augments, or 0]")
      ->check(CLI::Range(0, kMostThreads));
}

void add_resume(CLI::App& command, std::string& resume, const std::string& help) {
  command.add_option("--resume", resume, help + ": auto (if there is one), must")
      ->check(CLI::IsMember(kResumes));
}

Resume resume_mode(const std::string& resume) {
  return resume.empty() ? Resume::never : chosen(kResumes, resume);
}

void add_allow_changed_data(CLI::App& command, bool& allow, const std::string& use) {
  command.add_flag("--allow-changed-data", allow, use + " although the data has changed");
}

void add_allow_changed_environment(CLI::App& command, bool& allow) {
  command.add_flag("--allow-changed-environment", allow,
                   "Resume with another build of Lockstep; marks the results");
}

void add_no_dropout(CLI::App& command, bool& no_dropout) {
  command.add_flag("--no-dropout", no_dropout,
                   "Set every keep_prob to 1, to see J fall before turning dropout on (1.7)");
}

void add_watch_limits(CLI::App& command, WatchLimits& limits) {
  const CLI::Validator seconds(
      [](const std::string& text) -> std::string {
        const auto value = parse_number<double>(text);
        // The comparison is written so that NaN is refused.
        const bool fits = value && (*value == 0 || (*value >= 1 && *value <= 1e9));
        return fits ? "" : "expected a number of seconds from 1 to 1e9, or 0 for no limit";
      },
      "");
  command
      .add_option("--silence-limit", limits.silence,
                  "Seconds of silence after which a rank counts as lost, and the job "
                  "ends with 76; 0: never [20]")
      ->check(seconds);
  command
      .add_option("--progress-limit", limits.progress,
                  "Seconds without progress of any rank after which the job ends with 76; 0: never "
                  "[1800]")
      ->check(seconds);
}

void add_json(CLI::App& command, bool& json) {
  command.add_flag("--json", json, "Print one JSON object instead of text");
}

}  // namespace lockstep
