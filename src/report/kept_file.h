#pragma once
// A file of a run directory that is written at the start and must stay.

#include <filesystem>
#include <string>

#include "report/warn.h"

namespace lockstep {

// Writes `content` to `path` atomically; restore() writes it again if someone has removed, replaced
// or changed the file, and says so. Both throw Error(io).
class KeptFile {
 public:
  KeptFile(std::filesystem::path path, std::string content, Warn warn);
  void restore() const;

 private:
  std::filesystem::path path_;
  std::string content_;
  Warn warn_;
};

// The warning about a file that was removed, replaced or changed.
std::string restored_warning(const std::filesystem::path& path);

}  // namespace lockstep
