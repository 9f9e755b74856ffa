#include "doctor/examine.h"

#include <algorithm>
#include <bitset>
#include <cstddef>
#include <iterator>
#include <span>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "base/digest.h"
#include "base/host_name.h"
#include "base/json_text.h"
#include "base/usable_cores.h"
#include "comm/abandoned_segments.h"
#include "comm/exchange_plan.h"
#include "comm/link_probe.h"
#include "comm/session.h"
#include "doctor/link_schedule.h"
#include "doctor/machine.h"
#include "doctor/product.h"
#include "doctor/run_directory_probe.h"
#include "train/environment.h"

namespace lockstep {
namespace {

// The ranks of a host take turns; all turns together last about this long, and each no longer than
// kTurnSeconds.
constexpr double kTurnsSeconds = 3;
constexpr double kTurnSeconds = 0.1;
constexpr double kShortestTurnSeconds = 0.02;

// What one rank tells rank 0 about itself and its host.
struct Reading {
  std::bitset<kMostCores> cores;
  int cores_online = 0;
  int yields = -1;  // -1: unknown
  std::uint64_t program = 0;
  double flops_alone = 0;
  double flops_together = 0;
  Space memory;
  Space shared_memory;
  std::uint64_t abandoned_bytes = 0;
};

// Collective. The ranks of each host, in the order of their first ranks.
std::vector<std::vector<std::size_t>> ranks_of_hosts(const Communicator& comm) {
  const Hosts hosts(comm.all_gather(comm.host_leader()));
  std::vector<std::vector<std::size_t>> ranks;
  for (const int leader : hosts.all_leaders()) {
    const std::vector<int>& members = hosts.members(leader);
    ranks.emplace_back(members.begin(), members.end());
  }
  return ranks;
}

// Waits without taking a core from the ranks that measure.
void wait_for_all(const Communicator& comm) {
  comm.wait_for_all([] {});
}

// Collective. Fills in the two rates of this rank.
void measure_rates(const Communicator& comm, const std::vector<std::vector<std::size_t>>& hosts,
                   const Examination& examination, Reading& reading) {
  const auto own = static_cast<std::size_t>(comm.rank());
  const std::size_t turns = std::ranges::max(hosts, {}, &std::vector<std::size_t>::size).size();
  const double seconds =
      std::clamp(kTurnsSeconds / static_cast<double>(turns), kShortestTurnSeconds, kTurnSeconds);
  for (std::size_t turn = 0; turn < turns; ++turn) {
    const bool is_mine = std::ranges::any_of(hosts, [&](const std::vector<std::size_t>& ranks) {
      return turn < ranks.size() && ranks[turn] == own;
    });
    if (is_mine) reading.flops_alone = flops_alone(examination.shape, seconds);
    wait_for_all(comm);
  }
  comm.barrier();
  reading.flops_together = flops_together(examination.shape, examination.threads, kTurnSeconds);
  wait_for_all(comm);
}

// Collective. The links between the first ranks of all hosts; complete on rank 0.
std::vector<LinkReport> measure_links(const Communicator& comm,
                                      const std::vector<std::vector<std::size_t>>& hosts) {
  std::vector<LinkReport> own;
  for (const LinkRound& round : link_schedule(hosts.size())) {
    for (const auto& [from, to] : round) {
      const int first = static_cast<int>(hosts[from].front());
      const int second = static_cast<int>(hosts[to].front());
      if (comm.rank() == second) measure_link(comm, first);
      if (comm.rank() != first) continue;
      const LinkRates rates = measure_link(comm, second);
      own.push_back({.from = from,
                     .to = to,
                     .latency_seconds = rates.latency_seconds,
                     .bytes_per_second = rates.bytes_per_second,
                     .bytes_per_second_back = rates.bytes_per_second_back,
                     .bytes_per_second_both = rates.bytes_per_second_both});
    }
    wait_for_all(comm);
  }
  std::vector<LinkReport> all = comm.gather(std::span<const LinkReport>(own));
  std::ranges::sort(all, {}, [](const LinkReport& link) { return std::pair(link.from, link.to); });
  return all;
}

// Collective. For each host its clock against that of rank 0; meaningful on rank 0.
std::vector<ClockDifference> measure_clocks(const Communicator& comm,
                                            const std::vector<std::vector<std::size_t>>& hosts) {
  std::vector<ClockDifference> differences(hosts.size());
  for (std::size_t host = 1; host < hosts.size(); ++host) {
    const int leader = static_cast<int>(hosts[host].front());
    if (comm.is_root()) differences[host] = compare_clocks(comm, leader);
    if (comm.rank() == leader) compare_clocks(comm, 0);
    wait_for_all(comm);
  }
  return differences;
}

Reading read_machine() {
  Reading reading;
  reading.cores = usable_cores();
  reading.cores_online = online_cores();
  if (const auto yields = waiting_ranks_yield()) reading.yields = *yields ? 1 : 0;
  reading.program = program_digest();
  reading.memory = host_memory_space();
  reading.shared_memory = file_system_space("/dev/shm");
  reading.abandoned_bytes = abandoned_segments().bytes;
  return reading;
}

RankReport rank_report(const Reading& reading, const std::string& environment, std::size_t host) {
  RankReport rank;
  rank.host = host;
  for (std::size_t core = 0; core < kMostCores; ++core) {
    if (reading.cores[core]) rank.cores.push_back(static_cast<int>(core));
  }
  rank.environment = nlohmann::json::parse(environment);
  rank.program = digest_hex(reading.program);
  if (reading.yields >= 0) rank.yields_when_idle = reading.yields == 1;
  rank.flops_alone = reading.flops_alone;
  rank.flops_together = reading.flops_together;
  return rank;
}

HostReport host_report(std::string name, std::vector<std::size_t> ranks, const Reading& reading,
                       const ClockDifference& clock, const DirectoryReading& directory) {
  return {.name = std::move(name),
          .ranks = std::move(ranks),
          .cores_online = reading.cores_online,
          .memory_bytes = reading.memory.bytes,
          .memory_available_bytes = reading.memory.free_bytes,
          .shared_memory_bytes = reading.shared_memory.bytes,
          .shared_memory_free_bytes = reading.shared_memory.free_bytes,
          .shared_memory_abandoned_bytes = reading.abandoned_bytes,
          .clock_difference_seconds = clock.seconds,
          .clock_uncertainty_seconds = clock.uncertainty_seconds,
          .directory = directory.sight,
          .lock = directory.lock,
          .directory_free_bytes = directory.free_bytes};
}

}  // namespace

DoctorReport examine(const Communicator& comm, const Examination& examination) {
  const auto hosts = ranks_of_hosts(comm);
  Reading own = read_machine();
  const DirectoryProbe probe = probe_run_directory(comm, examination.run_dir);
  measure_rates(comm, hosts, examination, own);
  const std::vector<ClockDifference> clocks = measure_clocks(comm, hosts);
  const std::vector<LinkReport> links = measure_links(comm, hosts);

  const auto readings = comm.gather(std::span<const Reading>(&own, 1));
  const auto names = comm.gather_text(host_name());
  const auto environments = comm.gather_text(to_text(nlohmann::json(environment())));
  DoctorReport report;
  if (!comm.is_root()) return report;
  report.launcher = examination.launcher;
  report.threads = examination.threads;
  report.ranks.resize(readings.size());
  report.links = links;
  report.directory = probe.directory;
  report.shape = examination.shape;
  report.job = examination.job;
  for (std::size_t host = 0; host < hosts.size(); ++host) {
    for (const std::size_t rank : hosts[host]) {
      report.ranks[rank] = rank_report(readings[rank], environments[rank], host);
    }
    const std::size_t first = hosts[host].front();
    report.hosts.push_back(host_report(names[first], hosts[host], readings[first], clocks[host],
                                       probe.of_ranks[first]));
  }
  return report;
}

}  // namespace lockstep
