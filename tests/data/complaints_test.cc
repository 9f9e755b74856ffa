#include "data/complaints.h"

#include <string>

#include "idx_files.h"

namespace lockstep {
namespace {

std::string told(const Complaints& complaints) {
  return error_of([&] { complaints.throw_for("t.csv"); }).message;
}

// The fields with most complaints, three of them, the first of equal ones first.
TEST(Complaints, WhatIsNotShownIsCountedByField) {
  Complaints complaints;
  for (std::uint64_t line = 1; line <= Complaints::kMostShown; ++line) {
    complaints.add(line, 0, "short");
  }
  EXPECT_FALSE(contains(told(complaints), "more")) << "ten are shown";
  for (const std::uint64_t field : {7U, 2U, 5U, 5U, 3U, 3U, 2U, 9U}) complaints.add(20, field, "x");
  const std::string text = told(complaints);
  EXPECT_TRUE(text.starts_with("t.csv:1: short\nt.csv:2: short\n")) << text;
  EXPECT_TRUE(
      text.ends_with("t.csv:10: short\nand 8 more; in all 2 in field 2, 2 in field 3, 2 in "
                     "field 5"))
      << text;
}

TEST(Complaints, PartsAddUpThroughBytes) {
  Complaints first;
  Complaints second;
  for (std::uint64_t line = 1; line <= 8; ++line) first.add(line, 1, "bad");
  for (std::uint64_t line = 9; line <= 40; ++line) second.add(line, line < 12 ? 1 : 4, "worse");
  Complaints all = Complaints::unpacked(first.packed());
  all.append(Complaints::unpacked(second.packed()));
  const std::string text = told(all);
  EXPECT_TRUE(contains(text,
                       "t.csv:8:1: bad\nt.csv:9:1: worse\nt.csv:10:1: worse\nand 30 more; "
                       "in all 29 in field 4, 11 in field 1"))
      << text;
  EXPECT_TRUE(Complaints::unpacked(Complaints().packed()).empty());
}

TEST(Complaints, LongTextsAreCutAndControlCharactersShown) {
  EXPECT_EQ(quoted_text("a\tb\x7F"), "\"a\\x09b\\x7F\"");
  EXPECT_EQ(quoted_text(std::string(60, 'a')), '"' + std::string(60, 'a') + '"');
  EXPECT_EQ(quoted_text(std::string(61, 'a')), '"' + std::string(60, 'a') + "...\"");
}

}  // namespace
}  // namespace lockstep
