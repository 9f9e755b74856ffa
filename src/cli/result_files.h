#pragma once
// Results of a command, on stdout and as files in a directory.

#include <filesystem>
#include <string>

#include "comm/communicator.h"

namespace lockstep {

// Collective. Creates the directory for results before the work starts, unless its name is
// empty (no files wanted) or it exists. Throws AgreedError(io).
void prepare_results(const Communicator& comm, const std::filesystem::path& directory);

// Writes <directory>/<name>.txt and <directory>/<name>.json, each atomically. Call on
// one rank only. Throws Error(io).
void write_results(const std::filesystem::path& directory, const std::string& name,
                   const std::string& text, const std::string& json);

// Writes to stdout, buffered. Throws Error(io), or Error(closed_pipe) when the reader has
// closed it.
void write_to_stdout(const std::string& text);
// Flushes what was written so far. Throws like write_to_stdout().
void flush_stdout();
// Writes to stdout and flushes it. Throws like write_to_stdout().
void print_result(const std::string& text);

}  // namespace lockstep
