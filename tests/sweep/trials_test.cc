#include "sweep/trials.h"

#include <filesystem>
#include <fstream>

#include <unistd.h>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"
#include "base/run_files.h"
#include "nn/activations.h"
#include "sweep/cautions.h"

namespace lockstep {
namespace {

using testing::HasSubstr;
using testing::Not;

const char* const kJob = R"(name: "base"
data { train { idx { features: "x.gz" labels: "y.gz" } } split { dev { count: 5 } } }
network { layer { units: 16 } layer { units: 8 } output { units: 10 } }
optimizer { adam { } }
training { batch_size: 64 epochs: 5 }
)";

class Trials : public testing::Test {
 protected:
  Trials() { std::ofstream(directory_ / "job.textproto") << kJob; }
  ~Trials() override { std::filesystem::remove_all(directory_); }

  [[nodiscard]] LoadedSweep load(const std::string& text,
                                 const std::vector<std::string>& assignments = {}) const {
    return parse_sweep("name: \"s\" job: \"job.textproto\" grid {}\n" + text, "s.textproto",
                       directory_, assignments);
  }
  // Without the directory's name.
  [[nodiscard]] std::string problems(const std::string& text,
                                     const std::vector<std::string>& assignments = {}) const {
    try {
      resolve_trials(load(text, assignments));
      return "";
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ExitCode::usage);
      std::string message = error.what();
      const std::string name = directory_.string() + "/";
      for (auto at = message.find(name); at != std::string::npos; at = message.find(name)) {
        message.erase(at, name.size());
      }
      return message;
    }
  }

  std::filesystem::path directory_ = [] {
    std::string name = (std::filesystem::temp_directory_path() / "lockstep-trials-XXXXXX").string();
    return std::filesystem::path(mkdtemp(name.data()));
  }();
};

TEST_F(Trials, HaveTheJobsOfTheirValues) {
  const auto trials = resolve_trials(load(R"(
    set: "training.epochs=3"
    parameter { name: "l" path: "regularization.l2_lambda" numbers { value: [0, 2] } }
    parameter { name: "k" path: "network.layer[*].keep_prob" numbers { value: [0.5, 1] } }
    parameter { name: "o" alternatives {
      alternative { name: "adam" }
      alternative { name: "momentum" set: ["optimizer.momentum.beta=0.5", "training.shards=4"] }
    } })",
                                          {"seed=9"}));
  ASSERT_EQ(trials.size(), 8U);
  const Job& last = trials[7].loaded.job;
  EXPECT_EQ(trials[7].number, 7U);
  EXPECT_EQ(last.training.epochs, 3U);
  EXPECT_EQ(last.seed, 9U);
  EXPECT_EQ(last.network.output.penalty.l2_lambda, 2.0);
  EXPECT_EQ(last.training.shards, 4U);
  EXPECT_EQ(std::get<Momentum>(last.optimizer).beta, 0.5);
  const Job& first = trials[0].loaded.job;
  EXPECT_EQ(first.network.hidden.at(1).epilogue.keep_prob, 0.5);
  EXPECT_TRUE(std::holds_alternative<Adam>(first.optimizer));
  EXPECT_EQ(std::get<IdxSource>(first.data.train.format).features, directory_ / "x.gz")
      << "paths are relative to the job file";
}

TEST_F(Trials, EveryProblemIsToldOnceWithItsParameterAndTrial) {
  EXPECT_EQ(
      problems(R"(set: "training.batch_size=60" set: "training.shards=8"
parameter { name: "l" path: "regularization.l2_lambda" numbers { value: [1, -1] } }
parameter { path: "network.layer[0].activation" texts { value: ["RELU", "RELLU", "TANH"] } })",
               {"sed=1"}),
      "s.textproto:2:1: set \"training.batch_size=60\": training.batch_size 60 is not "
      "divisible by training.shards 8; the nearest valid sizes are 56 and 64 (in every trial)\n"
      "s.textproto:3:1: parameter \"l\" sets regularization.l2_lambda=-1: "
      "regularization.l2_lambda is -1; expected a finite number, 0 or more (trial 3: l=-1 "
      "network.layer[0].activation=RELU)\n"
      "s.textproto:4:1: parameter \"network.layer[0].activation\" sets "
      "network.layer[0].activation=RELLU: network.layer[0].activation is RELLU; did you mean "
      "RELU? expected one of " +
          fmt::format("{}", fmt::join(all_enum_names<Activation>(), ", ")) +
          " (trial 1: l=1 network.layer[0].activation=RELLU)\n"
          "--set sed=1: no field \"sed\" in the job; did you mean \"seed\"? (in every trial)");
}

