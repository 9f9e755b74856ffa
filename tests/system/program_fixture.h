#pragma once
// What tests of the program from the outside have in common.

#include <filesystem>
#include <string>

#include <gtest/gtest.h>

#include "system/run_program.h"

namespace lockstep {

// A test in a directory of its own, with the tiny data set and job in it.
class ProgramFixture : public testing::Test {
 protected:
  ~ProgramFixture() override;

  // The program in that directory, under mpirun when on several ranks.
  [[nodiscard]] ProgramResult run(const std::string& arguments, int ranks = 1) const;

  // The same with a fault as faulty_main.cc has them; none: "".
  [[nodiscard]] ProgramResult run_with_fault(const std::string& arguments, int ranks,
                                             const std::string& fault) const;

  // A file of the directory.
  [[nodiscard]] std::string file(const std::string& name) const;
  void write(const std::string& name, const std::string& content) const;

  std::filesystem::path directory_ = make_tiny_directory();
};

}  // namespace lockstep
