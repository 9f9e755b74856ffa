#pragma once
// Results of a command, on stdout and as files in a directory.

#include <filesystem>
#include <string>

#include "comm/communicator.h"

namespace lockstep {

// Collective. Makes the directory for results, unless it is empty (none wanted) or
// there, before the work that they are of. Throws AgreedError(io).
void prepare_results(const Communicator& comm, const std::filesystem::path& directory);

// Writes <directory>/<name>.txt and <directory>/<name>.json, each atomically. Call on
// one rank only. Throws Error(io).
void write_results(const std::filesystem::path& directory, const std::string& name,
                   const std::string& text, const std::string& json);

// To stdout, buffered. Throws Error(io), or Error(closed_pipe) when nobody reads any more.
void write_to_stdout(const std::string& text);
// What was written so far. Throws as write_to_stdout().
void flush_stdout();
// To stdout, all of it. Throws as write_to_stdout().
void print_result(const std::string& text);

}  // namespace lockstep
