#include "memory_file.h"

#include <string>

#include <sys/mman.h>
#include <unistd.h>

#include "base/check.h"

namespace lockstep {

MemoryFile::MemoryFile(std::string_view content)
    : descriptor_(::memfd_create("lockstep-fuzz", MFD_CLOEXEC)),
      path_("/proc/self/fd/" + std::to_string(descriptor_)) {
  check(descriptor_ >= 0, "a file in memory can be created");
  write(content);
}

MemoryFile::~MemoryFile() { ::close(descriptor_); }

void MemoryFile::write(std::string_view content) const {
  check(::ftruncate(descriptor_, 0) == 0, "a file in memory can be emptied");
  const auto written = ::pwrite(descriptor_, content.data(), content.size(), 0);
  check(written == static_cast<ssize_t>(content.size()), "a file in memory can be written");
}

}  // namespace lockstep
