#include "base/input_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <system_error>

#include <fmt/format.h>

#include "base/descriptor.h"
#include "base/error.h"

namespace lockstep {

void require_file(const std::filesystem::path& path) {
  std::error_code error;
  const auto status = std::filesystem::status(path, error);
  if (status.type() == std::filesystem::file_type::none) {
    throw Error(ExitCode::missing_input, fmt::format("{}: {}", path.string(), error.message()));
  }
  if (!std::filesystem::exists(status) || std::filesystem::is_regular_file(status)) return;
  throw Error(
      ExitCode::missing_input,
      fmt::format("{}: expected a file, found {}", path.string(),
                  std::filesystem::is_directory(status) ? "a directory" : "a pipe or device"));
}

std::optional<std::string> read_if_there(const std::filesystem::path& path) {
  require_file(path);
  const Descriptor file{::open(path.c_str(), O_RDONLY | O_CLOEXEC)};
  if (file.number < 0) {
    if (errno == ENOENT || errno == ENOTDIR) return std::nullopt;
    throw Error(ExitCode::missing_input,
                fmt::format("{}: cannot open: {}", path.string(), std::strerror(errno)));
  }
  constexpr std::size_t kBlock = std::size_t{1} << 16;
  std::string content;
  std::size_t size = 0;
  while (true) {
    content.resize(size + kBlock);
    const ssize_t got = ::read(file.number, content.data() + size, kBlock);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) {
      throw Error(ExitCode::missing_input,
                  fmt::format("{}: cannot read: {}", path.string(), std::strerror(errno)));
    }
    size += static_cast<std::size_t>(got);
    if (got == 0) break;
  }
  content.resize(size);
  return content;
}

std::string read_file(const std::filesystem::path& path) {
  return read_if_there(path).value_or("");
}

}  // namespace lockstep
