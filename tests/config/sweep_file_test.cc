#include "config/sweep_file.h"

#include <string>
#include <variant>
#include <vector>

#include <gtest/gtest.h>

#include "base/error.h"
#include "job_text.h"

namespace lockstep {
namespace {

const std::string kSweep = R"(name: "s"
job: "jobs/base.textproto"
grid { }
parameter {
  path: "regularization.l2_lambda"
  range { min: 0.1 max: 10 steps: 3 }
}
)";

LoadedSweep parse_text(const std::string& text, const std::vector<std::string>& assignments = {}) {
  return parse_sweep(text, "s.textproto", "/sweeps", assignments);
}

std::string sweep_problems(const std::string& text,
                           const std::vector<std::string>& assignments = {}) {
  try {
    parse_text(text, assignments);
    return "";
  } catch (const Error& error) {
    return error.code() == ExitCode::usage ? error.what() : "wrong exit code";
  }
}

TEST(SweepFile, HasDefaults) {
  const SweepConfig sweep = parse_text(kSweep).sweep;
  EXPECT_EQ(sweep.name, "s");
  EXPECT_EQ(sweep.job, "/sweeps/jobs/base.textproto");
  EXPECT_EQ(sweep.seed, 1U);
  EXPECT_TRUE(sweep.assignments.empty());
  EXPECT_TRUE(std::holds_alternative<GridSearch>(sweep.search));
  EXPECT_EQ(sweep.metric, Metric::dev_error);
  EXPECT_TRUE(std::holds_alternative<NoTermination>(sweep.termination));
  ASSERT_EQ(sweep.parameters.size(), 1U);
  EXPECT_EQ(sweep.parameters[0].name, "regularization.l2_lambda");
  EXPECT_EQ(sweep.parameters[0].place.line, 4);
  const auto& range = std::get<NumberRange>(sweep.parameters[0].values);
  EXPECT_EQ(range.min, 0.1);
  EXPECT_EQ(range.max, 10.0);
  EXPECT_EQ(range.steps, 3U);
  EXPECT_FALSE(range.log);
  EXPECT_FALSE(range.integer);
}

TEST(SweepFile, SaysEverything) {
  const SweepConfig sweep = parse_text(R"(
    name: "all" job: "/base.textproto" set: ["seed=2", "name=x"] set: "training.epochs=3"
    seed: 9 random { trials: 7 } metric: DEV_COST median { wave: 2 grace_epochs: 3 }
    parameter { name: "rate" path: "optimizer.adam.learning_rate"
                range { min: 1e-4 max: 0.1 scale: LOG } }
    parameter { path: ["a", "b"] numbers { value: [1, 2.5, -3] } }
    parameter { path: "act" texts { value: "RELU" value: "TANH" } }
    parameter { name: "arch" alternatives {
      alternative { name: "small" set: "network.layer=[{units: 4}]" }
      alternative { name: "as it is" } } }
    )")
                                .sweep;
  EXPECT_EQ(sweep.job, "/base.textproto");
  EXPECT_EQ(sweep.assignments, (std::vector<std::string>{"seed=2", "name=x", "training.epochs=3"}));
  EXPECT_EQ(sweep.assignment_places.at(1).line, 2);
  EXPECT_EQ(sweep.seed, 9U);
  EXPECT_EQ(std::get<RandomSearch>(sweep.search).trials, 7U);
  EXPECT_EQ(sweep.metric, Metric::dev_cost);
  EXPECT_EQ(std::get<MedianRule>(sweep.termination).wave, 2U);
  EXPECT_EQ(std::get<MedianRule>(sweep.termination).grace_epochs, 3U);
  ASSERT_EQ(sweep.parameters.size(), 4U);
  EXPECT_TRUE(std::get<NumberRange>(sweep.parameters[0].values).log);
  EXPECT_EQ(sweep.parameters[1].paths, (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(std::get<NumberList>(sweep.parameters[1].values).values,
            (std::vector<double>{1, 2.5, -3}));
  EXPECT_EQ(std::get<TextList>(sweep.parameters[2].values).values,
            (std::vector<std::string>{"RELU", "TANH"}));
  const auto& alternatives = std::get<AlternativeList>(sweep.parameters[3].values).values;
  EXPECT_EQ(alternatives.at(0).assignments.at(0), "network.layer=[{units: 4}]");
  EXPECT_TRUE(alternatives.at(1).assignments.empty());

  const SweepConfig halving = parse_text(kSweep + "successive_halving { eta: 4 }").sweep;
  EXPECT_EQ(std::get<SuccessiveHalving>(halving.termination).eta, 4U);
  EXPECT_EQ(std::get<SuccessiveHalving>(halving.termination).first_epochs, 1U);
}

TEST(SweepFile, TheResolvedTextLoadsToItself) {
  const LoadedSweep loaded = parse_text(kSweep + "median {}", {"training.epochs=3"});
  const LoadedSweep again = parse_sweep(loaded.resolved_text, "resolved", "/elsewhere", {});
  EXPECT_EQ(again.resolved_text, loaded.resolved_text);
  EXPECT_EQ(again.sweep.job, "/sweeps/jobs/base.textproto");
  EXPECT_EQ(again.sweep.assignments, std::vector<std::string>{"training.epochs=3"});
  EXPECT_NE(loaded.resolved_text.find("wave: 4"), std::string::npos) << loaded.resolved_text;
}

struct SweepFileCase {
  std::string from, to, problem;
};

TEST(SweepFile, ErrorsSayWhereAndWhat) {
  const SweepFileCase cases[] = {
      {"grid", "gird", "3:1: no field \"gird\" in the sweep; did you mean \"grid\"?"},
      {"name: \"s\"", "", "1:1: name is missing; expected a name for the run, such as \"lambda\""},
      {"\"s\"", "\"a b\"", "1:1: name is \"a b\"; expected letters, digits, '-', '_' and '.'"},
      {"\"jobs/base.textproto\"", "\"\"", "2:1: job is \"\"; expected the path of a job file"},
      {"grid { }", "", "1:1: the file has no search; expected one of grid, random"},
      {"grid { }", "grid { } random { trials: 2 }",
       "3:10: random excludes grid (given at line 3); remove one"},

      {"grid { }", "grid { } set: \"seed\"", "3:10: set[0] is \"seed\"; expected \"path=value\""},
      {"grid { }", "grid { } median { wave: 0 }", "3:19: median.wave is 0; expected at least 1"},
      {"grid { }", "grid { } successive_halving { eta: 1 }",
       "3:31: successive_halving.eta is 1; expected at least 2"},
      {"grid { }", "grid { } none { } median { }",
       "3:19: median excludes none (given at line 3); remove one"},
      {"grid { }", "random { trials: 1 }",
       "6:28: parameter[0].range.steps is for grid search; random search draws from the whole "
       "range"},
      {" steps: 3", "",
       "6:3: parameter[0].range.steps is missing; expected the number of values in the grid"},
      {"steps: 3", "steps: 1", "6:28: parameter[0].range.steps is 1; expected at least 2"},
      {"max: 10", "max: 0.1",
       "6:20: parameter[0].range.max is 0.1; expected a finite number above min"},
      {"max: 10", "max: inf", "6:20: parameter[0].range.max is inf; expected a finite number"},
      {"min: 0.1", "min: 0 scale: LOG",
       "6:11: parameter[0].range.min is 0; expected a number above 0 for LOG"},
      {"min: 0.1", "integer: true min: 0.1",
       "6:11: parameter[0].range.integer is true; expected min and max to be whole numbers"},
      {"path: \"regularization.l2_lambda\"", "name: \"x\"",
       "4:1: parameter[0].path is missing; expected a path as in --set"},
      {"l2_lambda\"", "l2_lambda=\"",
       "5:3: parameter[0].path[0] is \"regularization.l2_lambda=\"; expected a path without a "
       "value, such as \"regularization.l2_lambda\""},
      {"path: \"regularization.l2_lambda\"", "path: \"seed\" name: \"rank\"",
       "5:16: parameter[0].name is \"rank\"; expected another name; tables have this column"},
      {"path: \"regularization.l2_lambda\"", "path: \"seed\" name: \"\"",
       "5:16: parameter[0].name is \"\"; expected printable characters"},
      {"path: \"regularization.l2_lambda\"", "path: \"seed\" name: \"a\\nb\"",
       "5:16: parameter[0].name is \"a\nb\"; expected printable characters"},
      {"range { min: 0.1 max: 10 steps: 3 }", "",
       "4:1: parameter[0] has no values; expected one of range, numbers, texts, alternatives"},
      {"range { min: 0.1 max: 10 steps: 3 }", "numbers { }",
       "6:3: parameter[0].numbers is empty; expected at least one value"},
      {"range { min: 0.1 max: 10 steps: 3 }", "numbers { value: [1, 2, 1] }",
       "6:27: parameter[0].numbers.value[2] is given twice; remove one"},
      {"range { min: 0.1 max: 10 steps: 3 }", "numbers { value: [1, \"2\"] }",
       "6:24: parameter[0].numbers.value[1] is \"2\"; expected a finite number"},
      {"range { min: 0.1 max: 10 steps: 3 }", "range { min: -1e308 max: 1e308 steps: 3 }",
       "6:23: parameter[0].range.max is 1e+308; expected less than 1.8e+308 above min"},
      // Elements keep their index, and what stands for an unreadable one is no value.
      {"range { min: 0.1 max: 10 steps: 3 }", "numbers { value: [1, abc, 1, 0] }",
       "6:24: parameter[0].numbers.value[1] is abc; expected a finite number\n"
       "s.textproto:6:29: parameter[0].numbers.value[2] is given twice; remove one"},
      {"range { min: 0.1 max: 10 steps: 3 }", "texts { value: [\"1\", 2, 3, \"1\"] }",
       "6:24: parameter[0].texts.value[1] is 2; expected a string in quotes\n"
       "s.textproto:6:27: parameter[0].texts.value[2] is 3; expected a string in quotes\n"
       "s.textproto:6:30: parameter[0].texts.value[3] is given twice; remove one"},
      {"range { min: 0.1 max: 10 steps: 3 }", "texts { value: RELU }",
       "6:11: parameter[0].texts.value[0] is RELU; expected a string in quotes"},
      {"range { min: 0.1 max: 10 steps: 3 }",
       "numbers { value: 1 } } parameter { path: \"regularization.l2_lambda\" numbers { value: 1 }",
       "6:26: parameter[1] has the name of parameter[0], \"regularization.l2_lambda\"; give it "
       "another"},
  };
  for (const SweepFileCase& c : cases) {
    EXPECT_EQ(sweep_problems(with(kSweep, c.from, c.to)), "s.textproto:" + c.problem)
        << c.from << " -> " << c.to;
  }
}

TEST(SweepFile, ErrorsOfRandomSearch) {
  const std::string head = with(kSweep, " steps: 3", "");
  EXPECT_EQ(sweep_problems(with(head, "grid { }", "random { trials: 1 }")), "");
  EXPECT_EQ(sweep_problems(with(head, "grid { }", "random { trials: 0 }")),
            "s.textproto:3:10: random.trials is 0; expected at least 1");
  EXPECT_EQ(sweep_problems(with(head, "grid { }", "random { }")),
            "s.textproto:3:1: random.trials is missing; expected a number of trials");
}

TEST(SweepFile, EqualityAtBounds) {
  const auto with_rule = [](const std::string& rule) {
    return sweep_problems(with(kSweep, "grid { }", "grid { } " + rule));
  };
  EXPECT_EQ(with_rule("median { wave: 1 grace_epochs: 1 }"), "");
  EXPECT_EQ(with_rule("median { grace_epochs: 0 }"),
            "s.textproto:3:19: median.grace_epochs is 0; expected at least 1");
  EXPECT_EQ(with_rule("successive_halving { eta: 2 first_epochs: 1 }"), "");
  EXPECT_EQ(with_rule("successive_halving { first_epochs: 0 }"),
            "s.textproto:3:31: successive_halving.first_epochs is 0; expected at least 1");
  const auto with_range = [](const std::string& range) {
    return sweep_problems(with(kSweep, "min: 0.1 max: 10 steps: 3", range));
  };
  EXPECT_EQ(with_range("min: 0.1 max: 0.2 steps: 2"), "");
  EXPECT_EQ(with_range("min: 1e-300 max: 1 steps: 2 scale: LOG"), "");
  EXPECT_EQ(with_range("min: 1 max: 9007199254740991 steps: 2 integer: true"), "");
  for (const char* range : {"min: 1 max: 9007199254740992", "min: 1.5 max: 2", "min: 1 max: 2.5",
                            "min: -9007199254740992 max: 2"}) {
    EXPECT_NE(
        with_range(std::string(range) + " steps: 2 integer: true")
            .find("parameter[0].range.integer is true; expected min and max to be whole numbers"),
        std::string::npos)
        << range;
  }
}

TEST(SweepFile, NoParameterHasTheNameOfAColumn) {
  for (const char* name : {"trial", "rank", "dev_error", "dev_cost", "train_error", "train_cost",
                           "epochs", "best_epoch", "status", "weights_digest"}) {
    EXPECT_EQ(sweep_problems(with(kSweep, "path: ", std::string("name: \"") + name + "\" path: ")),
              std::string("s.textproto:5:3: parameter[0].name is \"") + name +
                  "\"; expected another name; tables have this column");
  }
}

TEST(SweepFile, TextsAndAlternativesAreThereOnce) {
  EXPECT_EQ(sweep_problems(with(kSweep, "range { min: 0.1 max: 10 steps: 3 }",
                                "texts { value: [\"A\", \"B\", \"B\"] }")),
            "s.textproto:6:29: parameter[0].texts.value[2] is given twice; remove one");
  const std::string head = with(kSweep, "path: \"regularization.l2_lambda\"", "name: \"a\"");
  EXPECT_EQ(sweep_problems(with(head, "range { min: 0.1 max: 10 steps: 3 }",
                                "alternatives { alternative { name: \"x\" } alternative { name: "
                                "\"x\" set: \"seed=2\" } }")),
            "s.textproto:6:58: parameter[0].alternatives.alternative[1].name is \"x\"; expected a "
            "unique name");
}

TEST(SweepFile, ErrorsOfAlternatives) {
  const std::string head = with(kSweep, "path: \"regularization.l2_lambda\"", "name: \"a\"");
  const auto with_alternatives = [&](const std::string& text) {
    return sweep_problems(
        with(head, "range { min: 0.1 max: 10 steps: 3 }", "alternatives { " + text + " }"));
  };
  EXPECT_EQ(with_alternatives("alternative { name: \"x\" set: \"seed=2\" }"), "");
  EXPECT_EQ(with_alternatives("alternative { set: \"seed=2\" }"),
            "s.textproto:6:18: parameter[0].alternatives.alternative[0].name is missing; expected "
            "what tables show");
  EXPECT_EQ(
      with_alternatives("alternative { name: \"\" }"),
      "s.textproto:6:32: parameter[0].alternatives.alternative[0].name is \"\"; expected what "
      "tables show");
  EXPECT_EQ(with_alternatives("alternative { name: \"x\" set: \"seed\" }"),
            "s.textproto:6:42: parameter[0].alternatives.alternative[0].set[0] is \"seed\"; "
            "expected \"path=value\"");
  EXPECT_EQ(with_alternatives(""),
            "s.textproto:6:3: parameter[0].alternatives is empty; expected at least one "
            "alternative");
}

TEST(SweepFile, AllProblemsAtOnceAndThoseOfTheCommandLineLast) {
  EXPECT_EQ(sweep_problems(with(with(kSweep, "grid", "gird"), "steps: 3", "steps: x"), {"foo"}),
            "s.textproto:3:1: no field \"gird\" in the sweep; did you mean \"grid\"?\n"
            "s.textproto:6:28: parameter[0].range.steps is x; expected a whole number from 2 to "
            "4294967295\n"
            "--set foo: set[0] is \"foo\"; expected \"path=value\"");
  EXPECT_EQ(sweep_problems(""),
            "s.textproto:1:1: the sweep is empty; expected name, job, grid or random, and "
            "parameters");
}

}  // namespace
}  // namespace lockstep
