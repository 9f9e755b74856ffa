#include "base/lower_case.h"

#include <gtest/gtest.h>

namespace lockstep {
namespace {

TEST(LowerCase, ChangesLettersOfAsciiAlone) {
  EXPECT_EQ(lower_case("CLASS_NAME [@Z] \xC3\x84"), "class_name [@z] \xC3\x84");
  EXPECT_EQ(lower_case(""), "");
  static_assert(lower_case('Q') == 'q' && lower_case('q') == 'q' && lower_case('_') == '_');
}

}  // namespace
}  // namespace lockstep