TEST_F(Trials, ProblemsOfTheBaseJobHaveItsPlaces) {
  std::ofstream(directory_ / "job.textproto") << "nam: 'x'\n" << kJob;
  EXPECT_EQ(problems("parameter { path: \"seed\" numbers { value: [1, 2] } }"),
            "job.textproto:1:1: no field \"nam\" in the job; did you mean \"name\"? (in every "
            "trial)");
  EXPECT_THAT(problems("parameter { path: \"seed\" numbers { value: 1 } }"),
              HasSubstr("did you mean \"name\"? (trial 0: seed=1)"))
      << "the only trial";
}

// The first trial would suggest that its values are the reason.
TEST_F(Trials, AProblemOfEveryTrialIsToldSo) {
  const std::string rate =
      "parameter { name: \"r\" path: \"optimizer.adam.learning_rate\" numbers { value: ";
  EXPECT_EQ(problems(rate + "[0, 1] } } parameter { path: \"seed\" numbers { value: [1, 2] } }"),
            "s.textproto:2:1: parameter \"r\" sets optimizer.adam.learning_rate=0: "
            "optimizer.adam.learning_rate is 0; expected a finite number above 0 (trial 0: r=0 "
            "seed=1)")
      << "half of them";
  EXPECT_EQ(problems(rate + "0 } } parameter { path: \"seed\" numbers { value: [1, 2] } }"),
            "s.textproto:2:1: parameter \"r\" sets optimizer.adam.learning_rate=0: "
            "optimizer.adam.learning_rate is 0; expected a finite number above 0 (in every trial)");
}

TEST_F(Trials, MustBeComparable) {
  const std::string parameter = "parameter { path: \"seed\" numbers { value: 1 } }";
  EXPECT_THAT(problems("set: \"checkpointing.enabled=false\" " + parameter),
              HasSubstr("a sweep needs checkpointing"));
  EXPECT_THAT(
      problems("set: \"network.output.loss=SQUARED_ERROR\" " + parameter),
      HasSubstr("the sweep's metric is DEV_ERROR, but a loss that predicts values has no error "
                "rate; use DEV_COST, RMSE, MAE or R2"));
  EXPECT_THAT(problems("metric: R2 " + parameter),
              HasSubstr("the sweep's metric is R2, which is for a loss that predicts values"));
  EXPECT_EQ(problems("metric: ROC_AUC " + parameter), "");
  EXPECT_EQ(problems("set: \"network.output.loss=SQUARED_ERROR\" metric: DEV_COST " + parameter),
            "");
  EXPECT_THAT(problems("set: \"data.split={}\" " + parameter), HasSubstr("give data.dev or"));
}

TEST_F(Trials, AreNotTooManyNorTwice) {
  const std::string thousand = "range { min: 1 max: 2 steps: 1000 }";
  EXPECT_THAT(problems("parameter { name: \"a\" path: \"seed\" " + thousand + "}" +
                       "parameter { name: \"b\" path: \"seed\" " + thousand + "}"),
              HasSubstr("the sweep has more than 10000 trials"));
  EXPECT_THAT(
      problems("parameter { path: \"seed\" range { min: 1 max: 3 steps: 4 integer: true } }"),
      HasSubstr("parameter \"seed\" has 2 twice: rounded to whole numbers, some of the 4 numbers "
                "from 1 to 3 are equal"));
}

TEST_F(Trials, NeedTheBaseJob) {
  std::filesystem::remove(directory_ / "job.textproto");
  try {
    resolve_trials(load("parameter { path: \"seed\" numbers { value: 1 } }"));
    ADD_FAILURE();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ExitCode::missing_input);
    EXPECT_THAT(error.what(), HasSubstr("job.textproto: no such job file"));
  }
}

