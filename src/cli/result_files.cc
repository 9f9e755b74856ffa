#include "cli/result_files.h"

#include <cstdio>

#include "base/atomic_file.h"
#include "base/error.h"
#include "cli/run_directory.h"
#include "comm/agreement.h"

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

void print_result(const std::string& text) {
  if (std::fwrite(text.data(), 1, text.size(), stdout) != text.size() || std::fflush(stdout) != 0) {
    throw Error(ExitCode::io, "cannot write the result to stdout");
  }
}

}  // namespace lockstep
