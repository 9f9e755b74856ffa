#pragma once
// Files that are read.

#include <filesystem>
#include <optional>
#include <string>

namespace lockstep {

// Throws Error(missing_input) if `path` exists and is a directory, a pipe, a socket or a device,
// which to open or read could wait for ever, or if the system does not tell, as for links in a
// circle.
void require_file(const std::filesystem::path& path);

// The content of a file; absent if there is none. Throws as require_file() does, and
// Error(missing_input) if the file cannot be opened or read to its end.
std::optional<std::string> read_if_there(const std::filesystem::path& path);

// The same, but empty if there is no such file.
std::string read_file(const std::filesystem::path& path);

}  // namespace lockstep
