#include "config/text_tree.h"

#include <string>

#include <google/protobuf/text_format.h>
#include <gtest/gtest.h>

#include "config/message_builder.h"
#include "config/origins.h"
#include "config/problems.h"
#include "proto/job.pb.h"

namespace lockstep {
namespace {

using Kind = TextValue::Kind;

TEST(TextTree, KeepsNamesValuesAndPositions) {
  const TextTree tree = parse_text_tree("# a comment\nname: \"a\" 'b'\n  data {\n    x: -1.5\n  }");
  ASSERT_FALSE(tree.error);
  ASSERT_EQ(tree.fields.size(), 2U);
  EXPECT_EQ(tree.fields[0].name, "name");
  EXPECT_EQ(tree.fields[0].position.line, 2);
  EXPECT_EQ(tree.fields[0].position.column, 1);
  EXPECT_EQ(tree.fields[0].values.at(0).text, "ab");
  EXPECT_EQ(tree.fields[1].position.line, 3);
  EXPECT_EQ(tree.fields[1].position.column, 3);
  const TextField& x = tree.fields[1].values.at(0).fields.at(0);
  EXPECT_EQ(x.position.line, 4);
  EXPECT_EQ(x.values.at(0).kind, Kind::decimal);
  EXPECT_EQ(x.values.at(0).text, "1.5");
  EXPECT_TRUE(x.values.at(0).negative);
}

// Whatever protobuf's own parser accepts is read to the same message.
TEST(TextTree, AgreesWithTheParserOfProtobuf) {
  const std::string texts[] = {
      "",
      "name: \"a\\tb\\303\\274\" 'c'; seed: 0x10, data { }",
      "network { layer { units: 010 } layer: < units: 2 activation: TANH > }",
      "network { layer: [ { units: 1 }, { units: 2 } ] layer [ ] output { loss: 1 } }",
      "optimizer { adam { learning_rate: 1 beta1: .5 beta2: 1e-3 epsilon: 1.5f } }",
      "optimizer { rmsprop { learning_rate: inf beta: -Infinity epsilon: 99999999999999999999 } }",
      "training { full_batch: t steps: 18446744073709551615 } # end",
      "checkpointing { enabled: False } data { split { stratified: 1 dev { fraction: 1. } } }",
  };
  for (const std::string& text : texts) {
    proto::Job expected;
    ASSERT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &expected)) << text;
    const TextTree tree = parse_text_tree(text);
    ASSERT_FALSE(tree.error) << text << ": " << tree.error->message;
    proto::Job job;
    Origins origins;
    Problems problems("text");
    MessageBuilder(origins, problems).set_fields(tree.fields, "", job);
    EXPECT_NO_THROW(problems.throw_if_any()) << text;
    EXPECT_EQ(job.SerializeAsString(), expected.SerializeAsString()) << text;
  }
}

struct SyntaxCase {
  std::string text;
  int line;
  int column;
  std::string message;
};

TEST(TextTree, SyntaxErrorsSayWhereAndWhatWasExpected) {
  const SyntaxCase cases[] = {
      {"a 5", 1, 3, "expected \":\" or \"{\" after a, found \"5\""},
      {"a:", 1, 3, "expected a value, found the end of the text"},
      {"a: {\n b: 1", 2, 6,
       "expected a field name or the \"}\" of line 1, found the end of the text"},
      {"a: < b: 1 }", 1, 11, "expected a field name or the \">\" of line 1, found \"}\""},
      {"a: 1\n}", 2, 1, "expected a field name, found \"}\""},
      {"a: [1 2]", 1, 7, "expected \",\" or \"]\", found \"2\""},
      {"a: [1,]", 1, 7, "expected a value, found \"]\""},
      {"[ext.x]: 1", 1, 1, "expected a field name, found \"[\""},
      {"5: 1", 1, 1, "expected a field name, found \"5\""},
      {"a: - b: 1", 1, 7, "expected a field name, found \":\""},
      {"\x7f\x45LF", 1, 1, "expected a field name, found \"\x7f\""},
  };
  for (const SyntaxCase& c : cases) {
    const TextTree tree = parse_text_tree(c.text);
    ASSERT_TRUE(tree.error) << c.text;
    EXPECT_EQ(tree.error->message, c.message) << c.text;
    EXPECT_EQ(tree.error->position.line, c.line) << c.text;
    EXPECT_EQ(tree.error->position.column, c.column) << c.text;
  }
}

TEST(TextTree, LexicalErrorsEndTheText) {
  EXPECT_TRUE(parse_text_tree("a: \"not closed\n b: 1").error);
  EXPECT_TRUE(parse_text_tree(std::string("a: 1 \0 b: 2", 11)).error);
  EXPECT_TRUE(parse_text_tree("a: 1x").error);
  const TextTree stray = parse_text_tree("} a: 1");
  EXPECT_TRUE(stray.error);
  EXPECT_TRUE(stray.fields.empty());
  const TextTree curly = parse_text_tree("a: \xE2\x80\x9Cx\xE2\x80\x9D");
  ASSERT_TRUE(curly.error);
  EXPECT_NE(curly.error->message.find("are quotes straight"), std::string::npos);
  EXPECT_FALSE(parse_text_tree("\xEF\xBB\xBF"
                               "a: 1")
                   .error)
      << "a byte order mark";
}

TEST(TextTree, OtherEncodingsAreNamed) {
  using namespace std::string_view_literals;
  for (const auto utf16 : {"\xFF\xFEn\0"sv, "\xFE\xFF\0n"sv}) {
    const auto error = parse_text_tree(utf16).error;
    ASSERT_TRUE(error);
    EXPECT_EQ(error->message,
              "the file is in UTF-16; write it in UTF-8 (iconv -f UTF-16 -t UTF-8)");
  }
  const auto error = parse_text_tree("n\0a\0"sv).error;
  ASSERT_TRUE(error);
  EXPECT_EQ(error->message, "the file has bytes 00, so it is not text in UTF-8");
}

TEST(TextTree, KeepsWhatStoodBeforeAnError) {
  const TextTree tree = parse_text_tree("a: 1 b { c: 2 d: }");
  ASSERT_TRUE(tree.error);
  ASSERT_EQ(tree.fields.size(), 2U);
  const TextValue& b = tree.fields[1].values.at(0);
  ASSERT_EQ(b.fields.size(), 2U);
  EXPECT_EQ(b.fields[0].values.at(0).text, "2");
  EXPECT_EQ(b.fields[1].values.at(0).kind, Kind::unread);
}

TEST(TextTree, DeepNestingIsRefusedWithoutDeepRecursion) {
  std::string text;
  for (int i = 0; i < 100'000; ++i) text += "a {";
  const TextTree tree = parse_text_tree(text);
  ASSERT_TRUE(tree.error);
  EXPECT_EQ(tree.error->message, "messages are nested deeper than 32");

  std::string lists = "a: ";
  for (int i = 0; i < 100'000; ++i) lists += "[";
  EXPECT_TRUE(parse_text_tree(lists).error);
}

TEST(TextValue, StandsAlone) {
  EXPECT_EQ(parse_text_value("RELU").value.kind, Kind::word);
  EXPECT_EQ(parse_text_value("-3").value.kind, Kind::integer);
  EXPECT_EQ(parse_text_value("{units: 3}").value.fields.size(), 1U);
  EXPECT_FALSE(parse_text_value(" 1e-3 ").error);
  EXPECT_TRUE(parse_text_value("").error);
  EXPECT_TRUE(parse_text_value("1 2").error);
  EXPECT_TRUE(parse_text_value("{").error);
}

}  // namespace
}  // namespace lockstep
