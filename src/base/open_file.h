#pragma once
// Whether a file that is open still has its place.

#include <filesystem>
#include <optional>

namespace lockstep {

// Whether `path` names the file behind `descriptor`: false when someone has removed it, or put
// another file or links in a circle there. None if the system does not tell.
std::optional<bool> names_open_file(const std::filesystem::path& path, int descriptor);

}  // namespace lockstep
