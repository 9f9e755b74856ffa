#include "cli/run_directory.h"

#include <system_error>

#include <unistd.h>

#include <fmt/format.h>

#include "base/error.h"

namespace lockstep {
namespace {

namespace fs = std::filesystem;

void create(const fs::path& directory) {
  std::error_code error;
  fs::create_directories(directory, error);
  if (error || !fs::is_directory(directory)) {
    throw Error(ExitCode::io,
                fmt::format("cannot create the run directory {}: {}", directory.string(),
                            error ? error.message() : "it is a file"));
  }
  if (::access(directory.c_str(), W_OK | X_OK) != 0) {
    throw Error(ExitCode::io,
                fmt::format("the run directory {} is not writable", directory.string()));
  }
}

}  // namespace

fs::path prepare_run_directory(const fs::path& requested, const std::string& job_name,
                               bool resumes) {
  if (requested.empty()) {
    if (resumes) {
      throw Error(ExitCode::usage, "--resume needs the --run-dir of the run to go on with");
    }
    create("runs");
    for (int number = 1;; ++number) {
      fs::path candidate = fs::path("runs") / fmt::format("{}-{}", job_name, number);
      std::error_code error;
      // create_directory says whether it was us who made it: two jobs that
      // start together get two directories.
      if (fs::create_directory(candidate, error)) return candidate;
      if (error) create(candidate);
    }
  }
  create(requested);
  const bool has_run = fs::exists(requested / "metrics.jsonl") || fs::exists(requested / "ckpt") ||
                       fs::exists(requested / "sweep.textproto");
  if (has_run && !resumes) {
    throw Error(ExitCode::usage,
                fmt::format("{} already holds a run: choose another --run-dir, or go on with it "
                            "by --resume auto",
                            requested.string()));
  }
  if (resumes && fs::exists(requested / "summary.json") && !fs::exists(requested / "ckpt")) {
    throw Error(ExitCode::usage,
                fmt::format("{} has the results of a run without checkpoints, which cannot go on; "
                            "choose another --run-dir",
                            requested.string()));
  }
  return requested;
}

}  // namespace lockstep
