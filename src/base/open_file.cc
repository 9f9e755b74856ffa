#include "base/open_file.h"

#include <cerrno>

#include <sys/stat.h>

namespace lockstep {

std::optional<bool> names_open_file(const std::filesystem::path& path, int descriptor) {
  struct stat own {};
  struct stat named {};
  if (::fstat(descriptor, &own) != 0) return std::nullopt;
  if (::stat(path.c_str(), &named) == 0) {
    return own.st_dev == named.st_dev && own.st_ino == named.st_ino;
  }
  const bool is_gone = errno == ENOENT || errno == ENOTDIR || errno == ELOOP;
  return is_gone ? std::optional(false) : std::nullopt;
}

}  // namespace lockstep
