#include "base/json_text.h"

#include <limits>
#include <optional>

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

TEST(JsonText, NumbersThatAreNotFiniteAreNullAndSaidToBeSo) {
  Json object;
  set_number(object, "half", 0.5);
  set_number(object, "none", std::nullopt);
  EXPECT_EQ(to_text(object), R"({"half":0.5,"none":null})");
  set_number(object, "nan", std::numeric_limits<double>::quiet_NaN());
  EXPECT_EQ(to_text(object), R"({"half":0.5,"none":null,"nan":null,"finite":false})");
  EXPECT_TRUE(json_number(std::numeric_limits<double>::infinity()).is_null());
}

TEST(JsonText, OnlyWholeNumbersAreReadAsSuch) {
  const Json object = Json::parse(
      R"({"no":0,"most":18446744073709551615,"negative":-1,"huge":1e300,"half":0.5,"text":"7"})");
  EXPECT_EQ(whole_number(object, "no"), 0U);
  EXPECT_EQ(whole_number(object, "most"), std::numeric_limits<std::uint64_t>::max());
  for (const char* key : {"negative", "huge", "half", "text", "absent"}) {
    EXPECT_EQ(whole_number(object, key), std::nullopt) << key;
  }
  EXPECT_EQ(whole_number(Json::parse("[7]"), "0"), std::nullopt);
}

}  // namespace
}  // namespace lockstep
