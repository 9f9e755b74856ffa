#include "report/kept_file.h"

#include <system_error>
#include <utility>

#include <fmt/format.h>

#include "base/atomic_file.h"
#include "base/error.h"
#include "base/input_file.h"

namespace lockstep {

KeptFile::KeptFile(std::filesystem::path path, std::string content, Warn warn)
    : path_(std::move(path)), content_(std::move(content)), warn_(std::move(warn)) {
  replace_file(path_, content_);
}

namespace {

// Whether `path` is a file with this content.
bool has_content(const std::filesystem::path& path, const std::string& content) {
  try {
    return read_if_there(path) == content;
  } catch (const Error&) {  // it is not a file
    return false;
  }
}

}  // namespace

void KeptFile::restore() const {
  if (has_content(path_, content_)) return;
  std::error_code error;
  std::filesystem::create_directories(path_.parent_path(), error);
  replace_file(path_, content_);
  warn_(restored_warning(path_));
}

std::string restored_warning(const std::filesystem::path& path) {
  return fmt::format(
      "warning: {} was removed, replaced or changed while the run is writing it, and is restored; "
      "leave the run directory alone until the run has ended",
      path.string());
}

}  // namespace lockstep
