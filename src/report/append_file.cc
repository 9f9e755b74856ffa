#include "report/append_file.h"

#include <cerrno>
#include <cstring>
#include <utility>

#include <fcntl.h>
#include <unistd.h>

#include <fmt/format.h>

#include "base/error.h"
#include "report/descriptor.h"

namespace lockstep {

AppendFile::AppendFile(std::filesystem::path path) : path_(std::move(path)) {
  descriptor_ = ::open(path_.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
  if (descriptor_ < 0) {
    throw Error(ExitCode::io,
                fmt::format("cannot open {}: {}", path_.string(), std::strerror(errno)));
  }
}

AppendFile::~AppendFile() { ::close(descriptor_); }

void AppendFile::append(std::string_view record) {
  pending_ += record;
  const off_t whole = ::lseek(descriptor_, 0, SEEK_END);
  if (const int error = write_all(descriptor_, pending_); error != 0) {
    std::string message = fmt::format("cannot write {}: {}", path_.string(), std::strerror(error));
    if (::ftruncate(descriptor_, whole) != 0) message += "; its last record may be cut short";
    throw Error(ExitCode::io, message);
  }
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
