#include "base/temporary_files.h"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <filesystem>
#include <string>
#include <system_error>

#include <sys/types.h>
#include <unistd.h>

namespace lockstep {
namespace fs = std::filesystem;
namespace {

constexpr std::string_view kMark = ".tmp-";

// Whether another process of this host may be writing the file: a user may have named an output as
// files of a run are.
bool is_of_another_process(std::string_view temporary) {
  const std::string_view process = temporary.substr(temporary.rfind(kMark) + kMark.size());
  pid_t number = 0;
  const auto parsed = std::from_chars(process.data(), process.data() + process.size(), number);
  return parsed.ec == std::errc() && number != ::getpid() &&
         (::kill(number, 0) == 0 || errno == EPERM);
}

}  // namespace

std::string_view name_without_mark(std::string_view temporary) {
  const std::size_t at = temporary.rfind(kMark);
  if (at == std::string_view::npos) return "";
  const std::string_view process = temporary.substr(at + kMark.size());
  const bool is_process =
      !process.empty() && std::ranges::all_of(process, [](char c) { return c >= '0' && c <= '9'; });
  return is_process ? temporary.substr(0, at) : "";
}

std::vector<std::string> remove_temporary_files(const RunFolder& folder) {
  std::vector<std::string> problems;
  std::vector<fs::path> files;
  std::error_code error;
  fs::directory_iterator entry(folder.path, error);
  for (; !error && entry != fs::directory_iterator(); entry.increment(error)) {
    std::error_code ignored;
    const std::string name = entry->path().filename().string();
    if (!is_run_file(name_without_mark(name), folder.content)) continue;
    if (folder.content == FolderContent::results && is_of_another_process(name)) continue;
    if (fs::is_regular_file(entry->symlink_status(ignored))) files.push_back(entry->path());
  }
  for (const fs::path& file : files) {
    fs::remove(file, error);
    if (error) problems.push_back("cannot remove " + file.string() + ": " + error.message());
  }
  return problems;
}

}  // namespace lockstep
