#include "system/run_program.h"

#include <cstdlib>
#include <fstream>
#include <sstream>

#include <sys/wait.h>

#include <fmt/format.h>

#include "support/tiny_job.h"

namespace lockstep {
namespace {

std::filesystem::path new_directory() {
  std::string name = (std::filesystem::temp_directory_path() / "lockstep-system-XXXXXX").string();
  if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("cannot make a directory");
  return name;
}

}  // namespace

std::string text_of_file(const std::filesystem::path& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

ProgramResult run_program(const std::string& command_line) {
  const std::filesystem::path directory = new_directory();
  std::ofstream(directory / "script") << command_line << "\n";
  const std::string run = fmt::format(
      "timeout -k 5 240 sh {0}/script >{0}/out 2>{0}/err </dev/null", directory.string());
  const int status = std::system(run.c_str());
  ProgramResult result;
  result.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  result.out = text_of_file(directory / "out");
  result.err = text_of_file(directory / "err");
  std::filesystem::remove_all(directory);
  return result;
}

std::string on_ranks(int ranks, const std::string& arguments) {
  return fmt::format("{} -n {} {}", LOCKSTEP_MPIEXEC, ranks, arguments);
}

std::filesystem::path make_tiny_directory() {
  std::filesystem::path directory = new_directory();
  write_tiny_data(directory, 141);
  std::ofstream(directory / "job.textproto") << tiny_job_text();
  return directory;
}

}  // namespace lockstep
