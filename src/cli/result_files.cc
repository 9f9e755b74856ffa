#include "cli/result_files.h"

#include <cstdio>
#include <system_error>

#include <fmt/format.h>

#include "base/atomic_file.h"
#include "base/error.h"
#include "comm/agreement.h"

namespace lockstep {

void prepare_results(const Communicator& comm, const std::filesystem::path& directory) {
  agree(comm, [&] {
    if (!comm.is_root() || directory.empty()) return;
    std::error_code error;
    std::filesystem::create_directories(directory, error);
    if (!error && std::filesystem::is_directory(directory)) return;
    throw Error(ExitCode::io, fmt::format("cannot create {}: {}", directory.string(),
                                          error ? error.message() : "it is a file"));
  });
}

void write_results(const std::filesystem::path& directory, const std::string& name,
                   const std::string& text, const std::string& json) {
  replace_file(directory / (name + ".txt"), text);
  replace_file(directory / (name + ".json"), json);
}

void print_result(const std::string& text) {
  if (std::fwrite(text.data(), 1, text.size(), stdout) != text.size() || std::fflush(stdout) != 0) {
    throw Error(ExitCode::io, "cannot write the result to stdout");
  }
}

}  // namespace lockstep
