#include "doctor/run_directory_probe.h"

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

// The wanted directory, or the nearest folder above it that exists.
struct ExaminedFolder {
  fs::path path;
  std::string error;  // why the system does not say whether the wanted directory exists
};

ExaminedFolder nearest_existing(const std::string& wanted) {
  std::error_code error;
  ExaminedFolder place{.path = fs::absolute(wanted, error), .error = ""};
  while (!fs::exists(place.path, error) && place.path.has_relative_path()) {
    if (error) place.error = fmt::format("{}: {}", place.path.string(), error.message());
    place.path = place.path.parent_path();
  }
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

// Why files cannot be written at the place; empty if nothing is known against it.
std::string objection_to(const ExaminedFolder& place) {
  if (!place.error.empty()) return place.error;
  std::error_code error;
  if (fs::is_directory(place.path, error)) return "";
  return fmt::format("{} is not a folder", place.path.string());
}

}  // namespace

DirectoryProbe probe_run_directory(const Communicator& comm, const std::string& path) {
  DirectoryProbe probe;
  DirectoryReport& directory = probe.directory;
  std::string name;
  std::optional<LockedFile> file;
  if (comm.is_root()) {
    const ExaminedFolder place = nearest_existing(path);
    directory = {path, place.path.string(), objection_to(place)};
    name = place.path / fmt::format(".lockstep-doctor-{}-{}", host_name(), ::getpid());
    if (directory.error.empty()) {
      file.emplace(name);
      if (!file->error().empty()) {
        directory.error = fmt::format("{}: {}", directory.examined, file->error());
      }
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
