#pragma once
// What `lockstep doctor` finds out about the place where a job is to run, as plain values.

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/enum_names.h"

namespace lockstep {

// The matrix product of a layer's forward pass: [rows, inputs] by [inputs, units].
struct ProductShape {
  std::uint64_t rows = 128;
  std::uint64_t inputs = 784;
  std::uint64_t units = 512;

  [[nodiscard]] double flops() const {
    return 2.0 * static_cast<double>(rows) * static_cast<double>(inputs) *
           static_cast<double>(units);
  }
};

// The needs of a job at the layout that was started.
struct JobNeeds {
  std::string name;
  std::uint64_t shards = 1;
  std::uint64_t memory_bytes_per_rank = 0;
  std::uint64_t shared_memory_bytes_per_rank = 0;  // in /dev/shm, when ranks share a host
  std::uint64_t checkpoint_bytes = 0;              // of one checkpoint; 0: the job saves none
};

struct RankReport {
  std::size_t host = 0;    // its index in DoctorReport::hosts
  std::vector<int> cores;  // the numbers of those that the launcher lets it use
  std::map<std::string, std::string> environment;  // versions and kernels, see train/environment.h
  std::string program;                             // a digest of the program's file
  std::optional<bool> yields_when_idle;            // absent: MPI does not tell
  double flops_alone = 0;     // per second, of one core while the host's other ranks rest
  double flops_together = 0;  // per second, of each of its threads while all ranks compute
};

// What a host sees at the place of the run directory.
enum class DirectorySight { shared, another, absent };

constexpr auto enum_names(DirectorySight) {
  using enum DirectorySight;
  return std::to_array<EnumName<DirectorySight>>(
      {{shared, "shared"}, {another, "another"}, {absent, "absent"}});
}

// What a second program finds where one holds a lock.
enum class LockSight { locked, not_locked, no_locks };

constexpr auto enum_names(LockSight) {
  using enum LockSight;
  return std::to_array<EnumName<LockSight>>(
      {{locked, "locked"}, {not_locked, "not_locked"}, {no_locks, "no_locks"}});
}

struct HostReport {
  std::string name;
  std::vector<std::size_t> ranks;  // ascending
  int cores_online = 0;
  std::uint64_t memory_bytes = 0;
  std::uint64_t memory_available_bytes = 0;
  std::uint64_t shared_memory_bytes = 0;  // of /dev/shm
  std::uint64_t shared_memory_free_bytes = 0;
  std::uint64_t shared_memory_abandoned_bytes = 0;  // by Open MPI; see comm/abandoned_segments.h
  double clock_difference_seconds = 0;              // this host's clock minus that of rank 0's host
  double clock_uncertainty_seconds = 0;
  DirectorySight directory = DirectorySight::shared;
  LockSight lock = LockSight::locked;  // meaningful where the directory is shared
  std::uint64_t directory_free_bytes = 0;
};

// The link between two hosts, `from` < `to`.
struct LinkReport {
  std::size_t from = 0;  // indices in DoctorReport::hosts
  std::size_t to = 0;
  double latency_seconds = 0;  // half a round trip of a small message
  double bytes_per_second = 0;
  double bytes_per_second_back = 0;
  double bytes_per_second_both = 0;  // in each direction, while both send
};

struct DirectoryReport {
  std::string path;      // as a command would use it
  std::string examined;  // it, or the nearest folder above it that exists
  std::string error;     // why rank 0 cannot write there; empty: it can
};

struct DoctorReport {
  std::string launcher;  // "mpirun", "Slurm" or "mpiexec"; empty: none
  int threads = 1;       // of each rank
  std::vector<RankReport> ranks;
  std::vector<HostReport> hosts;  // in the order of their first ranks
  std::vector<LinkReport> links;  // between the first ranks of the hosts
  DirectoryReport directory;
  ProductShape shape;  // whose rate was measured
  std::optional<JobNeeds> job;

  [[nodiscard]] const HostReport& host_of(const RankReport& rank) const { return hosts[rank.host]; }
};

}  // namespace lockstep
