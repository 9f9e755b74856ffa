#include "diagnose/recipe_judgement.h"

#include <gtest/gtest.h>

#include "diagnose/bias_variance.h"
#include "diagnose/recipe_winner.h"

namespace lockstep {
namespace {

Diagnosis errors(double train, double dev) {
  RunErrors errors;
  errors.train = {train, 16'000};
  errors.dev = SetError{dev, 2000};
  return diagnose_errors(errors, {0, 0, 0.02, 0.33});
}

Judgement judge(RecipeTarget against, const Diagnosis& before, const Diagnosis& after,
                const Answers& answers_before = {}, const Answers& answers_after = {}) {
  return judge_step(against, {before, answers_before}, {after, answers_after});
}

// The public table Letter, 64 to 128 units: kept, though dev moved within chance.
TEST(RecipeJudgement, AStepAgainstBiasGoesByTheTrainingError) {
  const Judgement judgement =
      judge(RecipeTarget::bias, errors(0.0440, 0.0710), errors(0.0321, 0.0715));
  EXPECT_TRUE(judgement.kept);
  EXPECT_EQ(
      judgement.comparison,
      "training error 4.40% -> 3.21%, beyond chance; dev error 7.10% -> 7.15%, within chance");
}

TEST(RecipeJudgement, AStepAgainstBiasMustNotMakeDevWorseBeyondChance) {
  EXPECT_FALSE(judge(RecipeTarget::bias, errors(0.0440, 0.07), errors(0.0321, 0.10)).kept);
}

TEST(RecipeJudgement, ATieIsNotKept) {
  EXPECT_FALSE(judge(RecipeTarget::bias, errors(0.0440, 0.07), errors(0.0435, 0.05)).kept);
  EXPECT_FALSE(judge(RecipeTarget::bias, errors(0, 0.07), errors(0, 0.07)).kept);
  EXPECT_FALSE(judge(RecipeTarget::variance, errors(0, 0.07), errors(0, 0.065)).kept);
}

TEST(RecipeJudgement, AStepAgainstVarianceGoesByTheDevError) {
  EXPECT_TRUE(judge(RecipeTarget::variance, errors(0.00, 0.07), errors(0.02, 0.04)).kept);
  EXPECT_FALSE(judge(RecipeTarget::variance, errors(0.05, 0.07), errors(0.00, 0.07)).kept);
  EXPECT_TRUE(judge(RecipeTarget::mismatch, errors(0.00, 0.07), errors(0.02, 0.04)).kept);
}

Diagnosis relative_rmses(double train, double dev) {
  RunErrors errors;
  errors.of_values = true;
  errors.train = {train, 16'000, 0.005};
  errors.dev = SetError{dev, 2000, 0.01};
  return diagnose_errors(errors, {0, 0, 0.02, 0.33});
}

// 1.96 standard errors of the difference of two dev errors are 0.0277.
TEST(RecipeJudgement, OfValuesGoesByRmse) {
  const Judgement judgement =
      judge(RecipeTarget::variance, relative_rmses(0.2, 0.35), relative_rmses(0.2, 0.30));
  EXPECT_TRUE(judgement.kept);
  EXPECT_EQ(judgement.comparison, "dev RMSE 35.00% -> 30.00%, beyond chance");
  EXPECT_FALSE(
      judge(RecipeTarget::variance, relative_rmses(0.2, 0.35), relative_rmses(0.2, 0.33)).kept);
}

// Half of the examples have the squared error `low`, the others `high`.
ExampleErrors squares(float low, float high) {
  ExampleErrors errors(2000, low);
  for (std::size_t i = 1; i < errors.size(); i += 2) errors[i] = high;
  return errors;
}

TEST(RecipeJudgement, PairsOfSquaredErrorsTellMore) {
  const Diagnosis before = relative_rmses(0.2, 0.35);
  const Diagnosis after = relative_rmses(0.2, 0.345);
  EXPECT_FALSE(judge(RecipeTarget::variance, before, after).kept);
  const Answers was{{}, squares(0.05F, 0.2F)};
  EXPECT_TRUE(judge(RecipeTarget::variance, before, after, was, {{}, squares(0.045F, 0.19F)}).kept)
      << "every example is better";
  EXPECT_FALSE(judge(RecipeTarget::variance, before, after, was, {{}, squares(0.25F, -0.01F)}).kept)
      << "half of the examples are better, the others worse";
  EXPECT_FALSE(judge(RecipeTarget::variance, before, after, was, was).kept) << "a tie";
}

// `wrong` of n examples, from `first` on.
ExampleErrors wrong_from(std::size_t n, std::size_t first, std::size_t wrong) {
  ExampleErrors answers(n, 0);
  for (std::size_t i = 0; i < wrong; ++i) answers[first + i] = 1;
  return answers;
}

// 140 of 2000 wrong, then 120 of those 140: as samples of their own within chance, as pairs
// beyond it, since no example got worse.
TEST(RecipeJudgement, PairsTellMoreThanSamplesOfTheirOwn) {
  const Diagnosis before = errors(0, 0.07);
  const Diagnosis after = errors(0, 0.06);
  EXPECT_FALSE(judge(RecipeTarget::variance, before, after).kept);
  const Answers was{{}, wrong_from(2000, 0, 140)};
  EXPECT_TRUE(
      judge(RecipeTarget::variance, before, after, was, {{}, wrong_from(2000, 0, 120)}).kept);
  // Other examples are wrong now: the pairs say no more than the counts.
  EXPECT_FALSE(
      judge(RecipeTarget::variance, before, after, was, {{}, wrong_from(2000, 1000, 120)}).kept);
}

TEST(RecipeJudgement, BothErrorsOfAStepAgainstBiasAreOfPairs) {
  const Diagnosis before = errors(0.0440, 0.07);
  const Diagnosis after = errors(0.0430, 0.075);
  EXPECT_FALSE(judge(RecipeTarget::bias, before, after).kept) << "training within chance";
  const Answers was{wrong_from(16'000, 0, 704), wrong_from(2000, 0, 140)};
  EXPECT_TRUE(judge(RecipeTarget::bias, before, after, was,
                    {wrong_from(16'000, 0, 688), wrong_from(2000, 1000, 150)})
                  .kept)
      << "16 examples are right now and none is wrong that was right; dev within chance";
  EXPECT_FALSE(judge(RecipeTarget::bias, before, after, was,
                     {wrong_from(16'000, 0, 688), wrong_from(2000, 0, 150)})
                   .kept)
      << "dev: ten more are wrong, and none is right that was wrong";
}

MeasuredError dev(double error, std::uint64_t examples = 1000) {
  return measured({error, examples});
}

TEST(RecipeWinner, IsTheBestOnDevThenTheSmallestThenTheFirst) {
  using Contenders = std::vector<RecipeContender>;
  EXPECT_EQ(best_contender(Contenders{{1, dev(0.2), 10, {}}, {2, dev(0.1), 99, {}}}), 2);
  EXPECT_EQ(best_contender(Contenders{{1, dev(0.1), 99, {}}, {2, dev(0.1), 10, {}}}), 2);
  EXPECT_EQ(best_contender(Contenders{{1, dev(0.1), 10, {}}, {2, dev(0.1), 10, {}}}), 1);
  EXPECT_EQ(best_contender(Contenders{{1, dev(0.1), 10, {}}, {2, dev(0.2), 10, {}}}, {1}), 2);
  EXPECT_EQ(best_contender(Contenders{{1, dev(0.1), 10, {}}}, {1}), 0);
}

TEST(RecipeWinner, ASmallDevSetCannotTellRunsApart) {
  const std::vector<RecipeContender> few = {{1, dev(0.08, 109), 1, {}}, {2, dev(0.03, 109), 1, {}}};
  EXPECT_EQ(as_good_within_chance(few, 2), 2);
  const std::vector<RecipeContender> many = {{1, dev(0.08, 5000), 1, {}},
                                             {2, dev(0.03, 5000), 1, {}}};
  EXPECT_EQ(as_good_within_chance(many, 2), 1);
}

}  // namespace
}  // namespace lockstep
