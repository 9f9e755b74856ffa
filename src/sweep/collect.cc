#include "sweep/collect.h"

#include <algorithm>
#include <cstddef>
#include <string>
#include <system_error>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/error.h"
#include "base/run_files.h"
#include "config/job_file.h"
#include "sweep/stored_trial.h"
#include "sweep/trial_data.h"
#include "sweep/trial_record.h"

namespace lockstep {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kNamedTrials = 5;  // in a message

void check_directory(const LoadedSweep& loaded, const fs::path& run_dir) {
  const fs::path file = run_dir / kSweepFile;
  if (!fs::exists(file)) {
    throw Error(ExitCode::missing_input, fmt::format("{} holds no part of a sweep: there is no {}",
                                                     run_dir.string(), file.string()));
  }
  if (read_text_file(file, "sweep") != loaded.resolved_text) {
    throw Error(ExitCode::usage,
                fmt::format("{} holds a part of another sweep (see {} there); name the parts of "
                            "{} only",
                            run_dir.string(), kSweepFile, loaded.file_name));
  }
}

[[noreturn]] void refuse_incomplete(const SweepConfig& sweep, const std::vector<Trial>& trials,
                                    const std::vector<std::uint32_t>& missing) {
  std::vector<std::string> names;
  for (const std::uint32_t number : missing) {
    if (names.size() == kNamedTrials) break;
    names.push_back(describe_trial(sweep, trials[number]));
  }
  if (missing.size() > names.size()) {
    names.push_back(fmt::format("and {} more", missing.size() - names.size()));
  }
  throw Error(ExitCode::missing_input,
              fmt::format("the directories have no result of {} of {} trials: {}; resume the parts "
                          "that train them, or name their directories as well",
                          missing.size(), trials.size(), fmt::join(names, ", ")));
}

// Checkpoints are large and never changed, so a link will do. Other files, such as metrics.jsonl,
// grow when a trial is trained on, and the part is to stay as it is.
void bring_file(const fs::path& from, const fs::path& to) {
  if (from.parent_path().filename() == kCheckpointFolder) {
    std::error_code no_link;
    fs::create_hard_link(from, to, no_link);
    if (!no_link) return;
  }
  fs::copy_file(from, to);
}

void bring(const fs::path& from, const fs::path& to) {
  const fs::path unfinished = to.string() + ".unfinished";
  fs::remove_all(unfinished);
  fs::create_directory(unfinished);
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(from)) {
    const fs::path place = unfinished / entry.path().lexically_relative(from);
    if (entry.is_directory()) {
      fs::create_directory(place);
    } else {
      bring_file(entry.path(), place);
    }
  }
  fs::remove_all(to);  // a trial that was begun here and has not ended
  fs::rename(unfinished, to);
}

}  // namespace

std::vector<StoredTrial> find_ended_trials(const LoadedSweep& loaded,
                                           const std::vector<Trial>& trials,
                                           const std::vector<fs::path>& run_dirs,
                                           bool allow_changed_data) {
  for (const fs::path& run_dir : run_dirs) check_directory(loaded, run_dir);
  std::vector<StoredTrial> stored;
  std::vector<TrialRecord> records(trials.size());
  std::vector<std::uint32_t> missing;
  for (const Trial& trial : trials) {
    const auto has_trial = [&](const fs::path& run_dir) {
      auto record = read_stored_trial(loaded.sweep, trial, run_dir);
      if (!record || !has_ended(*record)) return false;
      records[trial.number] = *std::move(record);
      return true;
    };
    const auto found = std::ranges::find_if(run_dirs, has_trial);
    if (found == run_dirs.end()) {
      missing.push_back(trial.number);
    } else {
      stored.push_back({trial.number, *found});
    }
  }
  if (!missing.empty()) refuse_incomplete(loaded.sweep, trials, missing);
  if (!allow_changed_data) require_same_data(loaded.sweep, trials, records);
  return stored;
}

void bring_trials(const std::vector<StoredTrial>& stored, const fs::path& run_dir) {
  for (const StoredTrial& trial : stored) {
    const fs::path place = trial_directory(trial.number);
    try {
      fs::create_directories((run_dir / place).parent_path());
      if (fs::exists(run_dir / place) && fs::equivalent(trial.run_dir, run_dir)) continue;
      bring(trial.run_dir / place, run_dir / place);
    } catch (const fs::filesystem_error& error) {
      throw Error(ExitCode::io, fmt::format("cannot bring the files of trial {} from {}: {}",
                                            trial.number, trial.run_dir.string(), error.what()));
    }
  }
}

}  // namespace lockstep
