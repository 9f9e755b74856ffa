#include "cli/result_files.h"

#include <cstdio>
#include <system_error>

#include <fmt/format.h>

#include "base/atomic_file.h"
#include "base/error.h"

namespace lockstep {

void write_results(const std::filesystem::path& directory, const std::string& name,
                   const std::string& text, const std::string& json) {
  std::error_code error;
  std::filesystem::create_directories(directory, error);
  if (error || !std::filesystem::is_directory(directory)) {
    throw Error(ExitCode::io, fmt::format("cannot create {}: {}", directory.string(),
                                          error ? error.message() : "it is a file"));
  }
  replace_file(directory / (name + ".txt"), text);
  replace_file(directory / (name + ".json"), json);
}

void print_result(const std::string& text) {
  if (std::fwrite(text.data(), 1, text.size(), stdout) != text.size() || std::fflush(stdout) != 0) {
    throw Error(ExitCode::io, "cannot write the result to stdout");
  }
}

}  // namespace lockstep
