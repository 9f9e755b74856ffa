#include "data/date_text.h"

#include <gtest/gtest.h>

namespace lockstep {
namespace {

TEST(DateText, DatesAndTimes) {
  for (const char* text :
       {"2024-01-31", "2024/1/31", "31/01/2024", "1/31/24", "31.1.2024", " 31-12-1999 ",
        "2024-01-31 12:30", "2024-01-31T12:30:59Z", "2024-01-31T12:30:59.123+02:00", "9:30",
        "23:59:60", "1/31/2024 9:30 pm"}) {
    EXPECT_TRUE(is_date_or_time(text)) << text;
  }
}

TEST(DateText, NumbersAndOtherTextsAreNone) {
  for (const char* text : {"",
                           "2024",
                           "2024-01",
                           "2024-13-32",
                           "0/1/2024",
                           "31/31/2024",
                           "2024-01/31",
                           "1.2.3",
                           "192.168.0.1",
                           "1-2-3-4",
                           "12345-01-31",
                           "2024-01-31x",
                           "2024-01-31 noon",
                           "25:30",
                           "9:3",
                           "9:75",
                           "12:30:61",
                           "9:30 o'clock",
                           "3:2,5",
                           "a-b-c",
                           "2024 01 31"}) {
    EXPECT_FALSE(is_date_or_time(text)) << text;
  }
}

}  // namespace
}  // namespace lockstep
