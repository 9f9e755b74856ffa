#pragma once
// Shared memory that Open MPI left behind when all ranks of a host were killed.

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace lockstep {

struct AbandonedSegments {
  std::vector<std::filesystem::path> files;  // sorted
  std::uint64_t bytes = 0;
};

// The segments of Open MPI in `shared` that belong to this user, are older than a minute, and that
// no process in `processes`, a folder like /proc, has mapped. Does not communicate.
AbandonedSegments abandoned_segments(const std::filesystem::path& shared = "/dev/shm",
                                     const std::filesystem::path& processes = "/proc");

// Whether `bytes` of them matter where /dev/shm has `all` bytes: more than a tenth.
constexpr bool matter(std::uint64_t bytes, std::uint64_t all) { return bytes > all / 10; }

// What a person should know about them.
std::string describe(const AbandonedSegments& segments, const std::string& host);

}  // namespace lockstep
