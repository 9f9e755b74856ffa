#include "rundir/run_directory.h"

#include <system_error>
#include <utility>

#include <unistd.h>

#include <fmt/format.h>

#include "base/directory_kind.h"
#include "base/error.h"
#include "base/host_name.h"
#include "base/run_files.h"
#include "checkpoint/retention.h"
#include "comm/preflight.h"
#include "report/warn.h"
#include "rundir/restart.h"

namespace lockstep {
namespace {

namespace fs = std::filesystem;

RunDirectory make_numbered(const std::string& name) {
  const fs::path runs = "runs";
  bool made_runs = create_writable_directory(runs);
  for (int number = 1;;) {
    fs::path candidate = runs / fmt::format("{}-{}", name, number);
    std::error_code error;
    // create_directory tells whether this process created it, so that two jobs that
    // start at the same time get two directories.
    if (fs::create_directory(candidate, error)) {
      return {.path = std::move(candidate), .is_numbered = true, .made_runs = made_runs};
    }
    if (!error) {
      ++number;
    } else if (create_writable_directory(runs)) {
      made_runs = true;  // a refused job removed it meanwhile
    } else {
      throw Error(ExitCode::io, fmt::format("cannot create the directory {}: {}",
                                            candidate.string(), error.message()));
    }
  }
}

void check_use(const fs::path& directory, DirectoryKind kind, Resume resume) {
  if (const auto warning = check_restart(process_environment(), directory, resume, host_name())) {
    write_warning(*warning);
  }
  const auto held = kind_of_directory(directory);
  const std::string name = directory.string();
  const std::string noun = noun_of(kind);
  if (held && *held != kind) {
    throw Error(ExitCode::usage, fmt::format("{} holds a {}, not a {}: choose another --run-dir",
                                             name, noun_of(*held), noun));
  }
  if (held && resume == Resume::never) {
    throw Error(ExitCode::usage,
                fmt::format("{} already holds a {}: choose another --run-dir, or resume it with "
                            "--resume auto",
                            name, noun));
  }
  if (!held && resume == Resume::must && kind != DirectoryKind::run) {
    throw Error(ExitCode::missing_input, fmt::format("no {} to resume in {}", noun, name));
  }
  if (kind == DirectoryKind::run && held && fs::exists(directory / kSummaryFile) &&
      kept_steps(directory / kCheckpointFolder).empty()) {
    throw Error(ExitCode::usage,
                fmt::format("{} has the results of a run, but no checkpoint from which it could be "
                            "resumed; restore its {}/ from a copy, or choose another --run-dir",
                            name, kCheckpointFolder));
  }
}

}  // namespace

bool create_writable_directory(const fs::path& directory) {
  std::error_code error;
  const bool made = fs::create_directories(directory, error);
  if (error || !fs::is_directory(directory)) {
    std::error_code not_seen;
    const bool is_file = fs::exists(directory, not_seen) && !fs::is_directory(directory, not_seen);
    throw Error(ExitCode::io, fmt::format("cannot create the directory {}: {}", directory.string(),
                                          is_file ? "it is a file" : error.message()));
  }
  if (::access(directory.c_str(), W_OK | X_OK) != 0) {
    throw Error(ExitCode::io, fmt::format("the directory {} is not writable", directory.string()));
  }
  return made;
}

RunDirectory prepare_run_directory(const fs::path& requested, const std::string& name,
                                   DirectoryKind kind, Resume resume) {
  if (requested.empty()) {
    if (resume == Resume::never) return make_numbered(name);
    throw Error(ExitCode::usage,
                fmt::format("--resume needs the --run-dir of the {} to resume", noun_of(kind)));
  }
  check_use(requested, kind, resume);
  create_writable_directory(requested);
  return {.path = requested};
}

UntrainedDirectory::~UntrainedDirectory() {
  if (!directory_.is_numbered) return;
  std::error_code error;
  fs::recursive_directory_iterator entry(directory_.path, error);
  for (; !error && entry != fs::recursive_directory_iterator(); entry.increment(error)) {
    if (entry->path().filename() == kMetricsFile) return;
  }
  if (error) return;  // an unreadable directory may hold a trained run
  fs::remove_all(directory_.path, error);
  if (directory_.made_runs) fs::remove(directory_.path.parent_path(), error);  // if empty
}

}  // namespace lockstep
