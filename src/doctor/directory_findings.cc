#include <algorithm>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/number_text.h"
#include "doctor/finding_groups.h"

namespace lockstep {
namespace {

// A run without checkpoints still writes its results.
constexpr std::uint64_t kLeastFreeBytes = std::uint64_t{256} << 20;
// The newest, the best, one that is written, and one in reserve.
constexpr std::uint64_t kCheckpointsAtOnce = 4;

template <typename Condition>
std::vector<std::string> names_where(const DoctorReport& report, const Condition& condition) {
  std::vector<std::string> names;
  for (const HostReport& host : report.hosts) {
    if (condition(host)) names.push_back(host.name);
  }
  return names;
}

}  // namespace

std::vector<Finding> findings_of_directory(const DoctorReport& report) {
  const std::string& place = report.directory.examined;
  const HostReport& first = report.hosts.front();
  if (!report.directory.error.empty()) {
    return {{Severity::refusal, FindingKind::run_directory_not_writable,
             fmt::format("The run directory cannot be written on {}: {}.", first.name,
                         report.directory.error),
             "Choose another --run-dir."}};
  }
  std::vector<Finding> findings;
  const auto apart = names_where(
      report, [](const HostReport& host) { return host.directory != DirectorySight::shared; });
  if (!apart.empty()) {
    findings.push_back(
        {Severity::warning, FindingKind::run_directory_not_shared,
         fmt::format("{} of {} is not what {} see{} there: a run cannot be resumed when rank 0 "
                     "starts on another host.",
                     place, first.name, fmt::join(apart, ", "), apart.size() == 1 ? "s" : ""),
         "Choose a --run-dir in a folder that all hosts share."});
  }
  const auto without_locks = names_where(report, [](const HostReport& host) {
    return host.directory == DirectorySight::shared && host.lock != LockSight::locked;
  });
  if (!without_locks.empty()) {
    findings.push_back(
        {Severity::warning, FindingKind::no_locks,
         fmt::format("Locks (flock) in {} do not reach {}: two jobs could write to one run "
                     "directory.",
                     place, fmt::join(without_locks, ", ")),
         "Ask for a file system with locks, or give each job a --run-dir of its own."});
  }
  const std::uint64_t checkpoints =
      report.job ? kCheckpointsAtOnce * report.job->checkpoint_bytes : 0;
  const std::uint64_t wanted = std::max(kLeastFreeBytes, checkpoints);
  if (first.directory_free_bytes < wanted) {
    findings.push_back(
        {Severity::warning, FindingKind::disk_space,
         fmt::format("{} has {} free; a run may need {}.", place,
                     format_mebibytes(first.directory_free_bytes), format_mebibytes(wanted)),
         "Free some space, or choose another --run-dir."});
  }
  return findings;
}

}  // namespace lockstep
