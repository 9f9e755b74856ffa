// Sweeps as a user runs them: the same table everywhere, whatever happens on the way.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "system/program_fixture.h"

namespace lockstep {
namespace {

using nlohmann::json;
using testing::HasSubstr;
using testing::Not;
namespace fs = std::filesystem;

class Sweep : public ProgramFixture {
 protected:
  Sweep() { write_sweep("grid {}", kLambdas); }

  static constexpr const char* kLambdas =
      "parameter { name: 'lambda' path: 'regularization.l2_lambda' "
      "            range { min: 0.1 max: 10 scale: LOG steps: 3 } }"
      "parameter { name: 'keep' path: 'network.layer[*].keep_prob' numbers { value: [1, 0.7] } }";

  void write_sweep(const std::string& search, const std::string& parameters) const {
    std::ofstream(directory_ / "sweep.textproto")
        << "name: 'tiny-sweep' job: 'job.textproto' "
           "set: ['training.epochs=3', 'data.split.test.count=20'] "
        << search << " " << parameters;
  }
  [[nodiscard]] ProgramResult sweep(int ranks, const std::string& arguments,
                                    const std::string& fault = "") const {
    return run_with_fault("sweep sweep.textproto " + arguments, ranks, fault);
  }
};

TEST_F(Sweep, HasTheSameFilesOnAnyRanksInAnyGroups) {
  std::string csv;
  std::string all;
  std::string text;
  for (const auto& [ranks, groups] : {std::pair{1, 1}, {2, 1}, {2, 2}, {4, 2}}) {
    const std::string run = fmt::format("run-{}-{}", ranks, groups);
    const auto result = sweep(ranks, fmt::format("--run-dir {} --groups {}", run, groups));
    ASSERT_EQ(result.exit_code, 0) << result.err;
    if (csv.empty()) csv = file(run + "/sweep.csv");
    if (all.empty()) all = file(run + "/sweep.json");
    if (text.empty()) text = file(run + "/sweep.txt");
    EXPECT_EQ(file(run + "/sweep.txt"), text);
    EXPECT_EQ(file(run + "/sweep.csv"), csv);
    EXPECT_EQ(file(run + "/sweep.json"), all);
    EXPECT_EQ(std::count(csv.begin(), csv.end(), '\n'), 7) << csv;
  }
  const json results = json::parse(all);
  const auto winner = results["winner"]["trial"].get<int>();
  const std::string trial = fmt::format("run-2-2/trials/{:04}", winner);
  EXPECT_EQ(json::parse(file(trial + "/summary.json"))["dev_error"],
            results["winner"]["dev_error"]);
  for (int i = 0; i < 6; ++i) {
    const json summary = json::parse(file(fmt::format("run-2-2/trials/{:04}/summary.json", i)));
    EXPECT_TRUE(summary["test_error"].is_null()) << "measured for the winner only";
    const std::string diagnosis = file(fmt::format("run-2-2/trials/{:04}/diagnosis.txt", i));
    EXPECT_THAT(diagnosis, HasSubstr("the test error was not measured"));
    EXPECT_THAT(diagnosis, Not(HasSubstr("no test set")));
  }
  EXPECT_FALSE(results["winner"]["test_error"].is_null());
}

TEST_F(Sweep, TheWinnersJobTrainsToTheSameBits) {
  ASSERT_EQ(sweep(2, "--run-dir run --groups 2").exit_code, 0);
  const auto again = run("train run/winner.textproto --run-dir again");
  ASSERT_EQ(again.exit_code, 0) << again.err;
  const json winner = json::parse(file("run/sweep.json"))["winner"];
  const json summary = json::parse(file("again/summary.json"));
  EXPECT_EQ(summary["weights_digest"], winner["weights_digest"]);
  EXPECT_EQ(summary["dev_error"], winner["dev_error"]);
  EXPECT_EQ(summary["test_error"], winner["test_error"]);
  EXPECT_EQ(summary["test_cost"], winner["test_cost"]);
}

TEST_F(Sweep, PrintsTheTableOrJson) {
  const auto text = sweep(1, "--run-dir text");
  EXPECT_THAT(text.out, HasSubstr("rank  trial  lambda  keep"));
  EXPECT_THAT(text.out, HasSubstr("winner: trial "));
  EXPECT_THAT(text.out, HasSubstr("measured for the winner only"));
  EXPECT_THAT(text.out, HasSubstr("cannot tell the winner from trial"));
  // Early stopping is on in the tiny job, and regularization is what is swept.
  EXPECT_THAT(text.out, HasSubstr("couples two tasks (1.8)"));
  EXPECT_THAT(text.err, HasSubstr("couples two tasks (1.8)"));
  const auto object = sweep(1, "--run-dir json --json");
  ASSERT_EQ(object.exit_code, 0) << object.err;
  EXPECT_EQ(object.out, file("json/sweep.json"));
  EXPECT_EQ(json::parse(object.out)["cautions"].size(), 1U);
}

// Every rule once, each with another kill: at the boundary of trials, within one, on the first
// rank and on another.
TEST_F(Sweep, GoesOnAfterAKillWhereverItWas) {
  struct Kill {
    const char* rule;
    const char* fault;
    int ranks;
    int groups;
  };
  const Kill kills[] = {{"none {}", "0 0 kill 2", 1, 1},
                        {"successive_halving { eta: 2 }", "1 0 kill 2", 2, 2},
                        {"median { wave: 2 }", "2 3 kill 2", 3, 2}};
  const char* four =
      "parameter { path: 'regularization.l2_lambda' numbers { value: [0.1, 10] } }"
      "parameter { path: 'network.layer[*].keep_prob' numbers { value: [1, 0.7] } }";
  int number = 0;
  for (const auto& [rule, fault, ranks, groups] : kills) {
    write_sweep(fmt::format("metric: DEV_COST grid {{}} {}", rule), four);
    const std::string whole = fmt::format("whole-{}", ++number);
    const std::string run = fmt::format("killed-{}", number);
    ASSERT_EQ(sweep(1, "--run-dir " + whole).exit_code, 0);
    const auto killed = sweep(ranks, fmt::format("--run-dir {} --groups {}", run, groups), fault);
    EXPECT_NE(killed.exit_code, 0) << rule << fault;
    EXPECT_NE(killed.exit_code, 124) << "a rank hung";
    EXPECT_FALSE(fs::exists(directory_ / run / "sweep.csv"));
    const auto resumed = sweep(ranks == 2 ? 1 : 2, fmt::format("--run-dir {} --resume must", run));
    ASSERT_EQ(resumed.exit_code, 0) << resumed.err;
    EXPECT_EQ(file(run + "/sweep.csv"), file(whole + "/sweep.csv")) << rule << " " << fault;
  }
}

TEST_F(Sweep, ASignalToOneRankStopsAllGroups) {
  ASSERT_EQ(sweep(1, "--run-dir whole").exit_code, 0);
  const auto stopped = sweep(3, "--run-dir run --groups 3", "2 7 terminate");
  EXPECT_EQ(stopped.exit_code, 75) << stopped.err;
  EXPECT_THAT(stopped.err, HasSubstr("interrupted; to resume: "));
  EXPECT_FALSE(fs::exists(directory_ / "run/sweep.csv"));
  // As the message says: the resolved sweep continues too.
  fs::copy_file(directory_ / "run/sweep.textproto", directory_ / "sweep.textproto",
                fs::copy_options::overwrite_existing);
  ASSERT_EQ(sweep(2, "--run-dir run --resume auto").exit_code, 0);
  EXPECT_EQ(file("run/sweep.csv"), file("whole/sweep.csv"));
}

TEST_F(Sweep, AnErrorInOneGroupEndsAllAndNamesTheTrial) {
  const auto io = sweep(4, "--run-dir run --groups 2", "3 2 io");
  EXPECT_EQ(io.exit_code, 74) << io.err;
  EXPECT_THAT(io.err, HasSubstr("] trial 1 (lambda=0.1 keep=0.7): made to fail by a test"));

  // An error that its group agrees on is told once.
  fs::create_directories(directory_ / "broken/trials/0003/");
  ASSERT_EQ(sweep(1, "--run-dir broken --resume auto", "0 0 io").exit_code, 74);
  fs::remove_all(directory_ / "broken/trials/0003");
  fs::create_directories(directory_ / "broken/trials");
  std::ofstream(directory_ / "broken/trials/0003") << "a file where the directory should be";
  const auto broken = sweep(4, "--run-dir broken --groups 2 --resume auto");
  EXPECT_EQ(broken.exit_code, 74) << broken.err;
  const auto first = broken.err.find("trial 3 (lambda=1 keep=0.7): cannot create");
  ASSERT_NE(first, std::string::npos) << broken.err;
  EXPECT_EQ(broken.err.find("cannot create", first + 50), std::string::npos) << broken.err;
}

TEST_F(Sweep, ATrialThatDivergesIsOneResult) {
  write_sweep("grid {}",
              "parameter { name: 'rate' path: 'optimizer.gradient_descent.learning_rate' "
              "            numbers { value: [1e30, 0.1] } }");
  const auto result = sweep(2, "--run-dir run --groups 2");
  ASSERT_EQ(result.exit_code, 0) << result.err;
  const json results = json::parse(file("run/sweep.json"));
  EXPECT_EQ(results["winner"]["trial"], 1);
  EXPECT_EQ(results["trials"][0]["status"], "diverged");
  EXPECT_EQ(results["trials"][0]["rank"], 2);

  write_sweep("grid {}",
              "parameter { name: 'rate' path: 'optimizer.gradient_descent.learning_rate' "
              "            numbers { value: [1e30, 1e29] } }");
  const auto none = sweep(1, "--run-dir none");
  EXPECT_EQ(none.exit_code, 77);
  EXPECT_THAT(none.err, HasSubstr("every trial diverged"));
  EXPECT_TRUE(fs::exists(directory_ / "none/sweep.csv"));
}

TEST_F(Sweep, BadInputIsToldBeforeAnythingIsTrained) {
  const auto refused = [&](const std::string& arguments, int code, const std::string& message) {
    const auto result = sweep(1, "--run-dir bad " + arguments);
    EXPECT_EQ(result.exit_code, code) << result.err;
    EXPECT_THAT(result.err, HasSubstr(message));
    EXPECT_FALSE(fs::exists(directory_ / "bad"));
  };
  refused("--groups 2", 2, "2 groups need at least as many ranks, and there are 1");
  refused("--set sed=1", 2, "--set sed=1: no field \"sed\" in the job; did you mean \"seed\"?");
  write_sweep("grid {}", "parameter { path: 'regularization.l2_lamda' numbers { value: 1 } }");
  refused("", 2, "parameter \"regularization.l2_lamda\" sets regularization.l2_lamda=1: no field");
  write_sweep("grid {}", "parameter { path: 'data.train.idx.labels' texts { value: 'nothing' } }");
  refused("", 66, "every trial: " + (directory_ / "nothing").string());
  write_sweep(
      "grid {}",
      "parameter { name: 'l' path: 'data.train.idx.labels' texts { value: ['nothing', 'no'] } }");
  refused("", 66, "trial 0 (l=nothing): " + (directory_ / "nothing").string());
  write_sweep("grid {}", kLambdas);
  refused("--set data.train.idx.labels=nothing", 66,
          "every trial: " + (directory_ / "nothing").string());
}

TEST_F(Sweep, ATrialThatCannotStartWarmIsToldBeforeAnythingIsTrained) {
  ASSERT_EQ(run("train job.textproto --run-dir base --set training.epochs=1").exit_code, 0);
  write_sweep("grid {}",
              "parameter { name: 'units' path: 'network.layer' texts { value: "
              "['[{units: 5}]', '[{units: 170}, {units: 7}]'] } }");
  const auto result = run("sweep sweep.textproto --run-dir warm --set training.weights_from=" +
                          (directory_ / "base").string());
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_THAT(result.err, HasSubstr("trial 0 (units=[{units: 5}]): no layer has the name and shape "
                                    "of a layer of"));
  EXPECT_FALSE(fs::exists(directory_ / "warm"));
}

// As the last tasks of a job array do, which make the table when they end at the same time.
TEST_F(Sweep, OfTwoProgramsThatStartInOneDirectoryOneIsRefused) {
  for (int tries = 0; tries < 5; ++tries) {
    const auto both = run_program(
        fmt::format("cd {0}; for n in 1 2; do ({1} sweep sweep.textproto --threads 1 --run-dir "
                    "both-{2} --resume "
                    "auto >out.$n 2>&1; echo $? >code.$n) & done; wait; cat code.1 code.2",
                    directory_.string(), LOCKSTEP_PROGRAM, tries));
    EXPECT_THAT(both.out, testing::AnyOf("0\n73\n", "73\n0\n", "0\n0\n"))
        << file("out.1") << file("out.2");
  }
}

TEST_F(Sweep, ADirectoryHoldsOneSweep) {
  ASSERT_EQ(sweep(1, "--run-dir run").exit_code, 0);
  EXPECT_EQ(sweep(1, "--run-dir run").exit_code, 2);
  const auto done = sweep(1, "--run-dir run --resume must");
  EXPECT_EQ(done.exit_code, 0) << done.err;
  EXPECT_THAT(done.err, Not(HasSubstr("finished at epoch"))) << "nothing is trained again";
  const auto other = sweep(1, "--run-dir run --resume auto --set seed=3");
  EXPECT_EQ(other.exit_code, 2);
  EXPECT_THAT(other.err, HasSubstr("the sweep is not the one that run holds"));
  EXPECT_EQ(sweep(1, "--run-dir empty --resume must").exit_code, 66);
  std::string text = file("job.textproto");
  text.replace(text.find("seed: 7"), 7, "seed: 8");
  std::ofstream(directory_ / "job.textproto") << text;
  const auto job = sweep(1, "--run-dir run --resume auto");
  EXPECT_EQ(job.exit_code, 2);
  EXPECT_THAT(job.err, HasSubstr("seed: 7 there, 8 now"));
}

// As several machines may train it: one part is killed and resumed, one has groups, and the parts
// become one table.
TEST_F(Sweep, InPartsHasTheFilesOfTheWhole) {
  ASSERT_EQ(sweep(1, "--run-dir whole").exit_code, 0);
  ASSERT_EQ(sweep(1, "--run-dir part-1 --part 1/3").exit_code, 0);
  EXPECT_NE(sweep(1, "--run-dir part-2 --part 2/3", "0 7 kill 2").exit_code, 0);
  EXPECT_FALSE(fs::exists(directory_ / "part-2/part.txt"));
  const auto early = sweep(1, "--run-dir all --collect part-1 part-2");
  EXPECT_EQ(early.exit_code, 66);
  EXPECT_THAT(early.err, HasSubstr("the directories have no result of"));
  EXPECT_FALSE(fs::exists(directory_ / "all"));

  const auto second = sweep(2, "--run-dir part-2 --part 2/3 --groups 2 --resume auto");
  ASSERT_EQ(second.exit_code, 0) << second.err;
  EXPECT_THAT(second.err, HasSubstr("part 2/3, 2 of 6 trials"));
  EXPECT_THAT(second.out, HasSubstr("no winner yet"));
  EXPECT_FALSE(fs::exists(directory_ / "part-2/sweep.csv"));
  const auto third = sweep(1, "--run-dir part-3 --part 3/3 --json");
  ASSERT_EQ(third.exit_code, 0) << third.err;
  EXPECT_EQ(third.out, file("part-3/part.json"));

  const auto collected = sweep(2, "--run-dir all --collect part-3 part-1 part-2");
  ASSERT_EQ(collected.exit_code, 0) << collected.err;
  EXPECT_THAT(collected.err, Not(HasSubstr("finished at epoch"))) << "nothing is trained again";
  for (const char* name : {"sweep.csv", "sweep.json", "sweep.txt", "winner.textproto"}) {
    EXPECT_EQ(file(std::string("all/") + name), file(std::string("whole/") + name)) << name;
  }
  // Files that grow are not shared with the parts; checkpoints, which never change, may be.
  for (const auto& entry : fs::recursive_directory_iterator(directory_ / "all/trials")) {
    if (!entry.is_regular_file() || entry.path().parent_path().filename() == "ckpt") continue;
    EXPECT_EQ(entry.hard_link_count(), 1U) << entry.path();
  }
  // The trials live on without the parts.
  for (const char* part : {"part-1", "part-2", "part-3"}) fs::remove_all(directory_ / part);
  EXPECT_EQ(run("evaluate all/trials/0003").exit_code, 0);
  EXPECT_EQ(sweep(1, "--run-dir all --resume must").exit_code, 0);
}

TEST_F(Sweep, ACollectionCanBeInterrupted) {
  ASSERT_EQ(sweep(1, "--run-dir whole").exit_code, 0);
  ASSERT_EQ(sweep(1, "--run-dir part-1 --part 1/2").exit_code, 0);
  ASSERT_EQ(sweep(1, "--run-dir part-2 --part 2/2").exit_code, 0);
  // As a kill leaves it: one trial is there, another one is not complete.
  fs::create_directories(directory_ / "all/trials/0001.unfinished/ckpt");
  fs::copy_file(directory_ / "part-1/sweep.textproto", directory_ / "all/sweep.textproto");
  fs::copy(directory_ / "part-1/trials/0000", directory_ / "all/trials/0000",
           fs::copy_options::recursive);
  EXPECT_EQ(sweep(1, "--run-dir all --collect part-1 part-2").exit_code, 2);
  const auto again = sweep(1, "--run-dir all --collect part-1 part-2 --resume auto");
  ASSERT_EQ(again.exit_code, 0) << again.err;
  EXPECT_EQ(file("all/sweep.csv"), file("whole/sweep.csv"));
  EXPECT_FALSE(fs::exists(directory_ / "all/trials/0001.unfinished"));
}

TEST_F(Sweep, ASignalStopsAPartAndTheMessageResumesIt) {
  const auto stopped = sweep(1, "--run-dir part --part 2/3", "0 7 terminate");
  EXPECT_EQ(stopped.exit_code, 75) << stopped.err;
  EXPECT_THAT(stopped.err,
              HasSubstr("sweep part/sweep.textproto --run-dir part --resume auto --part 2/3"));
  EXPECT_EQ(run("sweep part/sweep.textproto --run-dir part --resume auto --part 2/3").exit_code, 0);
  EXPECT_TRUE(fs::exists(directory_ / "part/part.txt"));
}

TEST_F(Sweep, PartsThatDoNotFitAreRefused) {
  const auto refused = [&](const std::string& arguments, int code, const std::string& message) {
    const auto result = sweep(1, arguments);
    EXPECT_EQ(result.exit_code, code) << result.err;
    EXPECT_THAT(result.err, HasSubstr(message));
    EXPECT_FALSE(fs::exists(directory_ / "bad"));
  };
  refused("--run-dir bad --part 0/3", 2, "--part 0/3 is not a part of a sweep");
  refused("--run-dir bad --part 2", 2, "--part 2 is not a part of a sweep");
  refused("--run-dir bad --part 1/7", 2, "the sweep has 6 trials, so it has at most 6 parts");
  refused("--run-dir bad --part 1/2 --collect p", 2, "excludes");
  refused("--run-dir bad --collect nowhere", 66, "nowhere holds no part of a sweep");

  ASSERT_EQ(sweep(1, "--run-dir part-1 --part 1/2").exit_code, 0);
  refused("--run-dir part-1 --resume auto", 2,
          "part-1 holds part 1/2 (trials 0 2 4), not the whole");
  refused("--run-dir part-1 --part 2/2 --resume auto", 2, "not part 2/2 (trials 1 3 5)");
  refused("--run-dir bad --collect part-1 --set seed=3", 2, "part-1 holds a part of another sweep");
  std::string text = file("job.textproto");
  text.replace(text.find("seed: 7"), 7, "seed: 8");
  write("job.textproto", text);
  refused("--run-dir bad --collect part-1", 2, "seed: 7 there, 8 now");

  write_sweep("grid {} successive_halving { eta: 2 first_epochs: 1 }", kLambdas);
  refused("--run-dir bad --part 1/2", 2, "a sweep with successive_halving has no parts");
  refused("--run-dir bad --collect part-1", 2, "a sweep with successive_halving has no parts");
}

TEST_F(Sweep, PartsOnOtherDataAreNotCompared) {
  ASSERT_EQ(sweep(1, "--run-dir part-1 --part 1/2").exit_code, 0);
  std::string labels = file("labels");
  ASSERT_FALSE(labels.empty());
  labels.back() = static_cast<char>(labels.back() == 0 ? 1 : 0);
  write("labels", labels);
  ASSERT_EQ(sweep(1, "--run-dir part-2 --part 2/2").exit_code, 0);
  const auto refused = sweep(1, "--run-dir all --collect part-1 part-2");
  EXPECT_EQ(refused.exit_code, 65) << refused.err;
  EXPECT_THAT(refused.err, HasSubstr("data is not that of trial"));
  EXPECT_EQ(sweep(1, "--run-dir all --collect part-1 part-2 --allow-changed-data").exit_code, 0);
}

TEST_F(Sweep, PartsFromOtherMachinesGetACaution) {
  ASSERT_EQ(sweep(1, "--run-dir part-1 --part 1/2").exit_code, 0);
  ASSERT_EQ(sweep(1, "--run-dir part-2 --part 2/2").exit_code, 0);
  const std::string name = "part-2/trials/0003/environment.json";
  json environment = json::parse(file(name));
  environment["environment"]["kernels"] = "other instructions";
  write(name, environment.dump());
  ASSERT_EQ(sweep(1, "--run-dir same --collect part-1 part-2").exit_code, 0);
  EXPECT_THAT(file("same/sweep.txt"), Not(HasSubstr("environment")));
  environment["environment"]["numerics"] = "0";
  write(name, environment.dump());
  ASSERT_EQ(sweep(1, "--run-dir all --collect part-1 part-2").exit_code, 0);
  EXPECT_THAT(file("all/sweep.txt"),
              HasSubstr("caution: trial 3 was trained by another build than trial 0 (numerics;"));
}

TEST_F(Sweep, RunsUnderTheLauncher) {
  const fs::path source = LOCKSTEP_SOURCE_DIR;
  if (source / "build/release/lockstep" != LOCKSTEP_PROGRAM) {
    GTEST_SKIP() << "launch/local runs the release build";
  }
  const auto result = run_program(
      fmt::format("cd {} && {}/launch/local -n 2 sweep sweep.textproto --groups 2 --run-dir run",
                  directory_.string(), LOCKSTEP_SOURCE_DIR));
  ASSERT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(result.err, HasSubstr("6 trials in 2 groups, 2 ranks x 1 thread"));
  EXPECT_THAT(result.out, HasSubstr("winner: trial "));
}

}  // namespace
}  // namespace lockstep
