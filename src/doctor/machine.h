#pragma once
// What the operating system says about this host and this process. Nothing here communicates.

#include <bitset>
#include <cstdint>
#include <string>

namespace lockstep {

constexpr std::size_t kMostCores = 1024;

// The cores that this process may use, which a launcher may have restricted.
std::bitset<kMostCores> usable_cores();

// The cores of this host that are online.
int online_cores();

struct Space {
  std::uint64_t bytes = 0;
  std::uint64_t free_bytes = 0;
};

// The memory of this host, and what programs can still take of it. Zeros where it is unknown.
Space host_memory_space();

// The file system of `path`; zeros where there is none.
Space file_system_space(const std::string& path);

// A digest of the file of this program.
std::uint64_t program_digest();

}  // namespace lockstep
