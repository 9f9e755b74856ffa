#include "doctor/run_directory_probe.h"

#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <optional>
#include <span>
#include <system_error>

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <fmt/format.h>

#include "base/host_name.h"
#include "doctor/machine.h"

namespace lockstep {
namespace {

namespace fs = std::filesystem;

// A new file with a lock, which is removed at the end.
class LockedFile {
 public:
  // Writes its own path into the file, by which others recognize it. See error().
  explicit LockedFile(std::string path) : path_(std::move(path)) {
    descriptor_ = ::open(path_.c_str(), O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0644);
    const auto size = static_cast<ssize_t>(path_.size());
    if (descriptor_ < 0 || ::write(descriptor_, path_.data(), path_.size()) != size ||
        ::fsync(descriptor_) != 0) {
      error_ = std::strerror(errno);
      return;
    }
    is_locked_ = ::flock(descriptor_, LOCK_EX | LOCK_NB) == 0;
  }
  ~LockedFile() {
    if (descriptor_ < 0) return;
    ::close(descriptor_);
    ::unlink(path_.c_str());
  }
  LockedFile(const LockedFile&) = delete;
  LockedFile& operator=(const LockedFile&) = delete;

  [[nodiscard]] const std::string& error() const { return error_; }
  [[nodiscard]] bool is_locked() const { return is_locked_; }

 private:
  std::string path_;
  int descriptor_ = -1;
  bool is_locked_ = false;
  std::string error_;
};

fs::path nearest_existing(const std::string& path) {
  std::error_code error;
  fs::path place = fs::absolute(path, error);
  while (!fs::exists(place, error) && place.has_relative_path()) place = place.parent_path();
  return place;
}

// What a second program finds that wants the lock of the opened file.
LockSight try_lock(int descriptor) {
  if (::flock(descriptor, LOCK_EX | LOCK_NB) == 0) return LockSight::not_locked;
  return errno == EWOULDBLOCK ? LockSight::locked : LockSight::no_locks;
}

// What this rank sees of rank 0's file.
DirectoryReading read_place(const std::string& examined, const std::string& file) {
  DirectoryReading reading;
  std::error_code error;
  reading.free_bytes = file_system_space(examined).free_bytes;
  const int descriptor = ::open(file.c_str(), O_RDWR | O_CLOEXEC);
  if (descriptor < 0) {
    reading.sight =
        fs::is_directory(examined, error) ? DirectorySight::another : DirectorySight::absent;
    return reading;
  }
  std::string text(file.size(), '\0');
  const ssize_t size = ::pread(descriptor, text.data(), text.size(), 0);
  const bool same = size == static_cast<ssize_t>(text.size()) && text == file;
  reading.sight = same ? DirectorySight::shared : DirectorySight::another;
  reading.lock = try_lock(descriptor);
  ::close(descriptor);
  return reading;
}

// Whether the place is good for files: empty, or why not.
std::string objection_to(const fs::path& place) {
  std::error_code error;
  if (!fs::is_directory(place, error)) return fmt::format("{} is not a folder", place.string());
  return "";
}

}  // namespace

DirectoryProbe probe_run_directory(const Communicator& comm, const std::string& path) {
  DirectoryProbe probe;
  DirectoryReport& directory = probe.directory;
  std::string name;
  std::optional<LockedFile> file;
  if (comm.is_root()) {
    const fs::path place = nearest_existing(path);
    directory = {path, place.string(), objection_to(place)};
    name = place / fmt::format(".lockstep-doctor-{}-{}", host_name(), ::getpid());
    if (directory.error.empty()) {
      file.emplace(name);
      if (!file->error().empty())
        directory.error = fmt::format("{}: {}", place.string(), file->error());
    }
  }
  comm.broadcast(directory.path);
  comm.broadcast(directory.examined);
  comm.broadcast(directory.error);
  comm.broadcast(name);
  DirectoryReading own = read_place(directory.examined, name);
  if (file && !file->is_locked()) own.lock = LockSight::no_locks;
  // The file stays until all ranks have looked at it.
  probe.of_ranks = comm.gather(std::span<const DirectoryReading>(&own, 1));
  return probe;
}

}  // namespace lockstep
