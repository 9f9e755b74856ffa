#include "base/json_text.h"

#include <gtest/gtest.h>

namespace lockstep {
namespace {

TEST(JsonText, IsOneLineOrIndented) {
  const nlohmann::ordered_json value = {{"b", 1}, {"a", {0.5, nullptr}}};
  EXPECT_EQ(to_text(value), R"({"b":1,"a":[0.5,null]})");
  EXPECT_EQ(to_text(nlohmann::json{{"b", 1}}, 2), "{\n  \"b\": 1\n}");
}

TEST(JsonText, BytesThatAreNotUtf8AreReplaced) {
  EXPECT_EQ(to_text(nlohmann::json("caf\xE9")), "\"caf\uFFFD\"");
  EXPECT_EQ(to_text(nlohmann::ordered_json("\xFF!")), "\"\uFFFD!\"");
}

}  // namespace
}  // namespace lockstep
