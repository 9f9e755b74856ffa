#include <algorithm>
#include <set>
#include <vector>

#include <fmt/format.h>

#include "base/number_text.h"
#include "doctor/finding_groups.h"

namespace lockstep {
namespace {

// The cores that the ranks of a host may use, all together.
std::size_t cores_of(const DoctorReport& report, const HostReport& host) {
  std::set<int> cores;
  for (const std::size_t rank : host.ranks) {
    cores.insert(report.ranks[rank].cores.begin(), report.ranks[rank].cores.end());
  }
  return cores.size();
}

Finding oversubscription(const HostReport& host, std::size_t threads, std::size_t cores) {
  const bool bound = static_cast<std::size_t>(host.cores_online) >= threads;
  return {Severity::warning, FindingKind::oversubscribed,
          fmt::format("{} share {} on {}.", format_quantity(threads, "thread"),
                      format_quantity(cores, "core"), host.name),
          bound ? fmt::format("The host has {}: let the ranks use them (mpirun --bind-to none, "
                              "srun -c THREADS).",
                              host.cores_online)
          : host.ranks.size() == 1
              ? "Give the rank fewer --threads."
              : "Start fewer ranks on this host, or give each fewer --threads."};
}

// Ranks that wait without leaving their core to others slow down those that share it.
bool some_rank_polls(const DoctorReport& report, const HostReport& host) {
  return std::ranges::any_of(
      host.ranks, [&](std::size_t rank) { return report.ranks[rank].yields_when_idle == false; });
}

std::vector<Finding> findings_of_cores(const DoctorReport& report, const HostReport& host) {
  std::vector<Finding> findings;
  const std::size_t threads = host.ranks.size() * static_cast<std::size_t>(report.threads);
  const std::size_t cores = cores_of(report, host);
  if (threads > cores) {
    findings.push_back(oversubscription(host, threads, cores));
    if (host.ranks.size() > 1 && some_rank_polls(report, host)) {
      findings.push_back(
          {Severity::warning, FindingKind::polling,
           fmt::format("Ranks on {} that wait keep the core from those that compute.", host.name),
           "Set OMPI_MCA_mpi_yield_when_idle=1."});
    }
    return findings;
  }
  for (const std::size_t rank : host.ranks) {
    const std::size_t own = report.ranks[rank].cores.size();
    if (own >= static_cast<std::size_t>(report.threads)) continue;
    findings.push_back(
        {Severity::warning, FindingKind::narrow_binding,
         fmt::format("Rank {} on {} has {} and may use {}.", rank, host.name,
                     format_quantity(static_cast<std::uint64_t>(report.threads), "thread"),
                     format_quantity(own, "core")),
         fmt::format("Bind it to as many (mpirun --map-by slot:PE={0}, srun -c {0}), "
                     "or not at all (mpirun --bind-to none).",
                     report.threads)});
  }
  return findings;
}

}  // namespace

std::vector<Finding> findings_of_layout(const DoctorReport& report) {
  std::vector<Finding> findings;
  if (report.job && report.ranks.size() > report.job->shards) {
    findings.push_back(
        {Severity::refusal, FindingKind::too_many_ranks,
         fmt::format("There are {} ranks, but training.shards of {} is {}.", report.ranks.size(),
                     report.job->name, report.job->shards),
         fmt::format("Use at most {} and more threads for each rank, or more shards.",
                     format_quantity(report.job->shards, "rank"))});
  }
  for (const HostReport& host : report.hosts) {
    std::ranges::move(findings_of_cores(report, host), std::back_inserter(findings));
  }
  return findings;
}

}  // namespace lockstep
