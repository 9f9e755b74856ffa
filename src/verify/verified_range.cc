#include "verify/verified_range.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/error.h"
#include "base/input_file.h"
#include "base/run_files.h"
#include "config/job_diff.h"

namespace lockstep {
namespace fs = std::filesystem;
namespace {

// Fields that may change on resume and decide no number.
constexpr auto kDecideNothing = std::to_array<std::string_view>(
    {"name", "checkpointing", "exchange", "data.train", "data.dev", "data.test", "data.held_out",
     "data.dev_and_test_from", "data.max_copied_share", "diagnosis", "monitor"});

bool decides(std::string_view path) {
  return std::ranges::none_of(kDecideNothing, [&](std::string_view prefix) {
    return path == prefix || (path.starts_with(prefix) && path[prefix.size()] == '.');
  });
}

void require_kept(const RecordedRun& run, std::uint64_t from) {
  if (from == 0 || std::ranges::find(run.kept_steps, from) != run.kept_steps.end()) return;
  const std::string kept = run.kept_steps.empty()
                               ? "no checkpoint is kept"
                               : fmt::format("kept are {}", fmt::join(run.kept_steps, ", "));
  throw Error(ExitCode::usage,
              fmt::format("--from {}: {} has no checkpoint of that step ({}); 0 begins at the "
                          "initial weights",
                          from, (run.directory / kCheckpointFolder).string(), kept));
}

// The evaluations before and after a step that has none.
std::string neighbours(const std::vector<RecordedEvaluation>& evaluations, std::uint64_t step) {
  const auto after = std::ranges::upper_bound(evaluations, step, {}, &RecordedEvaluation::step);
  std::vector<std::uint64_t> steps;
  if (after != evaluations.begin()) steps.push_back((after - 1)->step);
  if (after != evaluations.end()) steps.push_back(after->step);
  return fmt::format("{}", fmt::join(steps, " and "));
}

void require_evaluation(const RecordedRun& run, std::uint64_t to) {
  const auto& evaluations = run.evaluations;
  if (std::ranges::find(evaluations, to, &RecordedEvaluation::step) != evaluations.end()) return;
  throw Error(ExitCode::usage,
              fmt::format("--to {}: {} has no evaluation of that step; the nearest: {}", to,
                          (run.directory / kMetricsFile).string(), neighbours(evaluations, to)));
}

// The last step that the run records.
std::uint64_t last_step(const RecordedRun& run) {
  const std::uint64_t evaluated = run.evaluations.empty() ? 0 : run.evaluations.back().step;
  if (!run.summary) return evaluated;
  const auto steps = run.summary->at("steps").get<std::uint64_t>();
  if (steps >= evaluated) return steps;
  throw Error(ExitCode::data,
              fmt::format("{} ends at step {}, but {} has an evaluation of step {}; restore the "
                          "files from a copy",
                          (run.directory / kSummaryFile).string(), steps, kMetricsFile, evaluated));
}

// The options that verify what can be verified up to `step` and after it, and the steps between
// these parts, if there are any.
std::string parts_around(const RecordedRun& run, std::uint64_t step) {
  const auto after = std::ranges::upper_bound(run.evaluations, step, {}, &RecordedEvaluation::step);
  const std::uint64_t to = after == run.evaluations.begin() ? 0 : (after - 1)->step;
  const std::string first = to == 0 ? fmt::format("up to step {} no evaluation is recorded", step)
                                    : fmt::format("--to {}", to);
  const auto kept = std::ranges::lower_bound(run.kept_steps, step);
  if (kept == run.kept_steps.end() || *kept >= last_step(run)) {
    return fmt::format(
        "{}; the part after it cannot be verified, because no checkpoint at its start is kept",
        first);
  }
  std::string parts = fmt::format("{}; --from {}", first, *kept);
  if (to == *kept) return parts;
  const std::string why = to == step ? fmt::format("no checkpoint of step {} is kept", step)
                                     : fmt::format("step {} has no evaluation", step);
  return fmt::format("{} (steps {} to {} cannot be verified, because {})", parts, to + 1, *kept,
                     why);
}

}  // namespace

VerifiedRange choose_range(const RecordedRun& run, std::uint64_t from,
                           std::optional<std::uint64_t> to) {
  const std::uint64_t last = last_step(run);
  if (last == 0) {
    throw Error(ExitCode::missing_input,
                fmt::format("{} records no evaluation, so there is nothing to compare",
                            run.directory.string()));
  }
  require_kept(run, from);
  if (to) require_evaluation(run, *to);
  const VerifiedRange range{from, to.value_or(last), !to && run.summary.has_value()};
  if (range.from >= range.to) {
    throw Error(ExitCode::usage, fmt::format("--from {} leaves no step to train again, because the "
                                             "verification ends at step {}",
                                             range.from, range.to));
  }
  return range;
}

fs::path job_of_range(const RecordedRun& run, const VerifiedRange& range) {
  fs::path used = run.directory / kJobFile;
  for (auto job = run.earlier_jobs.rbegin(); job != run.earlier_jobs.rend(); ++job) {
    if (job->last_step <= range.from) break;
    if (job->last_step < range.to) {
      const std::string changes = deciding_differences(read_file(job->file), read_file(used));
      if (!changes.empty()) {
        throw Error(ExitCode::usage,
                    fmt::format("{} was resumed after step {} with another job ({}); verify the "
                                "parts one by one: {}",
                                run.directory.string(), job->last_step, changes,
                                parts_around(run, job->last_step)));
      }
    }
    used = job->file;
  }
  return used;
}

std::string deciding_differences(std::string_view earlier, std::string_view later) {
  std::string text;
  for (const FieldDifference& field : diff_jobs(earlier, later)) {
    if (!decides(field.path)) continue;
    text += fmt::format("{}{}: {}, then {}", text.empty() ? "" : "; ", field.path, field.value_a,
                        field.value_b);
  }
  return text;
}

}  // namespace lockstep
