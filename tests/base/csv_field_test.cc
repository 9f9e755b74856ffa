#include "base/csv_field.h"

#include <gtest/gtest.h>

namespace lockstep {
namespace {

TEST(CsvField, IsQuotedWhereItWouldBeMisread) {
  EXPECT_EQ(csv_field("plain text"), "plain text");
  EXPECT_EQ(csv_field(""), "");
  EXPECT_EQ(csv_field("a,b"), "\"a,b\"");
  EXPECT_EQ(csv_field("a\nb"), "\"a\nb\"");
  EXPECT_EQ(csv_field("a\rb"), "\"a\rb\"");
}

TEST(CsvField, QuotesAreDoubled) {
  EXPECT_EQ(csv_field("\""), "\"\"\"\"");
  EXPECT_EQ(csv_field("say \"yes\""), "\"say \"\"yes\"\"\"");
}

}  // namespace
}  // namespace lockstep
