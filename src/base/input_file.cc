#include "base/input_file.h"

#include <iterator>
#include <system_error>

#include <fmt/format.h>

#include "base/error.h"

namespace lockstep {

void require_file(const std::filesystem::path& path) {
  std::error_code error;
  const auto status = std::filesystem::status(path, error);
  if (!std::filesystem::exists(status) || std::filesystem::is_regular_file(status)) return;
  throw Error(
      ExitCode::missing_input,
      fmt::format("{}: expected a file, found {}", path.string(),
                  std::filesystem::is_directory(status) ? "a directory" : "a pipe or device"));
}

void require_files_in(const std::filesystem::path& directory) {
  std::error_code error;
  std::filesystem::recursive_directory_iterator entry(directory, error);
  for (; !error && entry != std::filesystem::recursive_directory_iterator();
       entry.increment(error)) {
    if (!std::filesystem::is_directory(entry->path())) require_file(entry->path());
  }
}

std::ifstream open_file(const std::filesystem::path& path) {
  require_file(path);
  return std::ifstream(path, std::ios::binary);
}

std::string read_file(const std::filesystem::path& path) {
  std::ifstream file = open_file(path);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

}  // namespace lockstep
