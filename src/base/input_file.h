#pragma once
// Files that are read.

#include <filesystem>
#include <fstream>
#include <string>

namespace lockstep {

// Throws Error(missing_input) if `path` exists and is a directory, a pipe, a socket or a device:
// opening or reading it could wait for ever.
void require_file(const std::filesystem::path& path);

// The same for everything in `directory` and below it but directories.
void require_files_in(const std::filesystem::path& directory);

// Opens a file for reading, after require_file(). As with std::ifstream, a file that is missing or
// may not be read gives a stream that is not open.
std::ifstream open_file(const std::filesystem::path& path);

// The content of a file; empty if it is missing or may not be read. Throws as open_file() does.
std::string read_file(const std::filesystem::path& path);

}  // namespace lockstep
