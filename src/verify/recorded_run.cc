#include "verify/recorded_run.h"

#include <fmt/format.h>

#include "base/directory_kind.h"
#include "base/error.h"
#include "base/input_file.h"
#include "base/run_files.h"
#include "checkpoint/retention.h"
#include "train/environment.h"

namespace lockstep {
namespace fs = std::filesystem;
namespace {

void require_run(const fs::path& directory) {
  if (!fs::is_directory(directory)) {
    throw Error(ExitCode::missing_input,
                fmt::format("{} is not a directory; name that of a run", directory.string()));
  }
  const auto kind = kind_of_directory(directory);
  if (kind == DirectoryKind::run && fs::exists(directory / kJobFile)) return;
  const auto instead = run_within(directory, kind, "verify");
  throw Error(ExitCode::missing_input, fmt::format("{} has no {}: {}", directory.string(), kJobFile,
                                                   instead.value_or("it does not hold a run")));
}

// The object in a file; nothing if there is no such file.
std::optional<Json> read_object(const fs::path& path) {
  require_file(path);
  if (!fs::exists(path)) return std::nullopt;
  return parse_object(read_file(path), path, "restore it from a copy");
}

void require_order(const std::vector<RecordedEvaluation>& evaluations, std::uint64_t step,
                   const std::string& place) {
  if (evaluations.empty() || evaluations.back().step < step) return;
  throw Error(ExitCode::data, fmt::format("{}: step {} comes after step {}; restore the file from "
                                          "a copy",
                                          place, step, evaluations.back().step));
}

std::optional<Json> read_run_summary(const fs::path& path) {
  auto summary = read_object(path);
  const auto is = [&](const char* field, auto kind) {
    return summary->contains(field) && ((*summary)[field].*kind)();
  };
  if (summary && !(is("steps", &Json::is_number_unsigned) && is("stop_reason", &Json::is_string))) {
    throw Error(ExitCode::data, path.string() + ": not the summary of a run");
  }
  return summary;
}

}  // namespace

std::vector<RecordedEvaluation> recorded_evaluations(std::string_view text, const std::string& name,
                                                     std::vector<std::string>& notices) {
  std::vector<RecordedEvaluation> evaluations;
  for (int number = 1; !text.empty(); ++number) {
    const std::size_t end = text.find('\n');
    const std::string place = fmt::format("{}:{}", name, number);
    Json record = Json::parse(text.substr(0, end), nullptr, /*allow_exceptions=*/false);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    const auto step = whole_number(record, "step");
    if (!step) {
      notices.push_back(place + ": the line is damaged, so it is not compared");
      continue;
    }
    require_order(evaluations, *step, place);
    evaluations.push_back({*step, std::move(record)});
  }
  return evaluations;
}

RecordedRun read_recorded_run(const fs::path& directory) {
  require_run(directory);
  RecordedRun run;
  run.directory = directory;
  run.environment = recorded_environment(directory / kEnvironmentFile);
  run.summary = read_run_summary(directory / kSummaryFile);
  run.evaluations = recorded_evaluations(read_file(directory / kMetricsFile),
                                         (directory / kMetricsFile).string(), run.notices);
  run.kept_steps = kept_steps(directory / kCheckpointFolder);
  run.earlier_jobs = earlier_jobs(directory);
  if (!run.summary) {
    run.notices.push_back(
        fmt::format("{} has no {}: the run has not ended, or was killed; the evaluations so far "
                    "are compared",
                    directory.string(), kSummaryFile));
  }
  return run;
}

}  // namespace lockstep
