#pragma once
// The temporary files of AtomicFile, which a killed process leaves behind.

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace lockstep {

// Whether a file of this name is a temporary one: "<name>.tmp-<process>".
bool is_temporary_file(std::string_view name);

// Removes the temporary files in `directory` and in the folders below it; does nothing if it does
// not exist. No other process may be writing there. Returns a sentence for each file that
// could not be removed.
std::vector<std::string> remove_temporary_files(const std::filesystem::path& directory);

}  // namespace lockstep
