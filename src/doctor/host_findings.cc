#include <cmath>
#include <vector>

#include <fmt/format.h>

#include "base/number_text.h"
#include "comm/abandoned_segments.h"
#include "doctor/finding_groups.h"

namespace lockstep {
namespace {

// Clocks that differ by more make the times in logs and of files misleading.
constexpr double kClockLimitSeconds = 1;

std::vector<Finding> findings_of_memory(const JobNeeds& job, const HostReport& host) {
  std::vector<Finding> findings;
  const std::uint64_t ranks = host.ranks.size();
  const std::uint64_t needed = ranks * job.memory_bytes_per_rank;
  if (needed > host.memory_available_bytes) {
    const bool never = needed > host.memory_bytes;
    findings.push_back(
        {never ? Severity::refusal : Severity::warning, FindingKind::memory,
         fmt::format("{} needs {} on {} for {} ranks, of {} that are {}.", job.name,
                     format_mebibytes(needed), host.name, ranks,
                     format_mebibytes(never ? host.memory_bytes : host.memory_available_bytes),
                     never ? "there" : "available"),
         "Start fewer ranks on this host with more threads each, or use more hosts."});
  }
  const std::uint64_t shared = ranks > 1 ? ranks * job.shared_memory_bytes_per_rank : 0;
  if (shared > host.shared_memory_free_bytes) {
    findings.push_back(
        {Severity::warning, FindingKind::shared_memory,
         fmt::format("{} needs {} in /dev/shm on {}, of {} that are free: the "
                     "ranks will exchange messages, which is slower.",
                     job.name, format_mebibytes(shared), host.name,
                     format_mebibytes(host.shared_memory_free_bytes)),
         "Make /dev/shm larger (mount -o remount,size=..., docker --shm-size), or start one rank "
         "with more threads."});
  }
  return findings;
}

}  // namespace

std::vector<Finding> findings_of_hosts(const DoctorReport& report) {
  std::vector<Finding> findings;
  for (const HostReport& host : report.hosts) {
    if (report.job)
      std::ranges::move(findings_of_memory(*report.job, host), std::back_inserter(findings));
    if (matter(host.shared_memory_abandoned_bytes, host.shared_memory_bytes)) {
      findings.push_back(
          {Severity::warning, FindingKind::abandoned_memory,
           fmt::format("{} of the {} of /dev/shm on {} are segments of Open MPI that no process "
                       "which can be seen uses: ranks were killed there.",
                       format_mebibytes(host.shared_memory_abandoned_bytes),
                       format_mebibytes(host.shared_memory_bytes), host.name),
           "Remove /dev/shm/vader_segment.* there while no MPI program runs."});
    }
    const double difference = host.clock_difference_seconds;
    if (std::abs(difference) - host.clock_uncertainty_seconds > kClockLimitSeconds) {
      findings.push_back(
          {Severity::warning, FindingKind::clock,
           fmt::format("The clock of {} is {:.1f} s {} that of {}, so times of logs and files "
                       "mislead.",
                       host.name, std::abs(difference), difference > 0 ? "ahead of" : "behind",
                       report.hosts.front().name),
           "Let the hosts set their clocks by NTP (chrony, systemd-timesyncd)."});
    }
  }
  return findings;
}

}  // namespace lockstep
