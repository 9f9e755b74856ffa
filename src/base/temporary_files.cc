#include "base/temporary_files.h"

#include <algorithm>

namespace lockstep {
namespace fs = std::filesystem;

bool is_temporary_file(std::string_view name) {
  constexpr std::string_view kMark = ".tmp-";
  const std::size_t at = name.rfind(kMark);
  if (at == std::string_view::npos || at == 0) return false;
  const std::string_view process = name.substr(at + kMark.size());
  return !process.empty() &&
         std::ranges::all_of(process, [](char c) { return c >= '0' && c <= '9'; });
}

std::vector<std::string> remove_temporary_files(const fs::path& directory) {
  std::vector<std::string> problems;
  std::vector<fs::path> files;
  std::error_code error;
  fs::recursive_directory_iterator entry(directory, error);
  for (; !error && entry != fs::recursive_directory_iterator(); entry.increment(error)) {
    const bool is_file = entry->is_regular_file(error);
    if (is_file && is_temporary_file(entry->path().filename().string())) {
      files.push_back(entry->path());
    }
  }
  for (const fs::path& file : files) {
    fs::remove(file, error);
    if (error) problems.push_back("cannot remove " + file.string() + ": " + error.message());
  }
  return problems;
}

}  // namespace lockstep
