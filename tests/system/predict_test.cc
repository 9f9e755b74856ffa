// Predictions of a table's model: their columns, their formats, and where examples come from.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <string>

#include <fmt/format.h>

#include "system/things_fixture.h"

namespace lockstep {
namespace {

using testing::AllOf;
using testing::HasSubstr;

class Predict : public ThingsFixture {};

TEST_F(Predict, KeptColumnsStandInFrontAsTheyAreWritten) {
  train();
  EXPECT_EQ(printed("predict run new.csv --probabilities none"),
            "id,note,kind\n007,\"a, b\",small\n x,,large\n");
}

// As from cron. The next file that is opened would get the number of stdin, and be read in its
// place.
TEST_F(Predict, AClosedStdinIsEmpty) {
  train();
  expect_refused("predict run - <&-", 65, "/dev/stdin: expected a table, and nothing was written");
  expect_refused("evaluate run --data - <&-", 65, "nothing was written to it");
}

TEST_F(Predict, KeptColumnsAreNoFeatures) {
  EXPECT_THAT(run("check things.textproto").out, HasSubstr("; 3 features"));
  EXPECT_THAT(run("check things.textproto").out, HasSubstr("  1   id                       id\n"));
  EXPECT_THAT(run("check things.textproto").out,
              HasSubstr("  4   note                     kept\n"));
}

TEST_F(Predict, WithoutKeptColumnsExamplesAndLinesAreNumbered) {
  train(
      "--set 'data.train.csv.table.column[2].role=IGNORED' "
      "--set 'data.train.csv.table.column[3].role=IGNORED'");
  write("lines.csv", "size,color\n\n1,red\n8,\"green\"\n");
  EXPECT_EQ(printed("predict run lines.csv --probabilities none"),
            "example,line,kind\n0,3,small\n1,4,large\n");
}

TEST_F(Predict, AnIdMustBeThereAndAnotherKeptColumnMayBeAbsent) {
  train();
  write("no-id.csv", "size,color,note\n1,red,a\n");
  expect_refused("predict run no-id.csv", 65, "no column \"id\", which the training file has");
  write("no-note.csv", "size,color,id\n1,red,a\n");
  const auto result = run("predict run no-note.csv --probabilities none");
  EXPECT_EQ(result.out, "id,note,kind\na,,small\n");
  EXPECT_EQ(result.err, "no-note.csv: has no column \"note\", which is empty in the predictions\n");
}

TEST_F(Predict, ProbabilitiesAreAllTheMostProbableOrNone) {
  train();
  EXPECT_EQ(printed("predict run new.csv"),
            "id,note,kind,p_large,p_small\n"
            "007,\"a, b\",small,0.021188317,0.9788117\n"
            " x,,large,0.9805162,0.019483775\n");
  EXPECT_EQ(printed("predict run new.csv --top 2"),
            "id,note,kind,top1,p_top1,top2,p_top2\n"
            "007,\"a, b\",small,small,0.9788117,large,0.021188317\n"
            " x,,large,large,0.9805162,small,0.019483775\n");
  EXPECT_EQ(printed("predict run new.csv --probabilities top"),
            "id,note,kind,top1,p_top1\n"
            "007,\"a, b\",small,small,0.9788117\n"
            " x,,large,large,0.9805162\n");
}

TEST_F(Predict, FormatsHaveTheSameContent) {
  train();
  EXPECT_EQ(printed("predict run new.csv --format tsv"),
            "id\tnote\tkind\tp_large\tp_small\n"
            "007\ta, b\tsmall\t0.021188317\t0.9788117\n"
            " x\t\tlarge\t0.9805162\t0.019483775\n");
  EXPECT_EQ(printed("predict run new.csv --format jsonl"),
            R"({"id":"007","note":"a, b","kind":"small","p_large":0.021188317,"p_small":0.9788117}
{"id":" x","note":"","kind":"large","p_large":0.9805162,"p_small":0.019483775}
)");
  ASSERT_EQ(run("predict run new.csv --format npy --output table.npy").exit_code, 0);
  const std::string npy = file("table.npy");
  EXPECT_EQ(npy, printed("predict run new.csv --format npy"));
  ASSERT_EQ(npy.size(), 128U + 4 * sizeof(float));
  EXPECT_THAT(npy, HasSubstr("{'descr': '<f4', 'fortran_order': False, 'shape': (2, 2), }"));
  const auto read = run_program(
      fmt::format("/usr/bin/python3 -c \"import numpy; a = numpy.load('{}'); print(a.tolist())\"",
                  (directory_ / "table.npy").string()));
  EXPECT_EQ(read.out,
            "[[0.021188316866755486, 0.9788116812705994], "
            "[0.9805161952972412, 0.0194837749004364]]\n")
      << read.err;
}

TEST_F(Predict, TheThresholdIsTheLeastProbabilityOfTheSecondClass) {
  train();
  const std::string classes = "predict run new.csv --probabilities none --threshold ";
  EXPECT_EQ(printed(classes + "0"), "id,note,kind\n007,\"a, b\",small\n x,,small\n");
  EXPECT_EQ(printed(classes + "1"), "id,note,kind\n007,\"a, b\",large\n x,,large\n");
  EXPECT_EQ(printed(classes + "0.9788117"), "id,note,kind\n007,\"a, b\",small\n x,,large\n")
      << "a probability that is the threshold";
}

TEST_F(Predict, OptionsThatDoNotFitAreRefused) {
  train();
  const std::string command = "predict run new.csv ";
  expect_refused(command + "--top 3", 2, "--top 3: the model has 2 classes");
  expect_refused(command + "--top 0", 2, "--top");
  expect_refused(command + "--top 1 --probabilities all", 2,
                 "--top is for --probabilities top, and all is given; leave one out");
  expect_refused(command + "--top 1 --format npy", 2,
                 "--format npy holds numbers of one kind; say --probabilities all or none");
  expect_refused(command + "--format xml", 2, "--format");
  for (const char* threshold : {"nan", "-0.1", "1.1", "0.5x"}) {
    expect_refused(fmt::format("{} --threshold={}", command, threshold), 2,
                   "expected a probability, from 0 to 1");
  }
}

TEST_F(Predict, ValuesCarryTheNamesOfTheirTargets) {
  write("prices.csv", "x,price,rent\n1,2,3\n2,4,6\n3,6,9\n4,8,12\n");
  write("prices.textproto", R"(
    name: "prices"
    data { train { csv { file: "prices.csv" table {
      column { name: "price" role: LABEL } column { name: "rent" role: LABEL } } } } }
    network { output { units: 2 loss: SQUARED_ERROR initializer { kind: ZERO } } }
    optimizer { gradient_descent { learning_rate: 0.5 } }
    training { batch_size: 4 shards: 1 steps: 1 })");
  ASSERT_EQ(run("train prices.textproto --run-dir prices").exit_code, 0);
  EXPECT_THAT(run("predict prices prices.csv").out,
              testing::StartsWith("example,line,price,rent\n0,2,"));
  expect_refused("predict prices prices.csv --probabilities none", 2,
                 "--probabilities is for classes, and the model predicts values; leave it out");
  expect_refused("predict prices prices.csv --threshold 0.5", 2,
                 "--threshold is for classes, and the model predicts values; leave it out");
  ASSERT_EQ(run("export prices --onnx prices.onnx").exit_code, 0);
  EXPECT_THAT(file("prices.onnx"), HasSubstr("[\"price\",\"rent\"]"));
}

TEST_F(Predict, StdinAndPipesGiveWhatTheFileGives) {
  train();
  // Several blocks of rows at every number of ranks.
  std::string rows = "id,size,color,note\n";
  for (int i = 0; i < 1500; ++i) rows += row_of(i) + "\n";
  write("many.csv", rows);
  const std::string expected = printed("predict run many.csv --threads 1");
  EXPECT_EQ(std::ranges::count(expected, '\n'), 1501);
  EXPECT_EQ(printed("predict run many.csv --threads 3"), expected);
  EXPECT_EQ(printed("predict run - --threads 1 < many.csv"), expected);
  const auto compressed = run_program(fmt::format("cd {} && gzip -c many.csv | {} predict run -",
                                                  directory_.string(), LOCKSTEP_PROGRAM));
  EXPECT_EQ(compressed.out, expected) << compressed.err;
  const auto piped = run_program(fmt::format(
      "cd {} && mkfifo pipe && (cat many.csv > pipe &) && {} predict run pipe --output out.csv",
      directory_.string(), LOCKSTEP_PROGRAM));
  EXPECT_EQ(piped.exit_code, 0) << piped.err;
  EXPECT_EQ(file("out.csv"), expected);
}

// Each row is written when the answer to the one before has been read, and with it the beginning
// of the next one.
TEST_F(Predict, APipeThatPausesIsAnswered) {
  train();
  std::string rows;
  for (int i = 0; i < 5; ++i) rows += row_of(i) + "\n";
  write("rows.csv", rows);
  write("all.csv", "id,size,color,note\n" + rows);
  write("ask.sh", R"(
    mkfifo questions answers
    exec 3<>questions 4<>answers
    "$1" predict run questions > answers 3>&- 4>&- &
    answer() { read -t 60 -r line <&4 && echo "$line"; }
    printf 'id,size,color,note\n' >&3
    mapfile -t rows < rows.csv
    printf '%s' "${rows[0]:0:1}" >&3
    for ((i = 0; i < ${#rows[@]}; ++i)); do
      next=${rows[i + 1]}
      printf '%s\n%s' "${rows[i]:1}" "${next:0:1}" >&3
      ((i > 0)) || answer || exit 9  # the header
      answer || exit 9
    done
    exec 3>&-
    wait $!)");
  const auto asked =
      run_program(fmt::format("cd {} && bash ask.sh {}", directory_.string(), LOCKSTEP_PROGRAM));
  EXPECT_EQ(asked.exit_code, 0) << asked.err;
  EXPECT_EQ(asked.out, printed("predict run all.csv"));
}

TEST_F(Predict, APipeThatPausesStallsNoRank) {
  train();
  write("two.csv", "id,size,color,note,kind\n" + row_of(1) + ",small\n" + row_of(2) + ",large\n");
  for (const char* command : {"predict run -", "evaluate run --data -"}) {
    const std::string program =
        fmt::format("{} {} --threads 1 --progress-limit 6", LOCKSTEP_PROGRAM, command);
    const auto slow =
        run_program(fmt::format("cd {} && (head -n 2 two.csv; sleep 9; tail -n 1 two.csv) | {}",
                                directory_.string(), on_ranks(2, program)));
    EXPECT_EQ(slow.exit_code, 0) << slow.err;
    EXPECT_THAT(slow.err, testing::Not(HasSubstr("no rank has made progress")));
  }
}

TEST_F(Predict, ARowWithAnErrorEndsAPipeThatPauses) {
  train();
  const auto ended = run_program(fmt::format(
      "cd {} && mkfifo open && exec 3<>open && printf 'id,size,color,note\nx,y,red,z\n' >&3 && "
      "timeout 60 {} predict run open 3>&-",
      directory_.string(), LOCKSTEP_PROGRAM));
  EXPECT_EQ(ended.exit_code, 65) << ended.err;
  EXPECT_THAT(ended.err, HasSubstr("open:2:2: expected a number, found \"y\""));
}

TEST_F(Predict, StreamsMayLackAHeaderAndBeginWithAByteOrderMark) {
  write("plain.csv", "1,2,a\n2,1,b\n3,9,a\n4,0,b\n");
  write("plain.textproto", R"(
    name: "plain"
    data { train { csv { file: "plain.csv" header: false
                         table { column { index: 3 role: CLASS_NAME } } } } }
    network { output { units: 2 initializer { kind: ZERO } } }
    optimizer { gradient_descent { learning_rate: 0.5 } }
    training { batch_size: 4 shards: 2 steps: 10 })");
  ASSERT_EQ(run("train plain.textproto --run-dir plain").exit_code, 0);
  write("marked.csv", "\xEF\xBB\xBF\n1,9\n4,0\n");
  // Byte by byte.
  const auto slow = run_program(
      fmt::format("cd {} && python3 -c \"import os; [os.write(1, bytes([b])) for b in "
                  "open('marked.csv', 'rb').read()]\" | {} predict plain - --probabilities none",
                  directory_.string(), LOCKSTEP_PROGRAM));
  EXPECT_EQ(slow.out, "example,line,class\n0,2,a\n1,3,b\n") << slow.err;
  EXPECT_EQ(printed("predict plain - --probabilities none < marked.csv"),
            "example,line,class\n0,2,a\n1,3,b\n");
}

TEST_F(Predict, ErrorsOfAStreamAreThoseOfTheFile) {
  train();
  std::string rows = "id,size,color,note\n";
  for (int i = 0; i < 1500; ++i) rows += row_of(i) + "\n";
  rows += "a,b,blue,c\nd,1,red\n";
  write("wrong.csv", rows);
  for (const int ranks : {1, 2}) {
    const auto result = run("predict run - --output out.csv < wrong.csv", ranks);
    EXPECT_EQ(result.exit_code, 65);
    EXPECT_THAT(result.err, HasSubstr("/dev/stdin:1502:2: expected a number, found \"b\""));
    EXPECT_THAT(result.err, HasSubstr("/dev/stdin:1502:3: a category that the training file does "
                                      "not have, \"blue\""));
    EXPECT_THAT(result.err, HasSubstr("/dev/stdin:1503: expected 4 fields, found 3"));
    EXPECT_FALSE(std::filesystem::exists(directory_ / "out.csv"));
  }
  write("empty.csv", "id,size,color,note\n");
  expect_refused("predict run - < empty.csv", 65, "/dev/stdin: has a header and no rows");
}

TEST_F(Predict, UnknownAndMissingInputsAreReplacedOnRequestAndCounted) {
  train();
  write("gaps.csv", "id,size,color,note\na,,blue,\nb,1,,\nc,,green,\n");
  expect_refused("predict run gaps.csv", 65, "say --when-missing training_mean");
  expect_refused("predict run gaps.csv --when-missing training_mean", 65,
                 "--unknown-category all_zero would encode it as zeros");
  const std::string both =
      "predict run gaps.csv --when-missing training_mean --unknown-category all_zero";
  const auto result = run(both);
  EXPECT_EQ(printed(both + " --probabilities none"),
            "id,note,kind\na,,large\nb,,small\nc,,large\n");
  EXPECT_EQ(result.err,
            "gaps.csv: 2 values of column \"size\" are missing; the training mean takes their "
            "place\n"
            "gaps.csv: 1 value of column \"color\" is missing; the training mean takes its place\n"
            "gaps.csv: 1 value of column \"color\" is a category that the training file does not "
            "have; all features of the column are 0 there\n");
}

// The training rows have a median size of 4,5, and as many green as red ones.
TEST_F(Predict, MissingInputsTakeWhatTheModelHasStored) {
  std::string rows = "size;grade;color;kind\n";
  for (int i = 0; i < 40; ++i) {
    rows += fmt::format("{};{};{};{}\n", i % 9 == 0 ? "" : fmt::format("{},5", i % 10),
                        i % 3 == 0   ? "low"
                        : i % 3 == 1 ? "middle"
                                     : "high",
                        i == 7       ? "old"
                        : i == 22    ? "odd"
                        : i % 2 == 0 ? "red"
                                     : "green",
                        i % 10 < 5 ? "small" : "large");
  }
  write("gaps.csv", rows);
  write("gaps.textproto", R"(
    name: "gaps"
    data { train { csv { file: "gaps.csv" delimiter: ";" table {
      column { name: "kind" role: CLASS_NAME }
      column { name: "color" role: CATEGORY when_missing: TRAINING_MOST_FREQUENT }
      column { name: "grade" role: ORDINAL
        order { text: "low" } order { text: "middle" } order { text: "high" } }
      column { name: "size" role: NUMBER }
      decimal_comma: true when_missing: TRAINING_MEDIAN min_category_count: 2 } } } }
    network { output { units: 2 } }
    optimizer { adam { learning_rate: 0.1 } }
    training { batch_size: 40 shards: 2 steps: 20 })");
  EXPECT_THAT(run("check gaps.textproto").out,
              AllOf(HasSubstr("; 5 features"),
                    HasSubstr("ordinal    from 0: \"low\", \"middle\", \"high\"\n"),
                    HasSubstr("3 features: \"green\", \"red\", and the rare ones as one\n")));
  ASSERT_EQ(run("train gaps.textproto --run-dir gaps").exit_code, 0);
  write("holes.csv", "size;grade;color\n;middle;old\n1,5;;green\n1,5;middle;\n");
  write("filled.csv", "size;grade;color\n4,5;middle;new\n1,5;middle;green\n1,5;middle;green\n");
  EXPECT_EQ(printed("predict gaps holes.csv"), printed("predict gaps filled.csv"));
  EXPECT_EQ(
      run("predict gaps holes.csv").err,
      "holes.csv: 1 value of column \"size\" is missing; the training median takes its place\n"
      "holes.csv: 1 value of column \"grade\" is missing; the training median takes its place\n"
      "holes.csv: 1 value of column \"color\" is missing; the most frequent training value "
      "takes its place\n"
      "holes.csv: 1 value of column \"color\" is a rare category or a new one, as one "
      "feature\n");
  expect_refused("predict gaps holes.csv --when-missing refuse", 65, "holes.csv:2:1: a value is");
  expect_refused("predict gaps holes.csv --when-missing training_mean", 2,
                 "column \"size\" was filled with another value than the mean");
  write("wrong.csv", "size;grade;color\n1.5;huge;red\n");
  expect_refused("predict gaps wrong.csv", 65,
                 "wrong.csv:2:2: expected a text of the column's order");

  // With an indicator, a missing value is another thing than a usual one.
  ASSERT_EQ(run("train gaps.textproto --run-dir told --set "
                "data.train.csv.table.column[3].missing_indicator=true")
                .exit_code,
            0);
  EXPECT_THAT(run("inspect told").out,
              HasSubstr("missing values become values of the training set"));
  EXPECT_NE(printed("predict told holes.csv"), printed("predict told filled.csv"));
}

TEST_F(Predict, WhatTheTrainingAllowedMayBeRefused) {
  train(
      "--set data.train.csv.table.when_missing=TRAINING_MEAN "
      "--set data.train.csv.table.unknown_category=ALL_ZERO");
  write("gaps.csv", "id,size,color,note\na,,blue,\n");
  EXPECT_EQ(run("predict run gaps.csv").exit_code, 0);
  expect_refused("predict run gaps.csv --when-missing refuse", 65,
                 "gaps.csv:2:2: a value is missing");
  expect_refused("predict run gaps.csv --unknown-category error", 65, "gaps.csv:2:3: a category");
}

TEST_F(Predict, AMeanThatTheModelDoesNotKeepIsRefused) {
  train("--set 'data.normalization={scale {divisor: 2}}'");
  expect_refused("predict run new.csv --when-missing training_mean", 2,
                 "which this model does not keep; train it with when_missing: TRAINING_MEAN");
}

TEST_F(Predict, NewColumnsAreRefusedOnRequest) {
  train();
  write("more.csv", "id,size,color,note,shop\na,1,red,,x\n");
  const auto result = run("predict run more.csv");
  EXPECT_EQ(result.exit_code, 0);
  EXPECT_EQ(result.err, "more.csv: left out, not in the training file: \"shop\"\n");
  expect_refused("predict run more.csv --refuse-new-columns", 65,
                 "more.csv: not in the training file: \"shop\"; remove them, or leave out "
                 "--refuse-new-columns");
}

TEST_F(Predict, OptionsOfTablesAreRefusedForOtherFormats) {
  ASSERT_EQ(run("train job.textproto --run-dir tiny --set training.epochs=1").exit_code, 0);
  for (const char* option :
       {"--when-missing refuse", "--unknown-category error", "--refuse-new-columns"}) {
    expect_refused(fmt::format("predict tiny features {}", option), 2,
                   "are for tables, and the model was not trained on one; leave them out");
  }
  expect_refused("predict tiny features --threshold 0.5", 2,
                 "--threshold is for two classes, and the model has 3");
  const auto piped = run_program(fmt::format("cd {} && cat features | {} predict tiny -",
                                             directory_.string(), LOCKSTEP_PROGRAM));
  EXPECT_EQ(piped.exit_code, 66);
  EXPECT_THAT(piped.err, HasSubstr("/dev/stdin: expected a file, found a pipe or device"));
}

TEST_F(Predict, TwoColumnsOfTheSameNameAreRefused) {
  train("--set 'data.train.csv.table.column[2].role=IGNORED'");
  std::string rows = "p_small,size,kind\n";
  for (int i = 0; i < 10; ++i) rows += fmt::format("{},{},{}\n", i, i, i < 5 ? "small" : "large");
  write("things.csv", rows);
  write("things.textproto", R"(
    name: "things"
    data { train { csv { file: "things.csv" table {
      column { name: "kind" role: CLASS_NAME } column { name: "p_small" role: KEPT } } } } }
    network { output { units: 2 } }
    optimizer { adam {} }
    training { batch_size: 10 shards: 1 steps: 1 })");
  const std::string message =
      "two columns of the predictions would have the name \"p_small\": the kept column \"p_small\" "
      "and the probability of small; rename a column in the training file, or give it another role";
  expect_refused("check things.textproto", 65, message);
  expect_refused("train things.textproto --run-dir twice", 65, message);
}

TEST_F(Predict, ALabelCalledAsTheNumbersOfExamplesIsRefused) {
  write("numbers.csv", "size,line\n1,2\n3,4\n5,6\n7,8\n");
  write("numbers.textproto", R"(
    name: "numbers"
    data { train { csv { file: "numbers.csv" table { column { name: "line" role: LABEL } } } } }
    network { output { units: 1 loss: SQUARED_ERROR } }
    optimizer { adam {} }
    training { batch_size: 4 shards: 1 steps: 1 })");
  expect_refused("check numbers.textproto", 65,
                 "the name \"line\": the line in the file and the predicted value of unit 0");
}

TEST_F(Predict, TheDirectoryOfASweepOrRecipeStandsForItsWinner) {
  write("sweep.textproto", R"(
    name: "sweep" job: "things.textproto"
    set: "data.split={dev {count: 10}}" set: "data.max_copied_share=1" grid {}
    parameter { name: "rate" path: "optimizer.adam.learning_rate" numbers { value: [0.000001, 0.1] } }
    metric: DEV_COST none {})");
  const auto swept = run("sweep sweep.textproto --run-dir swept");
  ASSERT_EQ(swept.exit_code, 0) << swept.err;
  EXPECT_EQ(printed("predict swept new.csv"), run("predict swept/trials/0001 new.csv").out);
  EXPECT_NE(run("predict swept new.csv").out, run("predict swept/trials/0000 new.csv").out);
  EXPECT_EQ(run("evaluate swept").out, run("evaluate swept/trials/0001").out);
  EXPECT_EQ(printed("evaluate swept --data things.csv"),
            run("evaluate swept/trials/0001 --data things.csv").out);
  const auto followed = run(
      "recipe things.textproto --runs 1 --run-dir followed --set 'data.split={dev {count: 10}}' "
      "--set data.max_copied_share=1");
  ASSERT_EQ(followed.exit_code, 0) << followed.err;
  EXPECT_EQ(printed("predict followed new.csv"), run("predict followed/run-01 new.csv").out);
  std::filesystem::remove(directory_ / "swept/sweep.json");
  expect_refused("predict swept new.csv", 66, "the sweep in swept has no winner yet");
}

TEST_F(Predict, TheOutputIsNotTheInput) {
  train();
  const std::string before = file("new.csv");
  expect_refused("predict run new.csv --output ./new.csv", 2, "is the file to predict");
  EXPECT_EQ(file("new.csv"), before);
}

}  // namespace
}  // namespace lockstep
