#include "rundir/restart.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/error.h"
#include "base/run_files.h"

namespace lockstep {
namespace {

bool has_trace(const std::filesystem::path& directory) {
  constexpr const char* kTraces[] = {kLockFile, kAttemptsFile, kCheckpointFolder};
  return std::ranges::any_of(
      kTraces, [&](const char* name) { return std::filesystem::exists(directory / name); });
}

}  // namespace

std::optional<std::string> check_restart(const Environment& environment,
                                         const std::filesystem::path& directory, Resume resume,
                                         const std::string& host) {
  const std::string restarts = environment("SLURM_RESTART_COUNT").value_or("0");
  if (resume != Resume::automatic || restarts == "0" || has_trace(directory)) return std::nullopt;
  const std::string fact = fmt::format(
      "Slurm has started this job before (restart {}), but {} on {}, the node of rank 0, has no "
      "files of this run",
      restarts, directory.string(), host);
  if (environment("LOCKSTEP_START_AFRESH") == "yes") {
    return fact + "; it starts afresh, because LOCKSTEP_START_AFRESH is yes";
  }
  throw Error(
      ExitCode::missing_input,
      fact +
          "; the directory is probably not shared by the nodes. Choose a --run-dir that all "
          "nodes see, or set LOCKSTEP_START_AFRESH=yes to start afresh");
}

}  // namespace lockstep
