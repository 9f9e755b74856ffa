#pragma once
// Programs as a user runs them.

#include <filesystem>
#include <string>

namespace lockstep {

struct ProgramResult {
  int exit_code = -1;  // 128 + signal when killed
  std::string out;
  std::string err;
};

// Runs a shell command line, with a time limit that turns a hang into exit code 124. The limit is
// several times what any needs on a busy machine or a slow disk.
ProgramResult run_program(const std::string& command_line);

// "mpirun ..." for so many ranks of `arguments`.
std::string on_ranks(int ranks, const std::string& arguments);

// A new directory with the tiny data set and job in it.
std::filesystem::path make_tiny_directory();

std::string text_of_file(const std::filesystem::path& path);

}  // namespace lockstep
