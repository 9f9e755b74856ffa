#pragma once
// Files that are read.

#include <filesystem>
#include <optional>
#include <string>

namespace lockstep {

// Throws Error(missing_input) if `path` exists and is a directory, a pipe, a socket or a device:
// opening or reading it could wait for ever.
void require_file(const std::filesystem::path& path);

// The same for everything in `directory` and below it but directories.
void require_files_in(const std::filesystem::path& directory);

// The content of a file; absent if it is missing or may not be opened. Throws as require_file()
// does, and Error(missing_input) if the file cannot be read to its end.
std::optional<std::string> read_if_there(const std::filesystem::path& path);

// The same, but empty if the file is missing or may not be opened.
std::string read_file(const std::filesystem::path& path);

}  // namespace lockstep
