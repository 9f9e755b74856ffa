#include "report/append_file.h"

#include <cerrno>
#include <cstring>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fmt/format.h>

#include "base/atomic_file.h"
#include "base/error.h"
#include "base/input_file.h"
#include "base/open_file.h"
#include "report/descriptor.h"
#include "report/kept_file.h"

namespace lockstep {

AppendFile::AppendFile(std::filesystem::path path, Warn warn)
    : path_(std::move(path)), warn_(std::move(warn)) {
  open();
}

AppendFile::~AppendFile() { ::close(descriptor_); }

void AppendFile::open() {
  // Without O_NONBLOCK, a pipe in its place would wait for a reader.
  descriptor_ = ::open(path_.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NONBLOCK, 0644);
  if (descriptor_ < 0) {
    throw Error(ExitCode::io,
                fmt::format("cannot open {}: {}", path_.string(), std::strerror(errno)));
  }
  struct stat status {};
  if (::fstat(descriptor_, &status) != 0 || !S_ISREG(status.st_mode)) {
    ::close(std::exchange(descriptor_, -1));
    throw Error(ExitCode::io, fmt::format("cannot write {}: it is not a file", path_.string()));
  }
  size_ = static_cast<std::uint64_t>(status.st_size);
  can_tell_ = names_open_file(path_, descriptor_) == true;
}

std::string AppendFile::own_content() const {
  auto content = read_if_there(fmt::format("/proc/self/fd/{}", descriptor_));
  if (!content) throw Error(ExitCode::io, fmt::format("cannot read {}", path_.string()));
  return *std::move(content);
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
    const std::string content = own_content();
    // The next record begins a line of its own.
    if (!content.empty() && content.back() != '\n') pending_.insert(0, 1, '\n');
  }
  if (size > size_ && ::ftruncate(descriptor_, static_cast<off_t>(size_)) == 0) {
    warn_(
        fmt::format("warning: {} bytes that another program appended to {} while the run is "
                    "writing it are removed",
                    size - size_, path_.string()));
  }
  if (!can_tell_ || names_open_file(path_, descriptor_) != false) return;
  std::error_code error;
  std::filesystem::create_directories(path_.parent_path(), error);
  replace_file(path_, own_content());
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
