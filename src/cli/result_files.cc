#include "cli/result_files.h"

#include <cerrno>
#include <cstdio>
#include <cstring>

#include <fmt/format.h>

#include "base/atomic_file.h"
#include "base/error.h"
#include "comm/agreement.h"
#include "rundir/run_directory.h"

namespace lockstep {

void prepare_results(const Communicator& comm, const std::filesystem::path& directory) {
  agree(comm, [&] {
    if (comm.is_root() && !directory.empty()) create_writable_directory(directory);
  });
}

void write_results(const std::filesystem::path& directory, const std::string& name,
                   const std::string& text, const std::string& json) {
  replace_file(directory / (name + ".txt"), text);
  replace_file(directory / (name + ".json"), json);
}

namespace {

Error stdout_error() {
  if (errno == EPIPE) return {ExitCode::closed_pipe, "stdout is closed"};
  return {ExitCode::io, fmt::format("cannot write to stdout: {}", std::strerror(errno))};
}

}  // namespace

void write_to_stdout(const std::string& text) {
  if (std::fwrite(text.data(), 1, text.size(), stdout) != text.size()) throw stdout_error();
}

void flush_stdout() {
  if (std::fflush(stdout) != 0) throw stdout_error();
}

void print_result(const std::string& text) {
  write_to_stdout(text);
  flush_stdout();
}

}  // namespace lockstep
