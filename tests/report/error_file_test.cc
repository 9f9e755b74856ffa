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

TEST(ErrorFile, IsReadBackUnlessItIsDamaged) {
  const auto directory = fresh_directory();
  EXPECT_FALSE(read_error_file(directory, 0).has_value());
  write_error_file(directory, 0, "node", ExitCode::diverged, "J is not finite");
  const auto read = read_error_file(directory, 0);
  ASSERT_TRUE(read.has_value());
  EXPECT_EQ(read->exit_code, static_cast<int>(ExitCode::diverged));
  EXPECT_EQ(read->message, "J is not finite");
  for (const char* text :
       {"", "{", "[]", R"({"exit_code": 76})", R"({"exit_code": "x", "message": "y"})"}) {
    std::ofstream(directory / "error.rank0.json") << text;
    EXPECT_FALSE(read_error_file(directory, 0).has_value()) << text;
  }
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
  std::ofstream(directory / "error.ranking.json") << "{}";
  remove_error_files(directory);
  EXPECT_FALSE(std::filesystem::exists(directory / "error.rank0.json"));
  EXPECT_FALSE(std::filesystem::exists(directory / "error.rank12.json"));
  EXPECT_TRUE(std::filesystem::exists(directory / "summary.json"));
  EXPECT_TRUE(std::filesystem::exists(directory / "error.ranking.json")) << "somebody else's";
}

}  // namespace
}  // namespace lockstep
