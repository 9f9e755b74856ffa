// Every seed and every input that once failed, without a fuzzer.

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include <gtest/gtest.h>

#include "targets.h"

namespace lockstep {
namespace {

namespace fs = std::filesystem;

std::string content_of(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

TEST(FuzzCorpus, EveryInputIsReadOrRefused) {
  for (const FuzzTarget& target : fuzz_targets()) {
    int inputs = 0;
    for (const auto& entry : fs::directory_iterator(fs::path(LOCKSTEP_FUZZ_CORPUS) / target.name)) {
      SCOPED_TRACE(entry.path());
      EXPECT_NO_THROW(target.run(content_of(entry.path())));
      ++inputs;
    }
    EXPECT_GE(inputs, 2) << target.name;
  }
}

TEST(FuzzCorpus, EveryFolderHasItsTarget) {
  for (const auto& entry : fs::directory_iterator(LOCKSTEP_FUZZ_CORPUS)) {
    EXPECT_NE(find_fuzz_target(entry.path().filename().string()), nullptr) << entry.path();
  }
}

}  // namespace
}  // namespace lockstep
