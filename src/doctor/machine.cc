#include "doctor/machine.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <limits>
#include <span>

#include <sched.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/digest.h"

namespace lockstep {
namespace {

namespace fs = std::filesystem;

// The control group of this process (version 2); empty if there is none.
std::string control_group() {
  std::ifstream file("/proc/self/cgroup");
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with("0::")) return line.substr(3);
  }
  return "";
}

}  // namespace

int online_cores() { return static_cast<int>(std::max(1L, sysconf(_SC_NPROCESSORS_ONLN))); }

std::uint64_t memory_limit(const std::string& root, const std::string& group) {
  std::uint64_t limit = std::numeric_limits<std::uint64_t>::max();
  for (fs::path path = group; path.has_relative_path(); path = path.parent_path()) {
    std::uint64_t bytes = 0;
    // Reading fails at "max", which is no limit.
    if (std::ifstream(root / path.relative_path() / "memory.max") >> bytes) {
      limit = std::min(limit, bytes);
    }
  }
  return limit;
}

Space host_memory_space() {
  Space space;
  std::ifstream file("/proc/meminfo");
  std::string name;
  std::string unit;
  for (std::uint64_t kibibytes = 0; file >> name >> kibibytes; std::getline(file, unit)) {
    if (name == "MemTotal:") space.bytes = kibibytes << 10U;
    if (name == "MemAvailable:") space.free_bytes = kibibytes << 10U;
  }
  const std::uint64_t limit = memory_limit("/sys/fs/cgroup", control_group());
  return {std::min(space.bytes, limit), std::min(space.free_bytes, limit)};
}

Space file_system_space(const std::string& path) {
  struct statvfs system {};
  if (statvfs(path.c_str(), &system) != 0) return {};
  return {system.f_blocks * system.f_frsize, system.f_bavail * system.f_frsize};
}

std::uint64_t program_digest() {
  std::ifstream file("/proc/self/exe", std::ios::binary);
  Digest digest;
  std::array<char, 1 << 16> piece{};
  while (file.read(piece.data(), piece.size()) || file.gcount() > 0) {
    const auto size = static_cast<std::size_t>(file.gcount());
    digest.add(std::as_bytes(std::span(piece).first(size)));
  }
  return digest.value();
}

}  // namespace lockstep
