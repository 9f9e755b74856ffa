// Exported NPZ files: NumPy computes from them what the program predicts.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include <fmt/format.h>

#include "nn/activations.h"
#include "system/things_fixture.h"

namespace lockstep {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

class ExportNpz : public ThingsFixture {};

TEST_F(ExportNpz, HasAllThatPredictUses) {
  train();
  write("make.py", R"(import csv, numpy
rows = list(csv.DictReader(open("things.csv")))
numpy.save("things.npy", numpy.array(
    [[float(row["size"]), row["color"] == "green", row["color"] == "red"] for row in rows], "f4"))
)");
  const auto check = [&](const std::string& model, const std::string& features) {
    return run_program(fmt::format("cd {} && {} {} {} predictions.npy", directory_.string(),
                                   LOCKSTEP_CHECK_NPZ, model, features));
  };
  ASSERT_EQ(
      run_program(fmt::format("cd {} && /usr/bin/python3 make.py", directory_.string())).exit_code,
      0);
  ASSERT_EQ(run("predict run things.csv --format npy --output predictions.npy").exit_code, 0);
  EXPECT_THAT(printed("export run --npz things.npz"), StartsWith("things.npz: 8 parameters, "));
  const std::string bytes = file("things.npz");
  const auto table = check("things.npz", "things.npy");
  EXPECT_EQ(
      table.out,
      "40 rows agree: {'features': ['size', 'color=green', 'color=red'], 'labels': ['kind'], "
      "'classes': ['large', 'small'], 'outputs': ['p_large', 'p_small'], 'job': ['things']}\n")
      << table.err;
  ASSERT_EQ(run("export run --npz things.npz").exit_code, 0);
  EXPECT_EQ(file("things.npz"), bytes);

  ASSERT_EQ(
      run("train things.textproto --run-dir robust --set data.normalization.robust={}").exit_code,
      0);
  ASSERT_EQ(run("predict robust things.csv --format npy --output predictions.npy").exit_code, 0);
  ASSERT_EQ(run("export robust --npz robust.npz").exit_code, 0);
  const auto clipped = check("robust.npz", "things.npy");
  EXPECT_THAT(clipped.out, StartsWith("40 rows agree")) << clipped.err;
}

TEST_F(ExportNpz, HasEveryActivationAndLoss) {
  std::string layers;
  for (const ActivationFacts& facts : kActivations) {
    layers += fmt::format("layer {{ units: 4 activation: {} }} ", facts.name);
  }
  std::string rows = "a,b,first,second\n";
  std::string values;
  for (int i = 0; i < 40; ++i) {
    rows += fmt::format("{},{},{},{}\n", i % 7 == 3 ? "" : std::to_string(i % 7), i % 5, i % 2,
                        i / 2 % 2);
    values += fmt::format("[{}, {}], ", i % 7 == 3 ? "numpy.nan" : std::to_string(i % 7), i % 5);
  }
  write("two.csv", rows);
  write("make.py",
        fmt::format("import numpy\nnumpy.save('two.npy', numpy.array([{}], 'f4'))\n", values));
  ASSERT_EQ(
      run_program(fmt::format("cd {} && /usr/bin/python3 make.py", directory_.string())).exit_code,
      0);
  for (const char* loss : {"LOGISTIC", "SQUARED_ERROR"}) {
    write("two.textproto", fmt::format(R"(
      name: "two"
      data {{ train {{ csv {{ file: "two.csv" table {{ when_missing: TRAINING_MEAN
        column {{ name: "first" role: LABEL }} column {{ name: "second" role: LABEL }} }} }} }}
        normalization {{ standardize {{ per: FEATURE }} }} }}
      network {{ {} output {{ units: 2 loss: {} }} }}
      optimizer {{ adam {{}} }}
      training {{ batch_size: 40 shards: 2 steps: 30 }})",
                                       layers, loss));
    const std::string name = fmt::format("two-{}", loss);
    ASSERT_EQ(run("train two.textproto --run-dir " + name).exit_code, 0);
    ASSERT_EQ(run(fmt::format("predict {} two.csv --format npy --output two-predicted.npy", name))
                  .exit_code,
              0);
    ASSERT_EQ(run(fmt::format("export {} --npz two.npz", name)).exit_code, 0);
    const auto checked = run_program(fmt::format("cd {} && {} two.npz two.npy two-predicted.npy",
                                                 directory_.string(), LOCKSTEP_CHECK_NPZ));
    EXPECT_THAT(checked.out, StartsWith("40 rows agree: {'features': ['a', 'b'], ")) << checked.err;
    EXPECT_THAT(checked.out, HasSubstr("'labels': ['first', 'second']"));
  }
}

TEST_F(ExportNpz, WritesOneFile) {
  expect_refused("export run", 2, "name the file to write: --onnx FILE or --npz FILE");
  expect_refused("export run --onnx a --npz b", 2, "--onnx excludes --npz");
}

}  // namespace
}  // namespace lockstep
