#pragma once
// Results of a command on a job, as files in a directory.

#include <filesystem>
#include <string>

namespace lockstep {

// Writes <directory>/<name>.txt and <directory>/<name>.json, each atomically; the
// directory is made when it is not there. Call on one rank only. Throws Error(io).
void write_results(const std::filesystem::path& directory, const std::string& name,
                   const std::string& text, const std::string& json);

// To stdout, all of it. Throws Error(io).
void print_result(const std::string& text);

}  // namespace lockstep
