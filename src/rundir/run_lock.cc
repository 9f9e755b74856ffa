#include "rundir/run_lock.h"

#include <array>
#include <cerrno>
#include <cstring>
#include <string_view>
#include <system_error>

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <fmt/format.h>

#include "base/error.h"
#include "base/host_name.h"
#include "base/open_file.h"
#include "base/run_files.h"
#include "report/descriptor.h"

namespace lockstep {
namespace {

// The text that the holder wrote; "another program" before it has written one.
std::string holder(int descriptor) {
  std::array<char, 512> text{};
  const ssize_t size = ::pread(descriptor, text.data(), text.size(), 0);
  if (size <= 0) return "another program";
  std::string_view line(text.data(), static_cast<std::size_t>(size));
  line = line.substr(0, line.find('\n'));
  return std::string(line);
}

std::string description(const std::string& job) {
  return fmt::format("process {} on {}, job {}\n", ::getpid(), host_name(), job);
}

}  // namespace

RunLock::RunLock(const std::filesystem::path& directory, const std::string& job)
    : directory_(directory), job_(job) {
  acquire();
}

void RunLock::acquire() {
  const std::filesystem::path path = directory_ / kLockFile;
  const int descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NONBLOCK, 0644);
  if (descriptor < 0) {
    throw Error(ExitCode::io,
                fmt::format("cannot open {}: {}", path.string(), std::strerror(errno)));
  }
  if (::flock(descriptor, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK) {
    const std::string other = holder(descriptor);
    ::close(descriptor);
    throw Error(ExitCode::in_use, fmt::format("{} is in use by {}; wait until it ends, or choose "
                                              "another --run-dir",
                                              directory_.string(), other));
  }
  if (descriptor_ >= 0) ::close(descriptor_);
  descriptor_ = descriptor;
  can_tell_ = names_open_file(path, descriptor_) == true;
  // The holder is only for messages, so write errors are ignored; later writes report a full disk.
  const std::string text = description(job_);
  if (::ftruncate(descriptor_, 0) == 0) static_cast<void>(write_all(descriptor_, text));
}

std::string RunLock::keep() {
  const std::filesystem::path path = directory_ / kLockFile;
  if (!can_tell_ || names_open_file(path, descriptor_) != false) return "";
  std::error_code error;
  std::filesystem::create_directories(directory_, error);
  // The lock of another program is a file.
  if (!std::filesystem::is_regular_file(path, error)) std::filesystem::remove(path, error);
  acquire();
  return fmt::format(
      "warning: {} was removed or replaced while the run is using it, and is restored",
      path.string());
}

RunLock::~RunLock() { ::close(descriptor_); }

}  // namespace lockstep
