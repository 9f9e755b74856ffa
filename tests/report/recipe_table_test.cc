// What a recipe says of the test error of its best run.

#include "report/recipe_table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace lockstep {
namespace {

using testing::HasSubstr;
using testing::Not;

RecipeResult ended_recipe() {
  RecipeResult result;
  result.runs.resize(1);
  result.runs[0].number = 1;
  result.end = RecipeEnd::neither;
  result.best = 1;
  result.has_test_set = true;
  return result;
}

TEST(RecipeTable, SaysWhyTheBestRunIsNotTested) {
  RecipeResult result = ended_recipe();
  // tests/soak/outcomes.py knows the sentence.
  EXPECT_THAT(recipe_text(result),
              HasSubstr("      not tested, because no checkpoint of it is there; train "
                        "best.textproto to test it\n"));
  result.has_test_set = false;
  EXPECT_THAT(recipe_text(result), HasSubstr("no test set: nothing shows how good it is"));
  result.end = RecipeEnd::interrupted;
  EXPECT_THAT(recipe_text(result), Not(HasSubstr("test set")));
}

}  // namespace
}  // namespace lockstep
