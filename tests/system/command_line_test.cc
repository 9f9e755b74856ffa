// The command line apart from its main paths: words that are not known, pipes, signals,
// launchers, what is left behind by a run that is refused.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstddef>
#include <regex>
#include <set>
#include <string>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "system/program_fixture.h"

namespace lockstep {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;
namespace fs = std::filesystem;

class CommandLine : public ProgramFixture {
 protected:
  // A shell script in the directory, with the program as $lockstep, with faults as $faulty, and
  // await FILE TEXT, which waits until the file has the text.
  [[nodiscard]] ProgramResult script(const std::string& text) const {
    return run_program(
        fmt::format("cd {}; lockstep={}; faulty={}\n"
                    "await() {{ while ! grep -qs \"$2\" \"$1\"; do sleep 0.05; done; }}\n{}",
                    directory_.string(), LOCKSTEP_PROGRAM, LOCKSTEP_WITH_FAULTS, text));
  }
};

TEST_F(CommandLine, UnknownWordsGetASuggestion) {
  const auto tran = run("tran job.textproto");
  EXPECT_EQ(tran.exit_code, 2);
  EXPECT_THAT(tran.err, HasSubstr("no command \"tran\"; did you mean train?"));
  const auto runs = run("runs list");
  EXPECT_EQ(runs.exit_code, 2);
  EXPECT_THAT(runs.err, HasSubstr("no command \"runs\""));
  const auto option = run("train job.textproto --thread 1");
  EXPECT_EQ(option.exit_code, 2);
  EXPECT_THAT(option.err, HasSubstr("did you mean --threads?"));
  const auto extra = run("train job.textproto first second");
  EXPECT_EQ(extra.exit_code, 2);
  EXPECT_THAT(extra.err, HasSubstr("train does not take first second"));
}

// Every subcommand with arguments that it takes.
struct Subcommand {
  const char* name;
  const char* arguments;
  bool needs_arguments = true;
};
constexpr Subcommand kSubcommands[] = {
    {"init", "table.csv"},
    {"train", "job.textproto"},
    {"check", "job.textproto"},
    {"evaluate", "run"},
    {"importance", "run"},
    {"inspect", "run"},
    {"predict", "run features"},
    {"export", "run --onnx model.onnx"},
    {"preview", "job.textproto"},
    {"diagnose", "run"},
    {"recipe", "job.textproto"},
    {"gradcheck", "job.textproto"},
    {"sweep", "sweep.textproto"},
    {"crossval", "job.textproto --folds 2"},
    {"flow", "job.textproto"},
    {"descent", "job.textproto"},
    {"plan", "job.textproto --nodes 1"},
    {"slurm", "job.textproto --nodes 1"},
    {"verify", "run"},
    {"doctor", "job.textproto", false},
};

TEST_F(CommandLine, TheHelpNamesTheseSubcommandsAndNoOther) {
  const std::string help = run("--help").out;
  const std::regex line("\n  ([a-z]+) ");
  std::set<std::string> named;
  const auto begin = help.begin() + static_cast<std::ptrdiff_t>(help.find("\nSubcommands:"));
  for (std::sregex_iterator match(begin, help.end(), line), end; match != end; ++match) {
    named.insert((*match)[1]);
  }
  std::set<std::string> known;
  for (const Subcommand& command : kSubcommands) known.insert(command.name);
  EXPECT_EQ(named, known);
}

// The scripts that start ranks know which commands run on several of them: those with limits for
// ranks that are silent.
TEST_F(CommandLine, TheLaunchScriptsKnowEverySubcommand) {
  for (const Subcommand& command : kSubcommands) {
    const std::string name = command.name;
    const bool parallel = run(name + " --help").out.find("--silence-limit") != std::string::npos;
    const auto known = script(fmt::format(
        "bash -c 'source {}/launch/lib/subcommands.sh; is_parallel {} && echo parallel; "
        "is_serial {} && echo serial; true'",
        LOCKSTEP_SOURCE_DIR, name, name));
    // `check` runs in one process, for the layout that it is asked about.
    EXPECT_EQ(known.out, parallel ? "parallel\n" : name == "check" ? "" : "serial\n") << name;
  }
}

TEST_F(CommandLine, EverySubcommandHasItsHelpAndIsInThatOfTheProgram) {
  const auto help = run("--help");
  EXPECT_EQ(help.exit_code, 0);
  EXPECT_EQ(run("").out, help.out) << "no word at all asks for help";
  for (const auto& [name, arguments, needs_arguments] : kSubcommands) {
    EXPECT_THAT(help.out, HasSubstr(fmt::format("\n  {}", name)));
    const auto own = run(fmt::format("{} --help", name));
    EXPECT_EQ(own.exit_code, 0) << name;
    EXPECT_THAT(own.err, IsEmpty()) << name;
    EXPECT_THAT(own.out, HasSubstr(fmt::format("lockstep {} [OPTIONS]", name)));
    EXPECT_THAT(own.out, HasSubstr("-h,--help"));
    EXPECT_EQ(run(fmt::format("{} {} --help", name, arguments)).out, own.out);
  }
}

TEST_F(CommandLine, NoSubcommandTakesAnOptionOrAWordThatItDoesNotKnow) {
  for (const auto& [name, arguments, needs_arguments] : kSubcommands) {
    const auto option = run(fmt::format("{} {} --no-such", name, arguments));
    EXPECT_EQ(option.exit_code, 2) << name;
    EXPECT_THAT(option.err, HasSubstr(fmt::format("{} does not take --no-such", name)));
    EXPECT_THAT(option.err, HasSubstr(fmt::format("lockstep {} --help lists", name)));
    const auto word = run(fmt::format("{} {} one two", name, arguments));
    EXPECT_EQ(word.exit_code, 2) << name;
    if (!needs_arguments) continue;
    const auto none = run(name);
    EXPECT_EQ(none.exit_code, 2) << name;
    EXPECT_THAT(none.err, StartsWith(fmt::format("lockstep: {}: ", name)));
    EXPECT_THAT(none.err, HasSubstr("is required")) << name;
    EXPECT_THAT(none.err, HasSubstr(fmt::format("lockstep {} --help lists", name)));
  }
}

TEST_F(CommandLine, NumbersOfOptionsAreWithinTheirBounds) {
  for (const char* command : {"train job.textproto --threads 0",
                              "train job.textproto --threads 4097",
                              "verify run --from -1",
                              "verify run --to -1",
                              "train job.textproto --threads two",
                              "train job.textproto --prefetch-threads 4097",
                              "evaluate run --threads 0",
                              "importance run --repeats 1",
                              "importance run --repeats 1001",
                              "importance run --metric accuracy",
                              "predict run features --threads 0",
                              "gradcheck job.textproto --threads 0",
                              "flow job.textproto --threads 0",
                              "descent job.textproto --threads 0",
                              "check job.textproto --threads 0",
                              "check job.textproto --ranks 0",
                              "check job.textproto --nodes 2",
                              "plan job.textproto --nodes 0",
                              "plan job.textproto --nodes 2..1",
                              "plan job.textproto --nodes 65537",
                              "plan job.textproto --nodes 1..x",
                              "plan job.textproto --nodes ,",
                              "slurm job.textproto --nodes 0",
                              "slurm job.textproto --time tomorrow",
                              "recipe job.textproto --runs 0",
                              "recipe job.textproto --runs 1001",
                              "sweep sweep.textproto --groups 0",
                              "preview job.textproto --examples 101",
                              "preview job.textproto --epochs 0",
                              "preview job.textproto --epochs 101",
                              "flow job.textproto --examples 0",
                              "descent job.textproto --steps 0",
                              "descent job.textproto --examples 0",
                              "descent job.textproto --learning-rate 0",
                              "descent job.textproto --learning-rate -1",
                              "gradcheck job.textproto --entries 0",
                              "gradcheck job.textproto --rows 0",
                              "gradcheck job.textproto --dropout on",
                              "diagnose run --base-error -0.1",
                              "evaluate run --split all",
                              "train job.textproto --resume yes"}) {
    const auto result = run(command);
    EXPECT_EQ(result.exit_code, 2) << command << result.out;
    const std::string text = command;
    const std::string option = text.substr(text.find("--"), text.rfind(' ') - text.find("--"));
    EXPECT_THAT(result.err, HasSubstr(option)) << command;
  }
  EXPECT_FALSE(fs::exists(directory_ / "runs"));
  EXPECT_FALSE(fs::exists(directory_ / "preview.png"));
}

TEST_F(CommandLine, OptionsThatNeedAnotherSaySo) {
  write("sweep.textproto",
        "name: \"s\" job: \"job.textproto\" grid {} parameter { path: \"seed\" numbers { value: "
        "[1, 2] } }");
  for (const char* command : {"train job", "recipe job", "sweep sweep"}) {
    for (const char* resume : {"auto", "must"}) {
      const auto result = run(fmt::format("{}.textproto --resume {}", command, resume));
      EXPECT_EQ(result.exit_code, 2) << command;
      EXPECT_THAT(result.err, HasSubstr("--resume needs the --run-dir")) << command;
    }
  }
  EXPECT_FALSE(fs::exists(directory_ / "runs"));
}

// What one command made is not what another continues with or looks at.
TEST_F(CommandLine, TheWrongKindOfDirectoryIsNamed) {
  write("sweep.textproto",
        "name: \"s\" job: \"job.textproto\" grid {} parameter { path: \"seed\" numbers { value: "
        "[1, 2] } }");
  for (const char* name : {"run", "swept", "recipe", "empty"})
    fs::create_directory(directory_ / name);
  write("run/metrics.jsonl", "");
  write("swept/sweep.textproto", "name: 's'");
  write("recipe/recipe.json", "{}");
  const auto refused = [&](const std::string& command, int code, const std::string& message) {
    const auto result = run(command);
    EXPECT_EQ(result.exit_code, code) << command;
    EXPECT_THAT(result.err, HasSubstr(message)) << command;
    EXPECT_FALSE(fs::exists(directory_ / "empty/lock")) << command;
  };
  const std::string train = "train job.textproto --resume auto --run-dir ";
  const std::string recipe = "recipe job.textproto --resume auto --run-dir ";
  const std::string sweep = "sweep sweep.textproto --resume auto --run-dir ";
  refused(train + "swept", 2, "swept holds a sweep, not a run");
  refused(train + "recipe", 2, "recipe holds a recipe, not a run");
  refused(recipe + "run", 2, "run holds a run, not a recipe");
  refused(recipe + "swept", 2, "swept holds a sweep, not a recipe");
  refused(sweep + "run", 2, "run holds a run, not a sweep");
  refused(sweep + "recipe", 2, "recipe holds a recipe, not a sweep");
  refused("recipe job.textproto --resume must --run-dir empty", 66, "no recipe to resume in empty");
  refused("sweep sweep.textproto --resume must --run-dir empty", 66, "no sweep to resume in empty");
  refused("train job.textproto --run-dir run", 2, "run already holds a run");
  refused("evaluate swept", 66, "the sweep in swept has no winner yet");
  refused("inspect recipe", 66, "the recipe in recipe has no winner yet");
  refused("predict empty features", 66, "no checkpoint in empty");
  for (const char* directory : {"swept", "recipe", "empty"}) {
    refused(fmt::format("diagnose {}", directory), 66, "has no summary.json");
  }
}

TEST_F(CommandLine, ResultsThatHaveNoPlaceAreAnError) {
  ASSERT_EQ(run("train job.textproto --run-dir run --set training.epochs=1").exit_code, 0);
  fs::create_directory(directory_ / "folder");
  for (const char* command : {"export run --onnx ", "predict run features --output ",
                              "preview job.textproto --output "}) {
    const auto nowhere = run(fmt::format("{}nowhere/file", command));
    EXPECT_EQ(nowhere.exit_code, 74) << command;
    EXPECT_THAT(nowhere.err, HasSubstr("nowhere/file: No such file")) << command;
    const auto folder = run(fmt::format("{}folder", command));
    EXPECT_EQ(folder.exit_code, 74) << command;
    EXPECT_THAT(folder.err, HasSubstr("folder: ")) << command;
    EXPECT_EQ(run(fmt::format("{}/dev/full", command)).exit_code, 74) << command;
  }
  for (const char* command : {"flow job.textproto", "gradcheck job.textproto --entries 1",
                              "descent job.textproto --steps 1", "train job.textproto"}) {
    const auto file = run(fmt::format("{} --run-dir features", command));
    EXPECT_EQ(file.exit_code, 74) << command;
    EXPECT_THAT(file.err, HasSubstr("features")) << command;
  }
  for (const auto& entry : fs::directory_iterator(directory_)) {
    EXPECT_EQ(entry.path().string().find(".tmp-"), std::string::npos) << entry.path();
  }
}

TEST_F(CommandLine, SetsThatAreNotThereAreNamedWithThoseThatAre) {
  ASSERT_EQ(run("train job.textproto --run-dir run --set training.epochs=1").exit_code, 0);
  for (const char* split : {"test", "train_dev"}) {
    const auto result = run(fmt::format("evaluate run --split {}", split));
    EXPECT_EQ(result.exit_code, 2) << split;
    EXPECT_THAT(
        result.err,
        HasSubstr("the job tiny has no such set of examples; give --split one of train, dev"));
  }
  EXPECT_EQ(run("evaluate run --split test --allow-changed-data").exit_code, 2);
  ASSERT_EQ(run("train job.textproto --run-dir more --set training.epochs=1 --set "
                "data.split.train_dev.count=20 --set data.split.test.count=10")
                .exit_code,
            0);
  for (const auto& [split, size] :
       {std::pair{"train", 71}, {"train_dev", 20}, {"dev", 40}, {"test", 10}}) {
    const auto result = run(fmt::format("evaluate more --split {} --json", split));
    EXPECT_EQ(result.exit_code, 0) << split << result.err;
    EXPECT_EQ(nlohmann::json::parse(result.out)["examples"], size) << split;
  }
}

TEST_F(CommandLine, FilesOfAnotherFormatAreNotPredicted) {
  ASSERT_EQ(run("train job.textproto --run-dir run --set training.epochs=1").exit_code, 0);
  write("table.csv", "a,b\n1,2\n");
  write("empty", "");
  for (const char* input : {"table.csv", "empty", "job.textproto", "labels", "run/report.html"}) {
    const auto result = run(fmt::format("predict run {} --output out.csv", input));
    EXPECT_EQ(result.exit_code, 65) << input;
    EXPECT_THAT(result.err, HasSubstr(input));
  }
  EXPECT_EQ(run("predict run run --output out.csv").exit_code, 66) << "a directory";
  EXPECT_FALSE(fs::exists(directory_ / "out.csv"));
}

TEST_F(CommandLine, PreviewShowsAsManyAsThereAre) {
  const auto result = run("preview job.textproto --examples 100 --epochs 1");
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(result.out, StartsWith("preview.png: 100 training examples"));
  const auto few = run("preview job.textproto --examples 100 --set data.split.dev.count=130");
  EXPECT_EQ(few.exit_code, 0) << few.err;
  EXPECT_THAT(few.out, StartsWith("preview.png: 11 training examples"));
}

TEST_F(CommandLine, APipeThatNobodyReadsEndsQuietly) {
  ASSERT_EQ(run("train job.textproto --run-dir run --set training.epochs=1").exit_code, 0);
  for (const char* command : {"predict run features", "check job.textproto", "inspect run"}) {
    const auto result = script(
        fmt::format("{{ await closed yes; $lockstep {}; echo \"code $?\" >code; }} | "
                    "{{ exec <&-; echo yes >closed; await code code; }}\ncat code; rm code closed",
                    command));
    EXPECT_EQ(result.out, "code 141\n") << command;
    EXPECT_THAT(result.err, IsEmpty()) << command;
  }
}

TEST_F(CommandLine, AJobMayComeFromAPipeThatIsWrittenTo) {
  const auto silent = script("mkfifo pipe; $lockstep check pipe");
  EXPECT_EQ(silent.exit_code, 66);
  EXPECT_THAT(silent.err, HasSubstr("a pipe without a writer"));
  const auto written = script("cat job.textproto > pipe & $lockstep check pipe; echo \"code $?\"");
  EXPECT_THAT(written.out, HasSubstr("code 0")) << written.err;
}

TEST_F(CommandLine, ARunThatIsRefusedLeavesNoDirectory) {
  const auto bad_data = run("train job.textproto --set network.output.units=2", 2);
  EXPECT_EQ(bad_data.exit_code, 65) << bad_data.err;
  EXPECT_FALSE(fs::exists(directory_ / "runs/tiny-1"));
  EXPECT_EQ(run("recipe job.textproto --set network.output.units=2").exit_code, 65);
  EXPECT_FALSE(fs::exists(directory_ / "runs/tiny-recipe-1"));
  write("sweep.textproto",
        "name: \"s\" job: \"job.textproto\" grid {} parameter { path: \"network.output.units\" "
        "numbers { value: [2] } }");
  EXPECT_EQ(run("sweep sweep.textproto").exit_code, 65);
  EXPECT_FALSE(fs::exists(directory_ / "runs")) << "made for one of them";
  // A directory that was named stays, with what went wrong in it.
  EXPECT_EQ(run("train job.textproto --set network.output.units=2 --run-dir named").exit_code, 65);
  EXPECT_TRUE(fs::exists(directory_ / "named/error.rank0.json"));
}

// Groups that are refused for the same reason say it once, as one group does.
TEST_F(CommandLine, ASweepInGroupsThatIsRefusedLeavesNoDirectory) {
  write("sweep.textproto",
        "name: 's' job: 'job.textproto' set: 'network.output.units=2' grid {} "
        "parameter { path: 'seed' numbers { value: [1, 2] } }");
  const auto alone = run("sweep sweep.textproto --groups 1", 2);
  const auto groups = run("sweep sweep.textproto --groups 2", 2);
  EXPECT_EQ(groups.exit_code, 65) << groups.err;
  const auto error_of = [](const ProgramResult& result) {
    const auto begin = result.err.find("lockstep: ");
    return begin == std::string::npos
               ? ""
               : result.err.substr(begin, result.err.find('\n', begin) - begin);
  };
  EXPECT_THAT(error_of(groups), StartsWith("lockstep: trial 0 (seed=1): "));
  EXPECT_EQ(error_of(groups), error_of(alone));
  EXPECT_EQ(groups.err.find("lockstep: "), groups.err.rfind("lockstep: ")) << groups.err;
  EXPECT_FALSE(fs::exists(directory_ / "runs"));
}

TEST_F(CommandLine, ARunThatIsRefusedLeavesRunsThatWereThere) {
  fs::create_directory(directory_ / "runs");
  const std::string bad = " --set network.output.units=2";
  EXPECT_EQ(run("train job.textproto" + bad).exit_code, 65);
  EXPECT_TRUE(fs::is_empty(directory_ / "runs"));
  EXPECT_EQ(run("train job.textproto --set training.epochs=1").exit_code, 0);
  EXPECT_EQ(run("train job.textproto" + bad).exit_code, 65);
  EXPECT_TRUE(fs::exists(directory_ / "runs/tiny-1"));
  EXPECT_FALSE(fs::exists(directory_ / "runs/tiny-2"));
}

TEST_F(CommandLine, AClosedTerminalIsARequestToStop) {
  const std::string train =
      "$lockstep train job.textproto --set training.epochs=1000000 --set early_stopping=none "
      "--set optimizer.schedule=none --set checkpointing.every_epochs=100000 --threads 1 ";
  const auto stopped = script(train +
                              "--run-dir run >out 2>err & pid=$!\n"
                              "await run/metrics.jsonl step; kill -HUP $pid; wait $pid");
  EXPECT_EQ(stopped.exit_code, 75) << stopped.err << file("err");
  EXPECT_TRUE(fs::exists(directory_ / "run/ckpt/latest"));
}

// The signal comes while the program has stopped itself.
TEST_F(CommandLine, NohupStaysInForce) {
  const auto result = script(
      "LOCKSTEP_FAULT='0 12 stop' nohup $faulty train job.textproto --threads 1 --run-dir run >out "
      "2>err & pid=$!\n"
      "await /proc/$pid/status '^State:.*stopped'; kill -HUP $pid; kill -CONT $pid; wait $pid");
  EXPECT_EQ(result.exit_code, 0) << result.err << file("err");
}

// The shell of `salloc -n 4`, where nothing was started by Slurm.
TEST_F(CommandLine, SerialCommandsRunInTheShellOfAnAllocation) {
  ASSERT_EQ(run("train job.textproto --run-dir run --set training.epochs=1").exit_code, 0);
  const std::string allocation = "export SLURM_JOB_ID=7 SLURM_NTASKS=4 SLURM_PROCID=0\n";
  for (const char* command : {"check job.textproto", "inspect run", "evaluate run --split train",
                              "predict run features"}) {
    EXPECT_EQ(script(allocation + "$lockstep " + command).exit_code, 0) << command;
  }
}

// Open MPI would make a folder below TMPDIR.
TEST_F(CommandLine, OneProcessNeedsNoFolderForTemporaryFiles) {
  const auto result = script("TMPDIR=/dev/null/none $lockstep check job.textproto");
  EXPECT_EQ(result.exit_code, 0) << result.err;
}

TEST_F(CommandLine, TasksOfAnotherMpiAreRefused) {
  const auto result = script("PMI_SIZE=2 PMI_RANK=0 $lockstep train job.textproto");
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_THAT(result.err, HasSubstr("MPI sees 1 rank, mpiexec started 2"));
}

// Results of an earlier end are removed.
TEST_F(CommandLine, ResultsOfAnEarlierEndGoWhenTheRunGoesOn) {
  ASSERT_EQ(run("train job.textproto --run-dir run --set training.epochs=2 "
                "--set optimizer.schedule=none --set early_stopping=none")
                .exit_code,
            0);
  for (const char* name : {"summary.json", "diagnosis.json", "diagnosis.txt"}) {
    ASSERT_TRUE(fs::exists(directory_ / "run" / name)) << name;
  }
  const auto killed = script(
      "$lockstep train job.textproto --run-dir run --resume auto --threads 1 "
      "--set training.epochs=1000000 --set optimizer.schedule=none --set early_stopping=none "
      "--set checkpointing.every_epochs=100000 >out 2>err & pid=$!\n"
      "await run/metrics.jsonl '\"step\":20,'; kill -KILL $pid; wait $pid");
  EXPECT_EQ(killed.exit_code, 137) << killed.err << file("err");
  for (const char* name : {"summary.json", "diagnosis.json", "diagnosis.txt"}) {
    EXPECT_FALSE(fs::exists(directory_ / "run" / name)) << name;
  }
  const auto diagnosed = run("diagnose run");
  EXPECT_THAT(diagnosed.err, HasSubstr("its run has not ended"));
}

}  // namespace
}  // namespace lockstep
