#include "system/program_fixture.h"

#include <fstream>

#include <fmt/format.h>

namespace lockstep {

ProgramFixture::~ProgramFixture() { std::filesystem::remove_all(directory_); }

ProgramResult ProgramFixture::run(const std::string& arguments, int ranks) const {
  const std::string program = fmt::format("{} {}", LOCKSTEP_PROGRAM, arguments);
  return run_program(fmt::format("cd {} && {}", directory_.string(),
                                 ranks == 1 ? program : on_ranks(ranks, program)));
}

ProgramResult ProgramFixture::run_with_fault(const std::string& arguments, int ranks,
                                             const std::string& fault) const {
  const std::string program = fmt::format("{} {}", LOCKSTEP_WITH_FAULTS, arguments);
  return run_program(fmt::format("cd {} && LOCKSTEP_FAULT='{}' {}", directory_.string(), fault,
                                 ranks == 1 ? program : on_ranks(ranks, program)));
}

std::string ProgramFixture::file(const std::string& name) const {
  return text_of_file(directory_ / name);
}

void ProgramFixture::write(const std::string& name, const std::string& content) const {
  std::ofstream(directory_ / name, std::ios::binary) << content;
}

}  // namespace lockstep
