#pragma once
// What the operating system says about this host and this process. Nothing here communicates.

#include <cstdint>
#include <string>

namespace lockstep {

// The cores of this host that are online.
int online_cores();

struct Space {
  std::uint64_t bytes = 0;
  std::uint64_t free_bytes = 0;
};

// The memory of this host, and what programs can still take of it. Zeros where it is unknown.
// Neither is above the limit of this process's control group.
Space host_memory_space();

// The smallest memory.max of the control group `group` (version 2, such as "/user.slice/job_7")
// and those above it, up to the folder `root`; the largest number if there is no limit.
std::uint64_t memory_limit(const std::string& root, const std::string& group);

// The file system of `path`; zeros where there is none.
Space file_system_space(const std::string& path);

// A digest of the file of this program.
std::uint64_t program_digest();

}  // namespace lockstep
