#include "base/atomic_file.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <new>
#include <optional>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fmt/format.h>

#include "base/error.h"
#include "base/parse_number.h"

namespace lockstep {
namespace {

std::filesystem::path directory_of(const std::filesystem::path& path) {
  return path.has_parent_path() ? path.parent_path() : ".";
}

// Between the name of a file and the number of the process that writes it.
constexpr std::string_view kTemporaryMark = ".tmp-";

// Both are multiples of any disk's block size.
constexpr std::size_t kAlignment = 4096;
constexpr std::size_t kBufferBytes = std::size_t{4} << 20;

// The number of the open file of this process that `path` names, as /dev/stdout and /dev/fd/3 do.
std::optional<int> own_descriptor(std::filesystem::path path) {
  constexpr int kMostLinks = 40;
  for (int i = 0; i < kMostLinks; ++i) {
    const std::string folder = path.parent_path().string();
    const std::string own = fmt::format("/proc/{}/fd", ::getpid());
    if (folder == "/proc/self/fd" || folder == "/dev/fd" || folder == own) {
      if (const auto number = parse_number<int>(path.filename().string())) return number;
    }
    std::error_code error;
    const std::filesystem::path next = std::filesystem::read_symlink(path, error);
    if (error) return std::nullopt;
    path = next.is_absolute() ? next : path.parent_path() / next;
  }
  return std::nullopt;
}

// Whether the file behind `path` is a device, a pipe or a socket.
bool is_no_file(const std::filesystem::path& path) {
  std::error_code error;
  const auto status = std::filesystem::status(path, error);
  return std::filesystem::exists(status) && !std::filesystem::is_regular_file(status) &&
         !std::filesystem::is_directory(status);
}

// The file that symbolic links lead to, if they lead anywhere.
std::filesystem::path target_of(const std::filesystem::path& path) {
  std::error_code error;
  if (!std::filesystem::is_symlink(path, error)) return path;
  const auto target = std::filesystem::weakly_canonical(path, error);
  return error ? path : target;
}

// The owner and the mode of the file at `path`, if there is one, become those of `descriptor`.
void pass_on_rights(const std::filesystem::path& path, int descriptor) {
  struct stat status {};
  if (::lstat(path.c_str(), &status) != 0 || !S_ISREG(status.st_mode)) return;
  mode_t mode = status.st_mode & 0777;
  if (::fchown(descriptor, status.st_uid, status.st_gid) != 0) {
    // Others must not get the rights of another owner or group.
    if (status.st_uid != ::geteuid()) return;
    mode &= ~mode_t{S_IRWXG};
  }
  static_cast<void>(::fchmod(descriptor, mode));
}

std::filesystem::path with_mark(std::filesystem::path path) {
  path += fmt::format("{}{}", kTemporaryMark, ::getpid());
  return path;
}

}  // namespace

AtomicFile::AtomicFile(const std::filesystem::path& path, IfNoFile if_no_file) : path_(path) {
  if (if_no_file == IfNoFile::write_in_place) {
    const std::optional<int> own = own_descriptor(path);
    if (own || is_no_file(path)) {
      descriptor_ =
          own ? ::fcntl(*own, F_DUPFD_CLOEXEC, 0) : ::open(path_.c_str(), O_WRONLY | O_CLOEXEC);
      if (descriptor_ < 0) fail("open", errno);
      return;
    }
    path_ = target_of(path);
  }
  temp_path_ = with_mark(path_);
  std::error_code ignored;
  std::filesystem::remove(temp_path_, ignored);  // left by a dead process with our pid
  descriptor_ = ::open(temp_path_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
  if (descriptor_ < 0) fail("create", errno);
  if (if_no_file == IfNoFile::write_in_place) pass_on_rights(path_, descriptor_);
}

std::filesystem::path AtomicFile::temporary_of(const std::filesystem::path& path) {
  return with_mark(target_of(path));
}

AtomicFile::~AtomicFile() {
  if (descriptor_ < 0) return;
  ::close(descriptor_);
  if (!temp_path_.empty()) ::unlink(temp_path_.c_str());
}

void AtomicFile::Free::operator()(std::byte* bytes) const { std::free(bytes); }

void AtomicFile::write(std::span<const std::byte> bytes) {
  if (temp_path_.empty()) {
    write_now(bytes);
    return;
  }
  if (!buffer_) {
    buffer_.reset(static_cast<std::byte*>(std::aligned_alloc(kAlignment, kBufferBytes)));
    if (!buffer_) throw std::bad_alloc();
  }
  while (!bytes.empty()) {
    const std::size_t size = std::min(bytes.size(), kBufferBytes - buffered_);
    std::memcpy(buffer_.get() + buffered_, bytes.data(), size);
    buffered_ += size;
    bytes = bytes.subspan(size);
    if (buffered_ < kBufferBytes) return;
    bypass_cache(true);
    write_buffer();
  }
}

void AtomicFile::write_buffer() { write_now({buffer_.get(), std::exchange(buffered_, 0)}); }

void AtomicFile::write_now(std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(descriptor_, bytes.data(), bytes.size());
    if (written >= 0) {
      bytes = bytes.subspan(static_cast<std::size_t>(written));
    } else if (errno == EINVAL && bypasses_cache_) {
      bypass_cache(false);  // this file system cannot, or the disk took a part of a block
    } else if (errno != EINTR) {
      fail("write", errno);
    }
  }
}

void AtomicFile::bypass_cache(bool bypass) {
  if (bypasses_cache_ == bypass) return;
  const int flags = ::fcntl(descriptor_, F_GETFL);
  const int wanted = bypass ? flags | O_DIRECT : flags & ~O_DIRECT;
  bypasses_cache_ = ::fcntl(descriptor_, F_SETFL, wanted) == 0 && bypass;
}

void AtomicFile::flush() {
  bypass_cache(false);  // the rest fills no block
  write_buffer();
}

void AtomicFile::commit() {
  if (temp_path_.empty()) {
    if (::close(std::exchange(descriptor_, -1)) != 0) fail("close", errno);
    return;
  }
  flush();
  if (::fsync(descriptor_) != 0) fail("flush", errno);
  const int descriptor = std::exchange(descriptor_, -1);
  if (::close(descriptor) != 0) {
    const int error = errno;
    ::unlink(temp_path_.c_str());
    fail("close", error);
  }
  if (::rename(temp_path_.c_str(), path_.c_str()) != 0) {
    const int error = errno;
    ::unlink(temp_path_.c_str());
    fail("rename", error);
  }
  const std::filesystem::path directory = directory_of(path_);
  const int directory_descriptor = ::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (directory_descriptor < 0) fail("open the directory of", errno);
  const int result = ::fsync(directory_descriptor);
  const int error = errno;
  ::close(directory_descriptor);
  // Some network file systems cannot sync a directory and say EINVAL.
  if (result != 0 && error != EINVAL) fail("flush the directory of", error);
}

void AtomicFile::fail(const std::string& action, int error_number) const {
  std::string message =
      fmt::format("cannot {} {}: {}", action, path_.string(), std::strerror(error_number));
  if (error_number == ENOSPC || error_number == EDQUOT) {
    std::error_code error;
    const auto space = std::filesystem::space(directory_of(path_), error);
    if (!error) message += fmt::format(" ({} bytes free)", space.available);
  }
  throw Error(ExitCode::io, message);
}

namespace {

void write_whole(const std::filesystem::path& path, std::string_view text, IfNoFile if_no_file) {
  AtomicFile file(path, if_no_file);
  file.write(std::as_bytes(std::span(text)));
  file.commit();
}

}  // namespace

void replace_file(const std::filesystem::path& path, std::string_view text) {
  write_whole(path, text, IfNoFile::replace);
}

void write_output(const std::filesystem::path& path, std::string_view text) {
  write_whole(path, text, IfNoFile::write_in_place);
}

void remove_file(const std::filesystem::path& path) {
  std::error_code error;
  std::filesystem::remove(path, error);
  if (error) {
    throw Error(ExitCode::io, fmt::format("cannot remove {}, which an earlier session left: {}",
                                          path.string(), error.message()));
  }
}

}  // namespace lockstep
