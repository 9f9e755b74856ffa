#include "checkpoint/retention.h"

#include <algorithm>
#include <charconv>
#include <fstream>
#include <functional>
#include <map>
#include <set>
#include <string_view>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/atomic_file.h"
#include "base/error.h"
#include "base/run_files.h"
#include "checkpoint/load.h"
#include "checkpoint/save.h"

namespace lockstep {
namespace fs = std::filesystem;
namespace {

using Notices = std::vector<std::string>;

// The step of a step file's name; nothing for any other name.
std::optional<std::uint64_t> step_of(std::string_view name) {
  constexpr std::string_view kPrefix = "step-";
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
  std::ifstream file(pointer);
  std::string name(64, '\0');  // longer than any step file's name
  file.read(name.data(), static_cast<std::streamsize>(name.size()));
  name.resize(static_cast<std::size_t>(file.gcount()));
  if (name.ends_with('\n')) name.pop_back();
  if (!step_of(name)) {
    notices.push_back(fmt::format("{} does not name a checkpoint", pointer.string()));
    return std::nullopt;
  }
  return name;
}

// A file's checkpoint; if it is invalid, adds the reason to `notices`.
std::optional<FoundCheckpoint> try_load(const fs::path& path, Notices& notices) {
  try {
    return FoundCheckpoint{path, load_checkpoint(path), {}};
  } catch (const Error& error) {
    notices.emplace_back(error.what());
    return std::nullopt;
  }
}

FoundCheckpoint with_notices(FoundCheckpoint found, Notices notices) {
  notices.push_back(fmt::format("using {} instead", found.path.string()));
  found.notices = std::move(notices);
  return found;
}

[[noreturn]] void none_valid(const fs::path& directory, const Notices& reasons) {
  throw Error(ExitCode::data, fmt::format("no valid checkpoint in {}:\n  {}", directory.string(),
                                          fmt::join(reasons, "\n  ")));
}

[[noreturn]] void none_best(const fs::path& directory, const Notices& reasons) {
  throw Error(
      ExitCode::data,
      fmt::format("the best checkpoint in {} cannot be read, but early stopping ends with its "
                  "weights; restore the file from a copy, or start a new run:"
                  "\n  {}",
                  directory.string(), fmt::join(reasons, "\n  ")));
}

void remove(const fs::path& path, Notices& notices) {
  std::error_code error;
  fs::remove(path, error);
  if (error) notices.push_back(fmt::format("cannot remove {}: {}", path.string(), error.message()));
}

void sweep_temporary_files(const fs::path& directory, Notices& notices) {
  for (const std::string& name : names_in(directory)) {
    if (name.find(".tmp-") != std::string::npos) remove(directory / name, notices);
  }
}

void prune(const fs::path& directory, const Checkpoint& newest, std::uint32_t keep_last,
           Notices& notices) {
  std::set<std::string> best;
  if (newest.best_metric) best.insert(step_file_name(newest.best_step));
  Notices ignored;
  if (const auto name = read_pointer(directory / kBestCheckpoint, ignored)) best.insert(*name);

  std::uint32_t kept = 0;
  for (const auto& [step, name] : step_files_in(directory)) {
    if (step > newest.step) continue;
    if (step == newest.step || kept < keep_last) {
      ++kept;
    } else if (!best.contains(name)) {
      remove(directory / name, notices);
    }
  }
}

}  // namespace

std::string step_file_name(std::uint64_t step) { return fmt::format("step-{:08}.ckpt", step); }

std::vector<std::string> save_step(const fs::path& directory, const Checkpoint& checkpoint,
                                   std::uint32_t keep_last, bool is_best) {
  std::error_code error;
  fs::create_directories(directory, error);
  if (error) {
    throw Error(ExitCode::io,
                fmt::format("cannot create directory {}: {}", directory.string(), error.message()));
  }
  Notices notices;
  sweep_temporary_files(directory, notices);  // first: their space may be needed

  // Replaces an older file of this name, which may have been found invalid.
  const std::string name = step_file_name(checkpoint.step);
  save_checkpoint(checkpoint, directory / name);
  // `best` is written first: the state that `latest` names must find its best checkpoint.
  if (is_best) replace_file(directory / kBestCheckpoint, name + '\n');
  replace_file(directory / kLatestCheckpoint, name + '\n');

  prune(directory, checkpoint, keep_last, notices);
  return notices;
}

std::optional<FoundCheckpoint> find_latest(const fs::path& directory) {
  StepFiles files = step_files_in(directory);
  const fs::path pointer = directory / kLatestCheckpoint;
  std::error_code error;
  if (files.empty() && !fs::exists(pointer, error)) return std::nullopt;

  Notices notices;
  if (const auto name = read_pointer(pointer, notices)) {
    if (auto found = try_load(directory / *name, notices)) return found;
    std::erase_if(files, [&](const auto& file) { return file.second == *name; });
  }
  for (const auto& [step, name] : files) {
    if (auto found = try_load(directory / name, notices)) {
      return with_notices(std::move(*found), std::move(notices));
    }
  }
  none_valid(directory, notices);
}

std::optional<FoundCheckpoint> find_best(const fs::path& directory) {
  const fs::path pointer = directory / kBestCheckpoint;
  std::error_code error;
  const bool pointed = fs::exists(pointer, error);

  Notices notices;
  fs::path tried;
  if (const auto name = read_pointer(pointer, notices)) {
    tried = directory / *name;
    if (auto found = try_load(tried, notices)) return found;
  }
  if (const auto latest = find_latest(directory); latest && latest->checkpoint.best_metric) {
    notices.insert(notices.end(), latest->notices.begin(), latest->notices.end());
    const fs::path path = directory / step_file_name(latest->checkpoint.best_step);
    if (path == tried) none_best(directory, notices);
    if (auto found = try_load(path, notices)) {
      return with_notices(std::move(*found), std::move(notices));
    }
  } else if (!pointed) {
    return std::nullopt;
  }
  none_valid(directory, notices);
}

std::optional<FoundCheckpoint> find_with_weights(const fs::path& directory,
                                                 const std::string& weights_digest) {
  for (const auto find : {find_best, find_latest}) {
    auto found = find(directory);
    if (found && found->checkpoint.weights_digest == weights_digest) return found;
  }
  return std::nullopt;
}

}  // namespace lockstep
