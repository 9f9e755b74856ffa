#include "comm/abandoned_segments.h"

#include <algorithm>
#include <chrono>
#include <fstream>
#include <string_view>
#include <system_error>

#include <sys/stat.h>
#include <unistd.h>

#include <fmt/format.h>

#include "base/number_text.h"

namespace lockstep {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kPrefix = "vader_segment.";

std::vector<fs::path> entries_of(const fs::path& directory) {
  std::vector<fs::path> entries;
  std::error_code error;
  fs::directory_iterator entry(directory, error);
  for (; !error && entry != fs::directory_iterator(); entry.increment(error)) {
    entries.push_back(entry->path());
  }
  return entries;
}

// Whether the file is this user's and at least a minute old.
bool is_old_and_own(const fs::path& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0 || status.st_uid != geteuid()) return false;
  const auto now = std::chrono::system_clock::now();
  return std::chrono::system_clock::to_time_t(now) - status.st_mtime > 60;
}

// Removes the files of `candidates` that a process has mapped.
void remove_mapped(std::vector<fs::path>& candidates, const fs::path& processes) {
  for (const fs::path& process : entries_of(processes)) {
    if (candidates.empty()) return;
    std::ifstream maps(process / "maps");
    for (std::string line; std::getline(maps, line);) {
      if (line.find(kPrefix) == std::string::npos) continue;
      std::erase_if(candidates,
                    [&](const fs::path& path) { return line.ends_with(path.native()); });
    }
  }
}

}  // namespace

AbandonedSegments abandoned_segments(const fs::path& shared, const fs::path& processes) {
  AbandonedSegments found;
  for (const fs::path& path : entries_of(shared)) {
    if (path.filename().native().starts_with(kPrefix) && is_old_and_own(path)) {
      found.files.push_back(path);
    }
  }
  remove_mapped(found.files, processes);
  std::ranges::sort(found.files);
  for (const fs::path& path : found.files) {
    std::error_code error;
    const std::uintmax_t bytes = fs::file_size(path, error);
    if (!error) found.bytes += bytes;
  }
  return found;
}

std::string describe(const AbandonedSegments& segments, const std::string& host) {
  return fmt::format(
      "Open MPI left {} in {} such as {} on {} when earlier ranks were killed; "
      "no process that can be seen uses them, and they may be removed",
      format_mebibytes(segments.bytes), format_quantity(segments.files.size(), "file"),
      segments.files.front().string(), host);
}

}  // namespace lockstep
