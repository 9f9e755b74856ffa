#include "config/file_identity.h"

#include <sys/stat.h>

#include <fmt/format.h>

namespace lockstep {

std::string file_identity(const std::string& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) return path;
  return fmt::format("inode {} of device {}", status.st_ino, status.st_dev);
}

}  // namespace lockstep
