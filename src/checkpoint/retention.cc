#include "checkpoint/retention.h"

#include <algorithm>
#include <charconv>
#include <functional>
#include <map>
#include <set>
#include <string_view>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/atomic_file.h"
#include "base/error.h"
#include "base/input_file.h"
#include "base/run_files.h"
#include "base/temporary_files.h"
#include "checkpoint/load.h"

namespace lockstep {
namespace fs = std::filesystem;
namespace {

using Notices = std::vector<std::string>;

// The step of a step file's name; nothing for any other name.
std::optional<std::uint64_t> step_of(std::string_view name) {
  constexpr std::string_view kPrefix = kStepFilePrefix;
  if (!name.starts_with(kPrefix)) return std::nullopt;
  std::uint64_t step = 0;
  const auto parsed =
      std::from_chars(name.data() + kPrefix.size(), name.data() + name.size(), step);
  if (parsed.ec != std::errc() || name != step_file_name(step)) return std::nullopt;
  return step;
}

// File names in `directory`; empty if it does not exist.
std::vector<std::string> names_in(const fs::path& directory) {
  std::vector<std::string> names;
  std::error_code error;
  fs::directory_iterator entry(directory, error);
  for (; !error && entry != fs::directory_iterator(); entry.increment(error)) {
    names.push_back(entry->path().filename().string());
  }
  if (error && error != std::errc::no_such_file_or_directory) {
    throw Error(ExitCode::missing_input,
                fmt::format("cannot read directory {}: {}", directory.string(), error.message()));
  }
  return names;
}

using StepFiles = std::map<std::uint64_t, std::string, std::greater<>>;  // highest step first

StepFiles step_files_in(const fs::path& directory) {
  StepFiles files;
  for (const std::string& name : names_in(directory)) {
    if (const auto step = step_of(name)) files.emplace(*step, name);
  }
  return files;
}

// The step file that a pointer file names. Adds problems to `notices`.
std::optional<std::string> read_pointer(const fs::path& pointer, Notices& notices) {
  std::error_code error;
  if (!fs::exists(pointer, error) && !error) {
    notices.push_back(fmt::format("{} is missing", pointer.string()));
    return std::nullopt;
  }
  std::string name;
  try {
    name = read_file(pointer);
  } catch (const Error& problem) {
    notices.emplace_back(problem.what());
    return std::nullopt;
  }
  if (name.ends_with('\n')) name.pop_back();
  if (!step_of(name)) {
    notices.push_back(fmt::format("{} does not name a checkpoint", pointer.string()));
    return std::nullopt;
  }
  return name;
}

// Makes a pointer file name this step file, unless it does so already.
void point(const fs::path& pointer, const std::string& name) {
  Notices ignored;  // it may be absent or damaged, and is replaced then
  if (read_pointer(pointer, ignored) != name) replace_file(pointer, name + '\n');
}

// Whether a step file has the state of the step in its name.
bool is_of_its_step(const fs::path& path, const Checkpoint& checkpoint) {
  return step_of(path.filename().string()) == checkpoint.step;
}

std::string misnamed(const fs::path& path, const Checkpoint& checkpoint) {
  return fmt::format("{} has the state after step {}, not that of its name; rename it",
                     path.string(), checkpoint.step);
}

// What became of a step file that was tried.
struct TriedFile {
  std::optional<FoundCheckpoint> found;  // none if it is invalid, or of another step than its name
  bool is_lost = false;                  // it is invalid
};

// Adds the reason to `notices` if the file cannot be used.
TriedFile try_file(const fs::path& path, Notices& notices) {
  try {
    FoundCheckpoint found{path, load_checkpoint(path), {}};
    if (is_of_its_step(path, found.checkpoint)) return {std::move(found)};
    notices.push_back(misnamed(path, found.checkpoint));
    return {};
  } catch (const Error& error) {
    notices.emplace_back(error.what());
    return {.found = {}, .is_lost = true};
  }
}

std::optional<FoundCheckpoint> try_load(const fs::path& path, Notices& notices) {
  return try_file(path, notices).found;
}

// `newest`: the step of the newest file that was lost.
FoundCheckpoint with_notices(FoundCheckpoint found, Notices notices, std::uint64_t newest) {
  std::string notice = fmt::format("using {} instead", found.path.string());
  const std::uint64_t step = found.checkpoint.step;
  if (step < newest) {
    notice += fmt::format("; the {} after it, up to step {}, {} lost and will be trained again",
                          newest - step == 1 ? "step" : fmt::format("{} steps", newest - step),
                          newest, newest - step == 1 ? "is" : "are");
  }
  notices.push_back(std::move(notice));
  found.notices = std::move(notices);
  return found;
}

[[noreturn]] void none_valid(const fs::path& directory, const Notices& reasons) {
  throw Error(
      ExitCode::data,
      fmt::format(
          "no valid checkpoint in {}; restore a file from a copy, or start a new run:\n  {}",
          directory.string(), fmt::join(reasons, "\n  ")));
}

void remove(const fs::path& path, Notices& notices) {
  std::error_code error;
  fs::remove(path, error);
  if (error) notices.push_back(fmt::format("cannot remove {}: {}", path.string(), error.message()));
}

// The names of the step files that stay after the save of `newest`: the newest, as many others as
// `keep_last` allows, and those of later steps.
std::set<std::string> kept_states(const StepFiles& files, std::uint64_t newest,
                                  std::uint32_t keep_last) {
  std::set<std::string> kept;
  std::uint32_t counted = 0;
  for (const auto& [step, name] : files) {
    if (step > newest) {
      kept.insert(name);
    } else if (step == newest || counted < keep_last) {
      ++counted;
      kept.insert(name);
    }
  }
  return kept;
}

// The names of the states that the kept ones refer to. A header that cannot be read is reported:
// the run may not fall back to that state.
std::set<std::string> referenced_by(const std::set<std::string>& kept, const fs::path& directory,
                                    Notices& notices) {
  std::set<std::string> referenced;
  for (const std::string& name : kept) {
    try {
      for (const std::uint64_t step : load_referenced_steps(directory / name)) {
        referenced.insert(step_file_name(step));
      }
    } catch (const Error& error) {
      notices.emplace_back(error.what());
    }
  }
  return referenced;
}

void prune(const fs::path& directory, std::uint64_t newest, std::uint32_t keep_last,
           Notices& notices) {
  const StepFiles files = step_files_in(directory);
  std::set<std::string> kept = kept_states(files, newest, keep_last);
  kept.merge(referenced_by(kept, directory, notices));
  Notices ignored;  // the best state is found through the latest one, too
  if (const auto name = read_pointer(directory / kBestCheckpoint, ignored)) kept.insert(*name);
  for (const auto& [step, name] : files) {
    if (!kept.contains(name)) remove(directory / name, notices);
  }
}

}  // namespace

std::vector<std::string> save_step(const fs::path& directory, const Checkpoint& checkpoint,
                                   const ParameterSource& source, std::uint32_t keep_last) {
  std::error_code error;
  fs::create_directories(directory, error);
  if (error) {
    throw Error(ExitCode::io,
                fmt::format("cannot create directory {}: {}", directory.string(), error.message()));
  }
  Notices notices = remove_temporary_files(
      {directory, FolderContent::checkpoints});  // first: their space may be needed

  // Replaces an older file of this name, which may have been found invalid.
  const std::string name = step_file_name(checkpoint.step);
  save_checkpoint(checkpoint, source, directory / name);
  // `best` is written first: the state that `latest` names must find its best checkpoint.
  if (checkpoint.best_metric)
    point(directory / kBestCheckpoint, step_file_name(checkpoint.best_step));
  replace_file(directory / kLatestCheckpoint, name + '\n');

  prune(directory, checkpoint.step, keep_last, notices);
  return notices;
}

std::vector<std::uint64_t> kept_steps(const fs::path& directory) {
  std::vector<std::uint64_t> steps;
  for (const auto& [step, name] : step_files_in(directory)) steps.push_back(step);
  std::ranges::reverse(steps);
  return steps;
}

std::optional<FoundCheckpoint> find_latest(const fs::path& directory) {
  StepFiles files = step_files_in(directory);
  const fs::path pointer = directory / kLatestCheckpoint;
  std::error_code error;
  if (files.empty() && !fs::exists(pointer, error)) return std::nullopt;

  Notices notices;
  std::uint64_t newest = 0;
  if (const auto name = read_pointer(pointer, notices)) {
    TriedFile tried = try_file(directory / *name, notices);
    if (tried.found) return std::move(tried.found);
    if (tried.is_lost) newest = *step_of(*name);
    std::erase_if(files, [&](const auto& file) { return file.second == *name; });
  }
  for (const auto& [step, name] : files) {
    TriedFile tried = try_file(directory / name, notices);
    if (tried.found) return with_notices(*std::move(tried.found), std::move(notices), newest);
    if (tried.is_lost) newest = std::max(newest, step);
  }
  none_valid(directory, notices);
}

Checkpoint load_step(const fs::path& directory, std::uint64_t step) {
  const fs::path path = directory / step_file_name(step);
  Checkpoint checkpoint = load_checkpoint(path);
  if (!is_of_its_step(path, checkpoint)) throw Error(ExitCode::data, misnamed(path, checkpoint));
  return checkpoint;
}

Checkpoint load_best_of(const fs::path& directory, const Checkpoint& state) {
  try {
    return load_step(directory, state.best_step);
  } catch (const Error& error) {
    throw Error(
        ExitCode::data,
        fmt::format("the best checkpoint that {} refers to cannot be read, but early stopping "
                    "ends with its weights; restore the file from a copy, train on without it "
                    "(--set early_stopping=none), or start a new run:\n  {}",
                    step_file_name(state.step), error.what()));
  }
}

std::optional<FoundCheckpoint> find_with_weights(const fs::path& directory,
                                                 const std::string& weights_digest) {
  Notices damaged;
  for (const auto& [step, name] : step_files_in(directory)) {
    auto found = try_load(directory / name, damaged);
    if (found && found->checkpoint.weights_digest == weights_digest) return found;
  }
  if (damaged.empty()) return std::nullopt;
  throw Error(
      ExitCode::data,
      fmt::format("no valid checkpoint in {} has the weights with which its run ended ({}); "
                  "restore a file from a copy, or remove {}, so that it is trained "
                  "again:\n  {}",
                  directory.string(), weights_digest, directory.parent_path().string(),
                  fmt::join(damaged, "\n  ")));
}

}  // namespace lockstep