TEST_F(Trials, ShowTheValuesThatAreTrained) {
  const std::string units =
      "parameter { name: \"u\" path: \"network.layer[0].units\" numbers { value: [4, 5] } }";
  EXPECT_EQ(
      problems(units + R"(
parameter { name: "all" path: "network.layer[*].units" numbers { value: [6, 7] } })"),
      "s.textproto:3:1: parameter \"all\" sets network.layer[0].units again, which parameter "
      "\"u\" sets: the table would show a value that is not used; remove one of them, or make "
      "their values alternatives of one parameter (trial 0 (u=4 all=6))");
  // One that replaces the message in which another has set a field.
  EXPECT_THAT(problems(units + R"(
parameter { name: "net" path: "network.layer" texts { value: ["[{ units: 3 }]", "[]"] } })"),
              HasSubstr("parameter \"net\" sets network.layer[0].units again"));
  // And one that drops it, as what excludes it.
  EXPECT_THAT(problems(R"(
parameter { name: "rate" path: "optimizer.adam.learning_rate" numbers { value: [0.1, 0.2] } }
parameter { name: "beta" path: "optimizer.momentum.beta" numbers { value: [0.5, 0.9] } })"),
              HasSubstr("\"beta\" sets optimizer.adam.learning_rate again"));
  // Refining what an earlier one has set is something else.
  EXPECT_EQ(problems(R"(
parameter { name: "net" path: "network.layer" texts { value: ["[{ units: 3 }]", "[{ units: 4 }]"] } }
parameter { name: "keep" path: "network.layer[*].keep_prob" numbers { value: [0.5, 1] } })"),
            "");
}

TEST_F(Trials, AreNotSetInVain) {
  const std::string lambda =
      "parameter { name: \"l\" path: \"regularization.l2_lambda\" numbers { value: [1, 2] } }";
  EXPECT_EQ(
      problems("set: \"regularization.l2_lambda=3\" " + lambda),
      "s.textproto:2:1: \"regularization.l2_lambda=3\" has no effect: parameter \"l\" sets it "
      "in every trial; remove one of them");
  EXPECT_THAT(problems(lambda, {"regularization.l2_lambda=3"}),
              HasSubstr("--set regularization.l2_lambda=3: \"regularization.l2_lambda=3\" has no "
                        "effect: parameter \"l\""));
  // A base that only some alternatives leave, a later --set, and a list of which
  // something is kept.
  EXPECT_EQ(problems(R"(set: "regularization.l2_lambda=3" parameter { name: "l" alternatives {
              alternative { name: "base" }
              alternative { name: "none" set: "regularization.l2_lambda=0" } } })"),
            "");
  EXPECT_EQ(problems("set: \"training.epochs=3\" " + lambda, {"training.epochs=4"}), "");
  EXPECT_EQ(problems(R"(set: "network.layer=[{ units: 3 activation: TANH }]"
              parameter { path: "network.layer[0].units" numbers { value: [4, 5] } })"),
            "");
}

TEST_F(Trials, AreDifferentJobs) {
  const auto also = [&](const std::string& text) {
    std::vector<std::string> texts;
    const LoadedSweep loaded = load(text);
    for (const Trial& trial : resolve_trials(loaded)) {
      texts.push_back(describe_trial(loaded.sweep, trial));
      for (const SearchPoint& point : trial.also) {
        texts.push_back("also " + describe_values(loaded.sweep, point));
      }
    }
    return texts;
  };
  EXPECT_THAT(also(R"(parameter { name: "l" path: "regularization.l2_lambda"
                        texts { value: ["0.01", "1", "1e-2"] } })"),
              testing::ElementsAre("trial 0 (l=0.01)", "also l=0.01", "trial 1 (l=1)"));
  EXPECT_THAT(also("parameter { path: \"name\" texts { value: [\"a\", \"b\"] } }"),
              testing::ElementsAre("trial 0 (name=a)", "also name=b"));
  // AUTO stands for HE beside RELU alone: no value could be removed.
  EXPECT_THAT(also(R"(
      parameter { name: "a" path: "network.layer[*].activation" texts { value: ["RELU", "TANH"] } }
      parameter { name: "i" path: "network.layer[*].initializer.kind"
                  texts { value: ["AUTO", "HE"] } })"),
              testing::ElementsAre("trial 0 (a=RELU i=AUTO)", "also a=RELU i=HE",
                                   "trial 1 (a=TANH i=AUTO)", "trial 2 (a=TANH i=HE)"));
}

