#include "report/error_file.h"

#include <fstream>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "report/samples.h"

namespace lockstep {
namespace {

TEST(ErrorFile, NamesRankHostCodeAndMessage) {
  const auto directory = fresh_directory();
  write_error_file(directory, 3, "node7", ExitCode::data, "train.gz: \"bad\"\nmagic \xFF");
  const auto object = nlohmann::json::parse(read_text(directory / "error.rank3.json"));
  EXPECT_EQ(object["rank"], 3);
  EXPECT_EQ(object["host"], "node7");
  EXPECT_EQ(object["exit_code"], 65);
  EXPECT_EQ(object["message"], "train.gz: \"bad\"\nmagic \xEF\xBF\xBD");
}

TEST(ErrorFile, NeverThrows) {
  const auto absent = fresh_directory() / "absent";
  write_error_file(absent, 0, "node", ExitCode::internal, "message");
  EXPECT_FALSE(std::filesystem::exists(absent));
}

TEST(ErrorFile, AllAreRemovedWhenARunGoesOn) {
  const auto directory = fresh_directory();
  write_error_file(directory, 0, "node", ExitCode::data, "first");
  write_error_file(directory, 12, "node", ExitCode::data, "second");
  std::ofstream(directory / "summary.json") << "{}";
  remove_error_files(directory);
  EXPECT_FALSE(std::filesystem::exists(directory / "error.rank0.json"));
  EXPECT_FALSE(std::filesystem::exists(directory / "error.rank12.json"));
  EXPECT_TRUE(std::filesystem::exists(directory / "summary.json"));
}

}  // namespace
}  // namespace lockstep
