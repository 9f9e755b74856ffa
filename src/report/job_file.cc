#include "report/job_file.h"

#include <algorithm>
#include <charconv>
#include <string>
#include <string_view>
#include <system_error>

#include <fmt/format.h>

#include "base/atomic_file.h"
#include "base/error.h"
#include "base/input_file.h"
#include "base/run_files.h"

namespace lockstep {
namespace fs = std::filesystem;
namespace {

std::string earlier_name(std::uint64_t last_step) {
  return fmt::format("{}{:08}{}", kEarlierJobPrefix, last_step, kEarlierJobSuffix);
}

// The job that trained step `step` of the run.
fs::path job_of_step(const fs::path& run_dir, const std::vector<EarlierJob>& earlier,
                     std::uint64_t step) {
  const auto job = std::ranges::find_if(
      earlier, [&](const EarlierJob& candidate) { return candidate.last_step >= step; });
  return job == earlier.end() ? run_dir / kJobFile : job->file;
}

}  // namespace

std::vector<EarlierJob> earlier_jobs(const fs::path& run_dir) {
  std::vector<EarlierJob> jobs;
  std::error_code error;
  fs::directory_iterator entry(run_dir, error);
  for (; !error && entry != fs::directory_iterator(); entry.increment(error)) {
    const std::string name = entry->path().filename().string();
    const std::string_view prefix = kEarlierJobPrefix;
    if (!name.starts_with(prefix)) continue;
    std::uint64_t step = 0;
    std::from_chars(name.data() + prefix.size(), name.data() + name.size(), step);
    if (name == earlier_name(step)) jobs.push_back({step, entry->path()});
  }
  if (error && error != std::errc::no_such_file_or_directory) {
    throw Error(ExitCode::missing_input,
                fmt::format("cannot read directory {}: {}", run_dir.string(), error.message()));
  }
  std::ranges::sort(jobs, {}, &EarlierJob::last_step);
  return jobs;
}

void JobFileReport::on_start(const RunStart& start) {
  const fs::path run_dir = start.run_dir;
  const std::vector<EarlierJob> earlier = earlier_jobs(run_dir);
  const std::string before = read_file(job_of_step(run_dir, earlier, start.first_step));
  const bool changed = start.first_step > 0 && !before.empty() && before != start.resolved_job;
  if (changed) replace_file(run_dir / earlier_name(start.first_step), before);
  file_.emplace(run_dir / kJobFile, start.resolved_job, warn_);
  // Jobs of steps that are trained again from here on.
  for (const EarlierJob& job : earlier) {
    const bool stays =
        job.last_step < start.first_step || (changed && job.last_step == start.first_step);
    if (!stays) remove_file(job.file);
  }
}

void JobFileReport::on_evaluation(const Evaluation& /*evaluation*/) {
  if (file_) file_->restore();
}

void JobFileReport::on_finish(const Summary& /*summary*/) {
  if (file_) file_->restore();
}

}  // namespace lockstep