TEST_F(Trials, OfRandomSearchMakeUpForEqualJobs) {
  const std::string parameters = R"(
      parameter { path: "network.layer[*].activation" texts { value: ["RELU", "TANH"] } }
      parameter { path: "network.layer[*].initializer.kind"
                  texts { value: ["AUTO", "HE", "XAVIER"] } })";
  for (int seed = 1; seed <= 5; ++seed) {
    const auto trials = resolve_trials(parse_sweep(
        fmt::format("name: \"s\" job: \"job.textproto\" random {{ trials: 4 }} seed: {} {}", seed,
                    parameters),
        "s.textproto", directory_, {}));
    ASSERT_EQ(trials.size(), 4U) << "all that there are";
  }
  try {
    resolve_trials(
        parse_sweep("name: \"s\" job: \"job.textproto\" random { trials: 2 } parameter { "
                    "path: \"name\" range { min: 1 max: 2 } }",
                    "s.textproto", directory_, {}));
    ADD_FAILURE();
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), HasSubstr("the parameters make 1 different jobs"));
  }
}

TEST_F(Trials, OfRandomSearchAreAsManyAsAskedFor) {
  const std::string text =
      "name: \"s\" job: \"job.textproto\" random { trials: 3 }"
      "parameter { path: \"network.layer[0].units\" numbers { value: [4, 5] } }";
  try {
    resolve_trials(parse_sweep(text, "s.textproto", directory_, {}));
    ADD_FAILURE();
  } catch (const Error& error) {
    EXPECT_STREQ(error.what(),
                 "s.textproto:1:1: random.trials is 3, and the parameters make 2 different jobs; "
                 "use fewer trials, or grid {} for all of them");
  }
}

TEST_F(Trials, OfRandomSearchMayBeAskedForByFarTooMany) {
  try {
    resolve_trials(
        parse_sweep("name: \"s\" job: \"job.textproto\" random { trials: 500 } parameter "
                    "{ path: \"network.layer[0].units\" numbers { value: [4, 5] } }",
                    "s.textproto", directory_, {}));
    ADD_FAILURE();
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), HasSubstr("random.trials is 500, and the parameters make 2"));
  }
}

TEST_F(Trials, CanBeEndedEarly) {
  const std::string units =
      " parameter { name: \"u\" path: \"network.layer[0].units\" numbers { value: [4, 5, 6] } }";
  EXPECT_EQ(problems("successive_halving { first_epochs: 5 }" + units),
            "s.textproto:1:1: successive_halving.first_epochs is 5, and no trial is trained for "
            "more than 5 epochs: none would be ended early; use a smaller one");
  EXPECT_EQ(problems("successive_halving { first_epochs: 4 }" + units), "");
  EXPECT_THAT(
      problems("median { wave: 2 grace_epochs: 9 }" + units),
      HasSubstr("median.grace_epochs is 9, and no trial is trained for more than 5 epochs"));
  EXPECT_THAT(problems("median { }" + units),
              HasSubstr("median.wave is 4, and there are 3 trials"));
  EXPECT_EQ(problems("median { wave: 2 }" + units), "");
  EXPECT_EQ(problems("median { wave: 2 grace_epochs: 9 } set: \"training.steps=3\"" + units), "")
      << "how many epochs that is depends on the data";
}

TEST_F(Trials, AreDescribedShortly) {
  const LoadedSweep loaded = load(R"(
    parameter { name: "l" path: "regularization.l2_lambda" numbers { value: 0.1234567891 } }
    parameter { name: "a" path: "network.layer[0].activation" texts { value: "TANH" } })");
  EXPECT_EQ(describe_trial(loaded.sweep, resolve_trials(loaded)[0]), "trial 0 (l=0.123457 a=TANH)");
  EXPECT_EQ(short_text("{ units: 5 }"), "{ units: 5 }");
  EXPECT_EQ(trial_directory(3), "trials/0003");
}

TEST_F(Trials, CostsInDifferentUnitsAreNotCompared) {
  const auto problem = [&](const std::string& text) -> std::string {
    try {
      static_cast<void>(resolve_trials(load(text)));
      return "";
    } catch (const Error& error) {
      return error.what();
    }
  };
  const std::string losses =
      "parameter { path: \"network.output.loss\" texts { value: [\"SQUARED_ERROR\", "
      "\"HUBER\"] } }";
  EXPECT_THAT(problem("metric: DEV_COST " + losses),
              HasSubstr("metric is DEV_COST, and trials differ in network.output.loss"));
  EXPECT_EQ(problem("metric: RMSE " + losses), "");
  EXPECT_THAT(problem("metric: DEV_COST set: \"network.output.loss=HUBER\" parameter { path: "
                      "\"network.output.huber_delta\" numbers { value: [0.1, 1] } }"),
              HasSubstr("trials differ in network.output.huber_delta"));
  EXPECT_THAT(problem("metric: DEV_COST set: \"network.output.loss=SQUARED_ERROR\" parameter { "
                      "path: \"data.targets\" texts { value: [\"AS_GIVEN\", \"STANDARDIZED\"] } }"),
              HasSubstr("trials differ in data.targets"));
}

