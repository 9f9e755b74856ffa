#include "data/complaints.h"

#include <string>

#include <fmt/format.h>

#include "idx_files.h"

namespace lockstep {
namespace {

constexpr std::uint64_t kRows = 300;

std::string told(const Complaints& complaints) {
  const auto title = [](std::uint64_t column) { return fmt::format("column {}", column); };
  return error_of([&] { complaints.throw_for("t.csv", kRows, title); }).message;
}

// What is said below those that are shown.
std::string counts_of(const Complaints& complaints) {
  const std::string text = told(complaints);
  return text.substr(text.find("\nand ") + 1);
}

void add_cells(Complaints& complaints, std::uint64_t column, const char* cell, int count) {
  for (int i = 0; i < count; ++i) complaints.add(20, column, "x", look_of(cell));
}

TEST(Complaints, TenAreShownAndNothingIsCountedThen) {
  Complaints complaints;
  for (std::uint64_t line = 1; line <= Complaints::kMostShown; ++line) {
    complaints.add(line, 1, "short", look_of("abc"));
  }
  EXPECT_TRUE(told(complaints).starts_with("t.csv:1:1: short\nt.csv:2:1: short\n"));
  EXPECT_TRUE(told(complaints).ends_with("\nt.csv:10:1: short"));
}

TEST(Complaints, CellsOfAColumnAreCountedByWhatTheyLookLike) {
  Complaints complaints;
  add_cells(complaints, 3, "NA", 12);
  add_cells(complaints, 3, "?", 1);
  for (const char* word : {"red", "green", "blue"}) add_cells(complaints, 3, word, 1);
  EXPECT_EQ(counts_of(complaints),
            "and 6 more\ncolumn 3: 12 of its 300 rows are \"NA\", 3 are words, 1 is \"?\"");
  // Those after the fourth kind, together.
  add_cells(complaints, 3, "5%", 2);
  add_cells(complaints, 3, "", 1);
  add_cells(complaints, 3, "$5", 1);
  EXPECT_EQ(counts_of(complaints),
            "and 10 more\ncolumn 3: 12 of its 300 rows are \"NA\", 3 are words, 2 are percentages, "
            "1 is blank, 2 are something else");
  // And with those that have no kind of their own, which are the last.
  add_cells(complaints, 3, "1,2,3", 20);
  EXPECT_EQ(counts_of(complaints),
            "and 30 more\ncolumn 3: 12 of its 300 rows are \"NA\", 3 are words, 2 are percentages, "
            "1 is blank, 22 are something else");
}

TEST(Complaints, CellsOfAColumnMayHaveNoKindOfTheirOwn) {
  Complaints complaints;
  add_cells(complaints, 3, "1,2,3", 11);
  EXPECT_EQ(counts_of(complaints), "and 1 more\ncolumn 3: 11 of its 300 rows are something else");
}

// The columns with most complaints, three of them, the first of equal ones first.
TEST(Complaints, OnlyTheColumnsWithMostAreNamed) {
  Complaints complaints;
  for (std::uint64_t line = 1; line <= Complaints::kMostShown; ++line) {
    complaints.add(line, 0, "short");
  }
  for (const std::uint64_t column : {7U, 2U, 5U, 5U, 3U, 3U, 2U, 9U}) {
    add_cells(complaints, column, column == 3 ? "TRUE" : "abc", 1);
  }
  EXPECT_EQ(counts_of(complaints),
            "and 8 more\n"
            "column 2: 2 of its 300 rows are words\n"
            "column 3: 2 of its 300 rows are truth values\n"
            "column 5: 2 of its 300 rows are words\n"
            "in other columns: 2");
}

TEST(Complaints, PartsAddUpThroughBytes) {
  Complaints first;
  Complaints second;
  for (std::uint64_t line = 1; line <= 8; ++line) first.add(line, 1, "bad", look_of("NA"));
  for (std::uint64_t line = 9; line <= 40; ++line) {
    second.add(line, line < 12 ? 1 : 4, "worse", look_of(line % 2 == 0 ? "NA" : "abc"));
  }
  Complaints all = Complaints::unpacked(first.packed());
  all.append(Complaints::unpacked(second.packed()));
  const std::string text = told(all);
  EXPECT_TRUE(contains(text,
                       "t.csv:8:1: bad\nt.csv:9:1: worse\nt.csv:10:1: worse\nand 30 more\n"
                       "column 4: 15 of its 300 rows are \"NA\", 14 are words\n"
                       "column 1: 9 of its 300 rows are \"NA\", 2 are words"))
      << text;
  EXPECT_TRUE(Complaints::unpacked(Complaints().packed()).empty());
}

// One message, however many different texts were found.
TEST(Complaints, DifferentTextsTakeNoMoreRoom) {
  Complaints few;
  Complaints many;
  for (std::uint64_t i = 0; i < 20; ++i) few.add(2, 1, "x", look_of(fmt::format("w{}", i)));
  for (std::uint64_t i = 0; i < 9999; ++i) many.add(2, 1, "x", look_of(fmt::format("w{}", i)));
  EXPECT_EQ(many.packed().size(), few.packed().size());
}

TEST(Complaints, LongTextsAreCutAndControlCharactersShown) {
  EXPECT_EQ(quoted_text("a\tb\x7F"), "\"a\\x09b\\x7F\"");
  EXPECT_EQ(quoted_text(std::string(60, 'a')), fmt::format("\"{:a<60}\"", ""));
  EXPECT_EQ(quoted_text(std::string(61, 'a')), fmt::format("\"{:a<60}...\"", ""));
}

}  // namespace
}  // namespace lockstep
