#include "comm/host_memory.h"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <new>
#include <span>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

namespace lockstep {
namespace {

// Ranks have parts of different sizes, rank 2 none.
std::uint64_t size_of(int rank) {
  return rank == 2 ? 0 : 1000 + 5000 * static_cast<std::uint64_t>(rank);
}

float value_of(int writer, int round, std::uint64_t i) {
  return static_cast<float>(i + 7) * static_cast<float>(writer + 1) + static_cast<float>(round);
}

bool has_values(std::span<const float> part, int writer, int round) {
  for (std::uint64_t i = 0; i < part.size(); ++i) {
    if (part[i] != value_of(writer, round, i)) return false;
  }
  return true;
}

void write(std::span<float> part, int writer, int round) {
  for (std::uint64_t i = 0; i < part.size(); ++i) part[i] = value_of(writer, round, i);
}

TEST(HostMemory, AllRanksOfAHostSeeWhatEachHasWritten) {
  const Communicator comm = Communicator::world();
  const HostMemory<float> memory(comm, size_of(comm.rank()), comm.host_leader());
  EXPECT_FALSE(memory.was_refused());
  EXPECT_EQ(memory.leaders(), std::vector<int>(static_cast<std::size_t>(comm.size()), 0));
  for (int round = 0; round < 20; ++round) {
    write(memory.own(), comm.rank(), round);
    memory.fence();
    for (int rank = 0; rank < comm.size(); ++rank) {
      EXPECT_EQ(memory.of(rank).size(), size_of(rank));
      EXPECT_TRUE(has_values(memory.of(rank), rank, round)) << "of rank " << rank;
    }
    memory.fence();
  }
}

// The number of a process that has ended.
pid_t ended_process() {
  const pid_t process = fork();
  if (process == 0) _exit(0);
  waitpid(process, nullptr, 0);
  return process;
}

TEST(HostMemory, RemovesWhatKilledProcessesHaveLeft) {
  namespace fs = std::filesystem;
  const Communicator comm = Communicator::world();
  if (comm.size() == 1) return;  // one rank shares no memory
  const auto make = [](pid_t process, std::chrono::seconds age) {
    fs::path object = "/dev/shm/lockstep-" + std::to_string(process) + "-7001";
    std::ofstream(object) << "values";
    fs::last_write_time(object, fs::file_time_type::clock::now() - age);
    return object;
  };
  const pid_t ended = ended_process();
  const fs::path abandoned = comm.is_root() ? make(ended, std::chrono::hours(1)) : fs::path();
  const fs::path in_use = comm.is_root() ? make(getpid(), std::chrono::hours(1)) : fs::path();
  const fs::path recent = comm.is_root() ? make(ended_process(), {}) : fs::path();
  const HostMemory<float> memory(comm, 3000, comm.host_leader());
  EXPECT_FALSE(memory.was_refused());
  if (!comm.is_root()) return;
  EXPECT_FALSE(fs::exists(abandoned));
  EXPECT_TRUE(fs::remove(in_use));
  EXPECT_TRUE(fs::remove(recent));
}

TEST(HostMemory, RanksMayWriteToTheOthersParts) {
  const Communicator comm = Communicator::world();
  const HostMemory<float> memory(comm, 3000, comm.host_leader());
  const int next = (comm.rank() + 1) % comm.size();
  write(memory.of(next), comm.rank(), 0);
  memory.fence();
  EXPECT_TRUE(has_values(memory.own(), (comm.rank() + comm.size() - 1) % comm.size(), 0));
  memory.fence();
}

TEST(HostMemory, WithoutSharingEveryRankIsAlone) {
  const Communicator comm = Communicator::world();
  const HostMemory<float> memory(comm, 1000, comm.rank());
  std::vector<int> own_leaders;
  for (int rank = 0; rank < comm.size(); ++rank) {
    own_leaders.push_back(rank);
    EXPECT_EQ(memory.of(rank).size(), rank == comm.rank() ? 1000U : 0U);
  }
  EXPECT_EQ(memory.leaders(), own_leaders);
  write(memory.own(), comm.rank(), 0);
  memory.fence();
  EXPECT_TRUE(has_values(memory.own(), comm.rank(), 0));
}

TEST(HostMemory, RanksSeeTheirOwnHostOnly) {
  const Communicator comm = Communicator::world();
  const int host = comm.rank() % 2;  // ranks 0 and 2, ranks 1 and 3
  const HostMemory<float> memory(comm, 1000, host);
  for (int rank = 0; rank < comm.size(); ++rank) {
    EXPECT_EQ(memory.of(rank).size(), rank % 2 == host ? 1000U : 0U);
    EXPECT_EQ(memory.leaders()[static_cast<std::size_t>(rank)], rank % 2);
  }
}

// More floats than any machine has room for. The address sanitizer ends a program that asks an
// allocator for as much, so there it is a number that `new` refuses by itself.
#ifdef __SANITIZE_ADDRESS__
constexpr std::uint64_t kTooMany = std::uint64_t{1} << 61;
#else
constexpr std::uint64_t kTooMany = std::uint64_t{1} << 60;
#endif

// The ranks agree to do without, or all have no memory.
TEST(HostMemory, WhereThereIsNoRoomToShareNobodyDoes) {
  const Communicator comm = Communicator::world();
  if (comm.size() == 1) GTEST_SKIP() << "one rank shares nothing";
  // Rank 1 alone asks for too much; all of its host go without.
  const std::uint64_t values = comm.rank() == 1 ? kTooMany : 1000;
  bool refused = false;
  try {
    const HostMemory<float> memory(comm, values, comm.host_leader());
    EXPECT_TRUE(memory.was_refused());
    for (int rank = 0; rank < comm.size(); ++rank) {
      EXPECT_EQ(memory.of(rank).empty(), rank != comm.rank());
    }
  } catch (const std::bad_alloc&) {
    refused = true;
  }
  EXPECT_EQ(refused, comm.rank() == 1);
}

}  // namespace
}  // namespace lockstep
