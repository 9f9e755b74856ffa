#include "report/kept_file.h"

#include <system_error>
#include <utility>

#include <fmt/format.h>

#include "base/atomic_file.h"

namespace lockstep {

KeptFile::KeptFile(std::filesystem::path path, std::string content, Warn warn)
    : path_(std::move(path)), content_(std::move(content)), warn_(std::move(warn)) {
  replace_file(path_, content_);
}

void KeptFile::restore() const {
  std::error_code error;
  if (std::filesystem::exists(path_, error) || error) return;
  std::filesystem::create_directories(path_.parent_path(), error);
  replace_file(path_, content_);
  warn_(restored_warning(path_));
}

std::string restored_warning(const std::filesystem::path& path) {
  return fmt::format(
      "warning: {} was removed or replaced while the run is writing it, and is restored; leave the "
      "run directory alone until the run has ended",
      path.string());
}

}  // namespace lockstep