TEST_F(Trials, CautionWhereDevSetsDiffer) {
  const auto cautions = [&](const std::string& text) {
    const LoadedSweep loaded = load(text);
    return fmt::format("{}", fmt::join(sweep_cautions(loaded.sweep, resolve_trials(loaded)), ""));
  };
  EXPECT_THAT(cautions("parameter { path: \"seed\" numbers { value: [1, 2] } }"),
              HasSubstr("have different dev sets because they differ in seed."));
  EXPECT_THAT(cautions("parameter { path: \"data.split.dev.count\" numbers { value: [5, 6] } }"),
              HasSubstr("they differ in data.split.dev.count."));
  EXPECT_EQ(cautions("parameter { path: \"data.normalization\" texts { value: [\"{ none {} }\", "
                     "\"{ scale {} }\"] } }"),
            "");
  for (const char* path :
       {"data.split.stratified", "data.split.by_group", "data.split.by_content"}) {
    EXPECT_THAT(cautions(fmt::format("parameter {{ path: \"{}\" texts {{ value: [\"true\", "
                                     "\"false\"] }} }}",
                                     path)),
                HasSubstr(fmt::format("have different dev sets because they differ in {}.", path)));
  }
  EXPECT_THAT(cautions("parameter { path: \"data.train.idx.features\" texts { value: [\"a\", "
                       "\"b\"] } }"),
              HasSubstr("have different dev sets because they differ in data.train.idx.features."));
  EXPECT_EQ(cautions("parameter { path: \"data.split.test.count\" numbers { value: [5, 6] } }"), "")
      << "dev is drawn first";
  EXPECT_EQ(cautions(R"(set: ["data.split={}", "data.dev.idx.features=d.gz",
                              "data.dev.idx.labels=e.gz"]
                        parameter { path: "seed" numbers { value: [1, 2] } })"),
            "")
      << "a dev set of its own";
}

TEST_F(Trials, CautionWhereEarlyStoppingMeetsRegularization) {
  const auto caution = [&](const std::string& text) {
    const LoadedSweep loaded = load(text);
    const auto cautions = sweep_cautions(loaded.sweep, resolve_trials(loaded));
    return fmt::format("{}", fmt::join(cautions, ""));
  };
  const std::string lambda =
      "parameter { name: \"lam\" path: \"regularization.l2_lambda\" numbers { value: 1 } }";
  const std::string keep =
      "parameter { name: \"keep\" path: \"network.layer[0].keep_prob\" numbers { value: 1 } }";
  const std::string units =
      "parameter { name: \"units\" path: \"network.layer[0].units\" numbers { value: 4 } }";
  const std::string stopping = "set: \"early_stopping={}\" ";
  EXPECT_EQ(caution(lambda + keep), "");
  EXPECT_EQ(caution(stopping + units), "");
  EXPECT_THAT(caution(stopping + lambda + units + keep), HasSubstr("(keep, lam)"));
  EXPECT_THAT(caution(stopping + keep), HasSubstr("couples two tasks (1.8)"));
  EXPECT_THAT(caution(stopping + keep), Not(HasSubstr("lam")));
}

TEST(ExampleSweeps, Resolve) {
  int sweeps = 0;
  for (const auto& entry : std::filesystem::directory_iterator(LOCKSTEP_SWEEPS_DIR)) {
    EXPECT_EQ(entry.path().extension(), ".textproto") << entry.path();
    try {
      const LoadedSweep loaded = load_sweep(entry.path(), {});
      EXPECT_EQ(loaded.sweep.name, entry.path().stem()) << "the sweep of a file has its name";
      EXPECT_GE(resolve_trials(loaded).size(), 2U);
      ++sweeps;
    } catch (const std::exception& error) {
      ADD_FAILURE() << error.what();
    }
  }
  EXPECT_GE(sweeps, 1);
}

}  // namespace
}  // namespace lockstep
