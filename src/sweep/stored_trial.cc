#include "sweep/stored_trial.h"

#include <span>

#include <fmt/format.h>

#include "base/digest.h"
#include "base/error.h"
#include "base/run_files.h"
#include "config/job_diff.h"
#include "config/job_file.h"

namespace lockstep {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void refuse_changed(const SweepConfig& sweep, const Trial& trial,
                                 const fs::path& directory) {
  std::string message = fmt::format(
      "the job of {} is not the one that {} holds; start a new run directory, or restore it",
      describe_trial(sweep, trial), directory.string());
  const fs::path path = directory / kJobFile;
  if (fs::exists(path)) {
    for (const FieldDifference& field :
         diff_jobs(read_text_file(path, "job"), trial.loaded.resolved_text)) {
      message += fmt::format("\n  {}: {} there, {} now", field.path, field.value_a, field.value_b);
    }
  }
  throw Error(ExitCode::usage, message);
}

}  // namespace

std::string digest_of_job(const Trial& trial) {
  return digest_hex(digest_of(std::as_bytes(std::span(trial.loaded.resolved_text))));
}

std::optional<TrialRecord> read_stored_trial(const SweepConfig& sweep, const Trial& trial,
                                             const fs::path& run_dir) {
  const fs::path directory = run_dir / trial_directory(trial.number);
  auto found = read_record(directory / kTrialRecord);
  if (found && found->job_digest != digest_of_job(trial)) refuse_changed(sweep, trial, directory);
  return found;
}

}  // namespace lockstep
