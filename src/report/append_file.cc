#include "report/append_file.h"

#include <cerrno>
#include <cstring>
#include <optional>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fmt/format.h>

#include "base/atomic_file.h"
#include "base/error.h"
#include "report/descriptor.h"
#include "report/kept_file.h"

namespace lockstep {

namespace {

// The whole file behind a descriptor, whether it still has a name or not.
std::string content_of(int descriptor, std::uint64_t size) {
  std::string content(size, '\0');
  std::size_t done = 0;
  while (done < content.size()) {
    const ssize_t got =
        ::pread(descriptor, content.data() + done, content.size() - done, static_cast<off_t>(done));
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) break;
    done += static_cast<std::size_t>(got);
  }
  content.resize(done);
  return content;
}

// Whether `path` names the file behind `descriptor`; none if that cannot be told.
std::optional<bool> names(const std::filesystem::path& path, int descriptor) {
  struct stat own {};
  struct stat named {};
  if (::fstat(descriptor, &own) != 0) return std::nullopt;
  if (::stat(path.c_str(), &named) == 0) {
    return own.st_dev == named.st_dev && own.st_ino == named.st_ino;
  }
  return errno == ENOENT ? std::optional(false) : std::nullopt;
}

}  // namespace

AppendFile::AppendFile(std::filesystem::path path, Warn warn)
    : path_(std::move(path)), warn_(std::move(warn)) {
  open();
}

AppendFile::~AppendFile() { ::close(descriptor_); }

void AppendFile::open() {
  descriptor_ = ::open(path_.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
  if (descriptor_ < 0) {
    throw Error(ExitCode::io,
                fmt::format("cannot open {}: {}", path_.string(), std::strerror(errno)));
  }
  size_ = static_cast<std::uint64_t>(::lseek(descriptor_, 0, SEEK_END));
  can_tell_ = names(path_, descriptor_) == true;
}

void AppendFile::look_after_it() {
  const off_t end = ::lseek(descriptor_, 0, SEEK_END);
  if (end < 0) return;
  const auto size = static_cast<std::uint64_t>(end);
  if (size < size_) {
    warn_(
        fmt::format("warning: {} was cut while the run is writing it: {} of its {} bytes are lost",
                    path_.string(), size_ - size, size_));
    size_ = size;
    const std::string content = content_of(descriptor_, size);
    // The next record begins a line of its own.
    if (!content.empty() && content.back() != '\n') pending_.insert(0, 1, '\n');
  }
  if (!can_tell_ || names(path_, descriptor_) != false) return;
  std::error_code error;
  std::filesystem::create_directories(path_.parent_path(), error);
  replace_file(path_, content_of(descriptor_, size));
  ::close(std::exchange(descriptor_, -1));
  open();
  warn_(restored_warning(path_));
}

void AppendFile::append(std::string_view record) {
  pending_ += record;
  look_after_it();
  const off_t whole = ::lseek(descriptor_, 0, SEEK_END);
  if (const int error = write_all(descriptor_, pending_); error != 0) {
    std::string message = fmt::format("cannot write {}: {}", path_.string(), std::strerror(error));
    if (::ftruncate(descriptor_, whole) != 0) message += "; its last record may be cut short";
    throw Error(ExitCode::io, message);
  }
  size_ = static_cast<std::uint64_t>(whole) + pending_.size();
  pending_.clear();
}

void AppendFile::sync() {
  append("");
  if (::fsync(descriptor_) != 0) {
    throw Error(ExitCode::io,
                fmt::format("cannot flush {}: {}", path_.string(), std::strerror(errno)));
  }
}

}  // namespace lockstep
