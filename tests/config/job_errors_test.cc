// What a user is told about a job that cannot be used.

#include <algorithm>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "job_text.h"
#include "nn/activations.h"
#include "support/optimizers.h"

namespace lockstep {
namespace {

TEST(JobErrors, TheSmallJobHasNone) { EXPECT_EQ(problems_of(kSmallJob), ""); }

TEST(JobErrors, ComeAllAtOnceInTheOrderOfTheFile) {
  EXPECT_EQ(problems_of(R"(nam: "x"
data {
  train { idx { features: "x" } }
  dve { }
}
network {
  layer { units: 0 activation: RELUU }
  layer { units: "many" keep_prob: 1.5 }
}
optimizer {
  adam { lerning_rate: 0.1 beta1: 1 beta1: 0.9 }
  momentum { }
}
training { batch_size: 100 epochs: 0 shards: 8 }
early_stopping { }
)"),
            R"(job.textproto:1:1: no field "nam" in the job; did you mean "name"?
job.textproto:3:11: data.train.idx.labels is missing; expected the path of an IDX file
job.textproto:4:3: no field "dve" in data; did you mean "dev"?
job.textproto:6:1: network.output is missing; expected the output layer
job.textproto:7:11: network.layer[0].units is 0; expected at least 1
job.textproto:7:20: network.layer[0].activation is RELUU; did you mean RELU? expected one of )" +
                fmt::format("{}", fmt::join(all_enum_names<Activation>(), ", ")) + R"(
job.textproto:8:11: network.layer[1].units is "many"; expected a whole number from 1 to 4294967295
job.textproto:8:25: network.layer[1].keep_prob is 1.5; expected a probability above 0 and at most 1
job.textproto:11:10: no field "lerning_rate" in optimizer.adam; did you mean "learning_rate"?
job.textproto:11:28: optimizer.adam.beta1 is 1; expected a number from 0 to below 1
job.textproto:11:37: optimizer.adam.beta1 is given again (first at line 11); remove one
job.textproto:12:3: optimizer.momentum excludes optimizer.adam (given at line 11); remove one
job.textproto:14:12: training.batch_size 100 is not divisible by training.shards 8; the nearest valid sizes are 96 and 104
job.textproto:14:28: training.epochs is 0; expected at least 1)");
}

TEST(JobErrors, MissingPartsAreNamedWhereTheyBelong) {
  EXPECT_EQ(
      problems_of("seed: 1"),
      R"(job.textproto:1:1: name is missing; expected a name for the run, such as "fashion-mlp"
job.textproto:1:1: data.train is missing; expected the training examples
job.textproto:1:1: network is missing; expected layers and an output
job.textproto:1:1: optimizer is missing; expected a kind of optimizer, such as adam { }
job.textproto:1:1: training has no batch; expected one of batch_size, full_batch
job.textproto:1:1: training has no length; expected one of epochs, steps)");
}

// A change to the small job, and the one line that it leads to.
struct JobErrorCase {
  std::string from;
  std::string to;
  std::string line;  // without "job.textproto:"
};

void expect_lines(const std::vector<JobErrorCase>& cases) {
  for (const JobErrorCase& c : cases) {
    const std::string expected = c.line.empty() ? "" : "job.textproto:" + c.line;
    EXPECT_EQ(problems_of(with(kSmallJob, c.from, c.to)), expected) << c.to;
  }
}

TEST(JobErrors, Names) {
  expect_lines({
      {"\"small\"", "\"\"",
       "1:1: name is \"\"; expected a name for the run, such as \"fashion-mlp\""},
      {"\"small\"", "\"a/b\"", "1:1: name is \"a/b\"; expected letters, digits, '-', '_' and '.'"},
      {"\"small\"", "small", "1:1: name is small; expected a string in quotes"},
      {"\"small\"", "\"A-z_0.9\"", ""},
  });
}

TEST(JobErrors, Data) {
  const std::string idx = "idx { features: \"x.gz\" labels: \"y.gz\" }";
  expect_lines({
      {idx, "",
       "3:3: data.train has no format; expected one of idx, csv, libsvm, npy, cifar, synthetic"},
      {idx, "idx { labels: \"\" features: \"x\" }",
       "3:17: data.train.idx.labels is \"\"; expected the path of an IDX file"},
      {idx, "idx: 5", "3:11: data.train.idx is 5; expected { ... }"},
      {idx, "idxx { }", "3:11: no field \"idxx\" in data.train; did you mean \"idx\"?"},
      {idx, "parquet { }",
       "3:11: no field \"parquet\" in data.train; its fields: idx, csv, libsvm, npy, cifar, "
       "synthetic, label_coding, corruption"},
      {"data {", "data { dev { }",
       "2:8: data.dev has no format; expected one of idx, csv, libsvm, npy, cifar, synthetic"},
      {idx, idx + " corruption { }",
       "3:51: data.train.corruption.gaussian_noise is missing; expected a standard deviation"},
      {idx, idx + " corruption { gaussian_noise: 0 }",
       "3:64: data.train.corruption.gaussian_noise is 0; expected a finite number above 0"},
      {idx, idx + " corruption { gaussian_noise: 3 }", ""},
      {"data {", "data { normalization { scale { divisor: 0 } }",
       "2:32: data.normalization.scale.divisor is 0; expected a finite number other than 0"},
      {"data {", "data { normalization { scale { } none { } }",
       "2:34: data.normalization.none excludes data.normalization.scale (given at line 2); remove "
       "one"},
  });
}

TEST(JobErrors, Images) {
  const auto line = [](const std::string& image, const std::string& problem) {
    return JobErrorCase{"data {", "data {\nimage { " + image + " }",
                        problem.empty() ? "" : "3:" + problem};
  };
  expect_lines({
      line("height: 28 width: 28", ""),
      line("channels: 3 height: 32 width: 32", ""),
      line("width: 28", "1: data.image.height is missing; expected the pixels in a column"),
      line("height: 28", "1: data.image.width is missing; expected the pixels in a row"),
      line("channels: 0 height: 0 width: 0",
           "9: data.image.channels is 0; expected at least 1\n"
           "job.textproto:3:21: data.image.height is 0; expected at least 1\n"
           "job.textproto:3:31: data.image.width is 0; expected at least 1"),
      line("height: 28 widht: 28", "20: no field \"widht\" in data.image; did you mean \"width\"?"),
  });
}

TEST(JobErrors, Augmentation) {
  // `transforms` on a line of their own, and the problem in that line.
  const auto line = [](const std::string& transforms, const std::string& problem) {
    return JobErrorCase{"data {", "data { augmentation {\n" + transforms + " }",
                        problem.empty() ? "" : "3:" + problem};
  };
  const std::string a = "data.augmentation.";
  const std::string share = "; expected a number above 0 and at most 1";
  expect_lines({
      line("horizontal_flip { } crop { } zoom { } rotation { } shift { } elastic { } brightness { "
           "} contrast { } erasing { }",
           ""),
      {"data {", "data { augmentation { }",
       "2:8: data.augmentation has no transform; expected some of horizontal_flip, crop, zoom, "
       "rotation, shift, elastic, brightness, contrast, erasing"},
      line("rotaton { }",
           "1: no field \"rotaton\" in data.augmentation; did you mean \"rotation\"?"),
      line("shift { degrees: 3 }",
           "9: no field \"degrees\" in data.augmentation.shift; its fields: probability, "
           "horizontal, vertical"),
      line("shift { horizontal: -1 }", "9: " + a +
                                           "shift.horizontal is -1; expected a whole number from "
                                           "0 to 4294967295"),
      line("shift { } border: EDGE",
           "11: " + a + "border is EDGE; expected one of CONSTANT, NEAREST"),
      line("shift { } border_value: inf", "11: " + a +
                                              "border_value is inf; expected a finite "
                                              "number"),
      line("horizontal_flip { probability: 1.5 }",
           "19: " + a + "horizontal_flip.probability is 1.5; expected a probability from 0 to 1"),
      line("erasing { probability: nan }",
           "11: " + a + "erasing.probability is nan; expected a probability from 0 to 1"),
      line("crop { min_side: 0 }", "8: " + a + "crop.min_side is 0" + share),
      line("crop { max_side: 1.1 }", "8: " + a + "crop.max_side is 1.1" + share),
      line("crop { min_side: 0.9 max_side: 0.5 }",
           "22: " + a +
               "crop.max_side is 0.5; expected at least data.augmentation.crop.min_side, "
               "which is 0.9"),
      line("zoom { min_factor: -1 }",
           "8: " + a + "zoom.min_factor is -1; expected a finite number above 0"),
      line("zoom { max_factor: 0.5 }", "8: " + a +
                                           "zoom.max_factor is 0.5; expected at least "
                                           "data.augmentation.zoom.min_factor, which is 0.9"),
      line("zoom { max_factor: inf }",
           "8: " + a + "zoom.max_factor is inf; expected a finite number above 0"),
      line("rotation { degrees: 181 }",
           "12: " + a + "rotation.degrees is 181; expected a number from 0 to 180"),
      line("elastic { alpha: -1 }",
           "11: " + a + "elastic.alpha is -1; expected a finite number, 0 or more"),
      line("elastic { sigma: 0.4 }",
           "11: " + a + "elastic.sigma is 0.4; expected a finite number of pixels, 0.5 or more"),
      line("brightness { max_change: 2 }",
           "14: " + a + "brightness.max_change is 2; expected a number from 0 to 1"),
      line("contrast { max_change: -0.1 }",
           "12: " + a + "contrast.max_change is -0.1; expected a number from 0 to 1"),
      line("erasing { min_area: 0 }", "11: " + a + "erasing.min_area is 0" + share),
      line("erasing { max_area: 0.01 }", "11: " + a +
                                             "erasing.max_area is 0.01; expected at least "
                                             "data.augmentation.erasing.min_area, which is 0.02"),
      line("erasing { max_aspect: 0.5 }",
           "11: " + a + "erasing.max_aspect is 0.5; expected a finite number, 1 or more"),
      line("erasing { value: nan }", "11: " + a + "erasing.value is nan; expected a finite number"),
      line("shift { } value_range { low: 0 }",
           "11: " + a + "value_range.high is missing; expected the value of white"),
      line("shift { } value_range { low: 1 high: 1 }",
           "32: " + a +
               "value_range.high is 1; expected above "
               "data.augmentation.value_range.low, which is 1"),
      line("shift { } value_range { low: 0 high: inf }",
           "32: " + a + "value_range.high is inf; expected a finite number"),
  });
}

TEST(JobErrors, Network) {
  expect_lines({
      {"layer { units: 16 }", "layer { }",
       "6:3: network.layer[0].units is missing; expected the width of the layer"},
      {"layer { units: 16 }", "layer { units: 16 keep_prob: 0 }",
       "6:21: network.layer[0].keep_prob is 0; expected a probability above 0 and at most 1"},
      {"layer { units: 16 }", "layer { units: 16 keep_prob: nan }",
       "6:21: network.layer[0].keep_prob is nan; expected a probability above 0 and at most 1"},
      {"layer { units: 16 }", "input_keep_prob: -0.5",
       "6:3: network.input_keep_prob is -0.5; expected a probability above 0 and at most 1"},
      {"layer { units: 16 }", "layer { units: 16 initializer { multiplier: -1 } }",
       "6:35: network.layer[0].initializer.multiplier is -1; expected a finite number, 0 or more"},
      {"layer { units: 16 }", "layer: [{ units: 1 }, 5]",
       "6:25: network.layer[1] is 5; expected { ... }"},
      {"layer { units: 16 }", "layer { units: -3 }",
       "6:11: network.layer[0].units is -3; expected a whole number from 1 to 4294967295"},
      {"layer { units: 16 }", "layer { units: 4294967296 }",
       "6:11: network.layer[0].units is 4294967296; expected a whole number from 1 to 4294967295"},
      {"layer { units: 16 }", "layer { units: 1.5 }",
       "6:11: network.layer[0].units is 1.5; expected a whole number from 1 to 4294967295"},
      {"layer { units: 16 }", "layer { units: [1, 2] }",
       "6:11: network.layer[0].units takes one value, not a list"},
      {"layer { units: 16 }", "layer { unit: 16 }",
       "6:11: no field \"unit\" in network.layer[0]; did you mean \"units\"?"},
      {"layer { units: 16 }", "layer { unit: 16 units: 16 }",
       "6:11: no field \"unit\" in network.layer[0]; did you mean \"units\"?"},
      {"output { units: 10 }", "output { }",
       "7:3: network.output.units is missing; expected the number of classes or values"},
      {"output { units: 10 }", "output { units: 1 }",
       "7:12: network.output.units is 1; expected at least 2 classes for SOFTMAX_CROSS_ENTROPY "
       "(LOGISTIC takes 1 unit)"},
      {"output { units: 10 }", "output { units: 0 loss: LOGISTIC }",
       "7:12: network.output.units is 0; expected at least 1"},
      {"output { units: 10 }", "output { units: 1 loss: LOGISTIC }", ""},
      // Nothing is concluded from the default that stands in for an unreadable loss.
      {"output { units: 10 }", "output { units: 1 loss: MSE }",
       "7:21: network.output.loss is MSE; expected one of SOFTMAX_CROSS_ENTROPY, LOGISTIC, "
       "SQUARED_ERROR, ABSOLUTE_ERROR, HUBER"},
      {"output { units: 10 }", "output { units: 2 initializer { multiplier: inf } }",
       "7:35: network.output.initializer.multiplier is inf; expected a finite number, 0 or more"},
  });
}

TEST(JobErrors, Optimizers) {
  const std::string rate = "; expected a finite number above 0";
  const std::string huge(400, '9');
  const std::string decay = "; expected a number from 0 to below 1";
  const std::string at = "10:";
  const std::string kinds = fmt::format("{}", fmt::join(optimizer_names(), ", "));
  expect_lines({
      {"adam { }", "", "9:1: optimizer has no kind; expected one of " + kinds},
      {"adam { }", "adm { }", at + "3: no field \"adm\" in optimizer; did you mean \"adam\"?"},
      // One message for one fault: what is not known may stand for the missing kind.
      {"adam { }", "learning_rate: 1",
       at + "3: no field \"learning_rate\" in optimizer; its fields: " + kinds +
           ", schedule, clipping"},
      {"adam { }", "adam { learning_rate: 0 }",
       at + "10: optimizer.adam.learning_rate is 0" + rate},
      {"adam { }", "adam { learning_rate: nan }",
       at + "10: optimizer.adam.learning_rate is nan" + rate},
      {"adam { }", "adam { learning_rate: -1e400 }",
       at + "10: optimizer.adam.learning_rate is -1e400" + rate},
      {"adam { }", fmt::format("adam {{ learning_rate: {} }}", huge),
       fmt::format("{}10: optimizer.adam.learning_rate is {}...{}", at, huge.substr(0, 60), rate)},
      {"adam { }", "adam { learning_rate: 0.1e-400 }",
       at + "10: optimizer.adam.learning_rate is 0.1e-400" + rate},
      {"adam { }", "adam { learning_rate: 0x1 }",
       at + "10: optimizer.adam.learning_rate is 0x1; expected a decimal number"},
      {"adam { }", "adam { learning_rate: fast }",
       at + "10: optimizer.adam.learning_rate is fast" + rate},
      {"adam { }", "adam { beta2: 1.5 }", at + "10: optimizer.adam.beta2 is 1.5" + decay},
      {"adam { }", "adam { epsilon: 0 }", at + "10: optimizer.adam.epsilon is 0" + rate},
      {"adam { }", "gradient_descent { learning_rate: inf }",
       at + "22: optimizer.gradient_descent.learning_rate is inf" + rate},
      {"adam { }", "momentum { learning_rate: -1 beta: -0.1 }",
       at + "14: optimizer.momentum.learning_rate is -1" + rate +
           "\njob.textproto:10:32: optimizer.momentum.beta is -0.1" + decay},
      {"adam { }", "nesterov { learning_rate: 0 beta: 1 }",
       at + "14: optimizer.nesterov.learning_rate is 0" + rate +
           "\njob.textproto:10:31: optimizer.nesterov.beta is 1" + decay},
      {"adam { }", "rmsprop { learning_rate: 0 beta: nan epsilon: -1 }",
       at + "13: optimizer.rmsprop.learning_rate is 0" + rate +
           "\njob.textproto:10:30: optimizer.rmsprop.beta is nan" + decay +
           "\njob.textproto:10:40: optimizer.rmsprop.epsilon is -1" + rate},
  });
}

// What would be 0 or infinite in float is refused, field by field.
TEST(JobErrors, NumbersThatFloatDoesNotHave) {
  const std::string zero = "which is 0 in float; expected a number from 1.2e-38 to 3.4e+38";
  const std::string infinite =
      "which is infinite in float; expected a number from 1.2e-38 to 3.4e+38";
  const std::string small =
      "which is too small for a normal float; expected a number from 1.2e-38 to 3.4e+38";
  const std::string idx = "idx { features: \"x.gz\" labels: \"y.gz\" }";
  const std::string dropout =
      "1, or a probability that rounds to a multiple of 1/65536 from 1/65536 to 65535/65536";
  const auto or_zero = [](std::string text) {
    return text.replace(text.find("expected "), 9, "expected 0, or ");
  };
  expect_lines({
      {"adam { }", "adam { learning_rate: 1e-50 }",
       "10:10: optimizer.adam.learning_rate is 1e-50, " + zero},
      {"adam { }", "adam { epsilon: 1e-40 }", "10:10: optimizer.adam.epsilon is 1e-40, " + small},
      {"adam { }", "adam { epsilon: 1.2e-38 }", ""},
      {"adam { }", "rmsprop { epsilon: 1e39 }",
       "10:13: optimizer.rmsprop.epsilon is 1e+39, " + infinite},
      {"adam { }", "adam { beta1: 0.999999999 }",
       "10:10: optimizer.adam.beta1 is 0.999999999, which is 1 in float; expected at most "
       "0.99999997"},
      {"adam { }", "adam { beta2: 0.9999999 }", ""},
      {"adam { }", "momentum { beta: 1e-50 }",
       "10:14: optimizer.momentum.beta is 1e-50, which is 0 in float; expected 0, or a number "
       "from 1.2e-38 to below 1"},
      {"adam { }", "adam { } clipping { max_norm: 1e-300 }",
       "10:23: optimizer.clipping.max_norm is 1e-300, which is 0 in float; expected a number from "
       "1.2e-38 to 1e+18"},
      {"data {", "data { augmentation { shift { } border_value: -1e-40 }",
       "2:33: data.augmentation.border_value is -1e-40, which is too small for a normal float; "
       "expected 0, or a magnitude from 1.2e-38 to 3.4e+38"},
      {"adam { }", "adam { } schedule { step { factor: 1e-46 } }",
       "10:30: optimizer.schedule.step.factor is 1e-46, " + zero},
      {"adam { }", "adam { } schedule { exponential { factor_per_epoch: 1e300 } }",
       "10:37: optimizer.schedule.exponential.factor_per_epoch is 1e+300, " + infinite},
      {"data {", "data { normalization { scale { divisor: 1e-39 } }",
       "2:32: data.normalization.scale.divisor is 1e-39, whose inverse is beyond the range of "
       "float; "
       "expected a magnitude from 2.94e-39 to 8.5e+37"},
      {"data {", "data { normalization { scale { divisor: -1e38 } }",
       "2:32: data.normalization.scale.divisor is -1e+38, whose inverse is beyond the range of "
       "float; "
       "expected a magnitude from 2.94e-39 to 8.5e+37"},
      {idx, "synthetic { examples: 9 blobs { distance: 1e39 } }",
       "3:43: data.train.synthetic.blobs.distance is 1e+39, " + or_zero(infinite)},
      {idx, "synthetic { examples: 9 two_spirals { noise: 1e39 } }",
       "3:49: data.train.synthetic.two_spirals.noise is 1e+39, " + or_zero(infinite)},
      {idx, idx + " corruption { gaussian_noise: 1e-50 }",
       "3:64: data.train.corruption.gaussian_noise is 1e-50, " + zero},
  });
  for (const char* field :
       {"optimizer.schedule.warmup_epochs", "optimizer.schedule.cosine.final_factor",
        "regularization.l2_lambda", "regularization.l1_lambda",
        "network.output.initializer.multiplier", "network.layer[0].initializer.multiplier"}) {
    EXPECT_THAT(problems_of(kSmallJob, {std::string(field) + "=1e-50"}),
                testing::HasSubstr(std::string(field) + " is 1e-50, " + or_zero(zero)));
    EXPECT_THAT(problems_of(kSmallJob, {std::string(field) + "=1e39"}),
                testing::HasSubstr(std::string(field) + " is 1e+39, " + or_zero(infinite)));
  }
  for (const char* field : {"network.input_keep_prob", "network.layer[0].keep_prob"}) {
    EXPECT_THAT(problems_of(kSmallJob, {std::string(field) + "=1e-6"}),
                testing::HasSubstr(dropout));
    EXPECT_THAT(problems_of(kSmallJob, {std::string(field) + "=0.999999"}),
                testing::HasSubstr(dropout));
  }
}

TEST(JobErrors, Schedules) {
  const auto line = [](const std::string& schedule, const std::string& problem) {
    return JobErrorCase{"adam { }", "adam { }\nschedule { " + schedule + " }",
                        problem.empty() ? "" : "11:" + problem};
  };
  expect_lines({
      line("warmup_epochs: -1",
           "12: optimizer.schedule.warmup_epochs is -1; expected a finite "
           "number, 0 or more"),
      line("step { every_epochs: 0 }",
           "19: optimizer.schedule.step.every_epochs is 0; expected a "
           "finite number above 0"),
      line("step { factor: 0 }",
           "19: optimizer.schedule.step.factor is 0; expected a finite number above 0"),
      line("exponential { factor_per_epoch: -2 }",
           "26: optimizer.schedule.exponential.factor_per_epoch is -2; expected a finite number "
           "above 0"),
      line("cosine { final_factor: -2 }",
           "21: optimizer.schedule.cosine.final_factor is -2; "
           "expected a finite number, 0 or more"),
      line("constant { rate: 1 }",
           "23: no field \"rate\" in optimizer.schedule.constant; it has no fields"),
      line("step { }", ""),
  });
}

TEST(JobErrors, Training) {
  expect_lines({
      {"batch_size: 64", "", "12:1: training has no batch; expected one of batch_size, full_batch"},
      {"batch_size: 64", "batch_size: 0", "13:3: training.batch_size is 0; expected at least 1"},
      {"batch_size: 64", "batch_size: 64 shards: 0",
       "13:18: training.shards is 0; expected 1 to 1048576"},
      {"batch_size: 64", "batch_size: 5 shards: 8",
       "13:3: training.batch_size 5 is not divisible by training.shards 8; the nearest "
       "valid size is 8"},
      {"batch_size: 64", "batch_size: 4294967295 shards: 8",
       "13:3: training.batch_size 4294967295 is not divisible by training.shards 8; the nearest "
       "valid size is 4294967288"},
      // No advice on the batch size follows from a number of shards that is refused itself.
      {"batch_size: 64", "batch_size: 64 shards: 1048577",
       "13:18: training.shards is 1048577; expected 1 to 1048576"},
      {"batch_size: 64", "batch_size: 63 shards: x",
       "13:18: training.shards is x; expected a whole number from 1 to 1048576"},
      {"batch_size: 64", "batch_size: 64 steps: x",
       "13:18: training.steps is x; expected a whole number from 1 to 18446744073709551615"},
      {"batch_size: 64", "full_batch: false",
       "13:3: training.full_batch is false; expected true, or a batch_size"},
      {"batch_size: 64", "full_batch: maybe",
       "13:3: training.full_batch is maybe; expected true or false"},
      {"batch_size: 64", "full_batch: true shards: 7", ""},
      {"epochs: 5", "", "12:1: training has no length; expected one of epochs, steps"},
      {"epochs: 5", "steps: 0", "14:3: training.steps is 0; expected at least 1"},
      {"epochs: 5", "epochs: 5 steps: 5",
       "14:13: training.steps excludes training.epochs (given at line 14); remove one"},
  });
}

TEST(JobErrors, TheRest) {
  const auto line = [](const std::string& section, const std::string& problem) {
    return JobErrorCase{"name:", section + "\nname:", problem.empty() ? "" : "1:" + problem};
  };
  expect_lines({
      line("regularization { l2_lambda: -0.1 }",
           "18: regularization.l2_lambda is -0.1; expected a finite number, 0 or more"),
      line("regularization { l1_lambda: nan }",
           "18: regularization.l1_lambda is nan; expected a finite number, 0 or more"),
      line("evaluation { every_epochs: 0 }",
           "14: evaluation.every_epochs is 0; expected at least 1"),
      line("checkpointing { every_minutes: -1 keep_last: 0 }",
           "17: checkpointing.every_minutes is -1; expected a number of minutes from 0 to 1000000\n"
           "job.textproto:1:35: checkpointing.keep_last is 0; expected at least 1"),
      line("evaluation { smallest_improvement: 0 }",
           "14: evaluation.smallest_improvement is 0; expected a finite number above 0"),
      line("exchange { bucket_bytes: 4095 }",
           "12: exchange.bucket_bytes is 4095; expected at least 4096"),
      line("exchange { bucket_bytes: 4096 }", ""),
      line(
          "diagnosis { base_error: 1 }",
          "13: diagnosis.base_error is 1; expected a fraction of wrong answers (0.01: one percent) "
          "from 0 to below 1"),
      line("diagnosis { high_gap: 0 }",
           "13: diagnosis.high_gap is 0; expected a fraction above 0 and below 1"),
      line("diagnosis { high_share: 1.5 }",
           "13: diagnosis.high_share is 1.5; expected a number from 0 to 1"),
      line("diagnosis { base_error: 0.15 high_gap: 0.01 high_share: 0 }", ""),
      line("early_stopping { }",
           "1: early_stopping needs a dev set; give data.dev or data.split.dev"),
      line("seed: 1 seed: 2", "9: seed is given again (first at line 1); remove one"),
  });
}

TEST(JobErrors, LambdasOfLayers) {
  expect_lines({
      {"layer { units: 16 }", "layer { units: 16 regularization { l2_lambda: -1 } }",
       "6:38: network.layer[0].regularization.l2_lambda is -1; expected a finite number, 0 or "
       "more"},
      {"output {", "output { regularization { l1_lambda: inf }",
       "7:29: network.output.regularization.l1_lambda is inf; expected a finite number, 0 or more"},
      {"output {", "output { regularization { include_biases: true }",
       "7:29: no field \"include_biases\" in network.output.regularization; its fields: "
       "l2_lambda, l1_lambda"},
      {"layer { units: 16 }", "layer { units: 16 regularization { } }", ""},
  });
}

// What is given for all layers and taken by none would be ignored in silence.
TEST(JobErrors, ALambdaThatEveryLayerReplaces) {
  const std::string own = "regularization { l2_lambda: 0.5 }";
  const std::string job =
      with(with(kSmallJob, "units: 16", "units: 16 " + own), "output {", "output { " + own);
  EXPECT_EQ(problems_of(job), "");
  const std::string problem =
      "regularization.l2_lambda is 2, but every layer has its own l2_lambda; remove one or "
      "the other";
  EXPECT_EQ(problems_of(job + "regularization { l2_lambda: 2 }"),
            "job.textproto:16:18: " + problem);
  EXPECT_EQ(problems_of(job, {"regularization.l2_lambda=2"}),
            "--set regularization.l2_lambda=2: " + problem);
  EXPECT_EQ(problems_of(job, {"regularization.l2_lambda=0"}),
            "--set regularization.l2_lambda=0: regularization.l2_lambda is 0, but every layer has "
            "its own l2_lambda; remove one or the other");
  EXPECT_EQ(problems_of(job, {"regularization.l1_lambda=2"}), "");
  // A resolved job, whose layers agree with the job's lambda.
  EXPECT_EQ(problems_of(parse(job, {"regularization.l2_lambda=0.5"}).resolved_text), "");
  EXPECT_EQ(problems_of(with(job, "units: 16 " + own, "units: 16"), {"regularization.l2_lambda=2"}),
            "");
}

TEST(JobErrors, EarlyStopping) {
  const std::string job =
      with(kSmallJob, "data {", "data { split { dev { fraction: 0.1 } }") + "early_stopping {";
  EXPECT_EQ(problems_of(job + "}"), "");
  EXPECT_EQ(problems_of(job + "patience: 0 min_improvement: -1 }"),
            "job.textproto:16:17: early_stopping.patience is 0; expected at least 1\n"
            "job.textproto:16:29: early_stopping.min_improvement is -1; expected a finite number, "
            "0 or more");
  const std::string values = with(job, "output {", "output { loss: SQUARED_ERROR");
  EXPECT_EQ(problems_of(values + "}"),
            "job.textproto:16:1: early_stopping.metric is DEV_ERROR, but a loss that predicts "
            "values has no error rate; use DEV_COST, RMSE, MAE or R2");
  for (const char* metric : {"DEV_COST", "RMSE", "MAE", "R2"}) {
    EXPECT_EQ(problems_of(values + "metric: " + metric + " }"), "") << metric;
  }
  for (const char* metric : {"MACRO_F1", "BALANCED_ACCURACY", "ROC_AUC", "AVERAGE_PRECISION"}) {
    EXPECT_EQ(problems_of(job + "metric: " + metric + " }"), "") << metric;
    EXPECT_THAT(problems_of(values + "metric: " + metric + " }"),
                testing::HasSubstr("but the loss predicts values; use DEV_COST, RMSE"))
        << metric;
  }
  EXPECT_EQ(problems_of(job + "metric: RMSE }"),
            "job.textproto:16:17: early_stopping.metric is RMSE, which is for a loss that "
            "predicts values");
}

TEST(JobErrors, ARollbackNeedsItsChoice) {
  const std::string job = with(kSmallJob, "training {", "training { rollback {} ");
  EXPECT_EQ(problems_of(job, {"training.on_nonfinite=ROLLBACK"}), "");
  for (const char* other : {"STOP", "SKIP_STEP"}) {
    EXPECT_THAT(problems_of(job, {std::string("training.on_nonfinite=") + other}),
                testing::HasSubstr("training.rollback says how a run rolls back, but "
                                   "training.on_nonfinite is not ROLLBACK; remove one"));
  }
}

TEST(JobErrors, ClassWeightsAreBalancedOrGiven) {
  const auto problems = [](const std::string& weights) {
    return problems_of(
        with(kSmallJob, "training {", "training { class_weights { " + weights + " }"));
  };
  EXPECT_EQ(problems("balanced: true"), "");
  EXPECT_EQ(problems("weight { of: \"yes\" value: 0 } weight { of: \"no\" value: 2 }"), "");
  EXPECT_THAT(problems(""), testing::HasSubstr("training.class_weights is empty; give balanced"));
  EXPECT_THAT(problems("balanced: true weight { of: \"yes\" value: 2 }"),
              testing::HasSubstr("is balanced and has weights; remove one or the other"));
  EXPECT_THAT(problems("weight { of: \"a\" value: 1 } weight { of: \"a\" value: 2 }"),
              testing::HasSubstr("weight[1] is the second one of class \"a\"; remove one"));
  EXPECT_THAT(problems("weight { of: \"a\" value: -1 }"), testing::HasSubstr("value is -1"));
  EXPECT_THAT(
      problems_of(with(kSmallJob, "training {", "training { class_weights { balanced: true }"),
                  {"network.output.loss=HUBER"}),
      testing::HasSubstr("is for classes, and the loss predicts values; remove it"));
}

TEST(JobErrors, AThresholdIsForTwoClassesAndADevSet) {
  const std::string job = with(with(kSmallJob, "data {", "data { split { dev { count: 9 } }"),
                               "output { units: 10 }", "output { units: 2 }") +
                          "evaluation { threshold { ";
  for (const char* goal : {"largest_f1: true", "min_precision: 0.9", "min_recall: 1",
                           "costs { false_yes: 1 false_no: 0 }"}) {
    EXPECT_EQ(problems_of(job + goal + " } }"), "") << goal;
  }
  EXPECT_EQ(problems_of(job + "largest_f1: true } }", {"network.output={units: 1 loss: LOGISTIC}"}),
            "");
  const auto expect = [](const std::string& text, const std::vector<std::string>& overrides,
                         const char* problem) {
    EXPECT_THAT(problems_of(text, overrides), testing::HasSubstr(problem));
  };
  expect(job + "largest_f1: true } }", {"network.output.units=3"},
         "evaluation.threshold is for two classes: one unit with LOGISTIC, or two units with");
  expect(job + "largest_f1: true } }", {"network.output.loss=HUBER"}, "is for two classes");
  expect(job + "largest_f1: true } }", {"data.split=none"}, "is chosen on a dev set; give");
  expect(job + "largest_f1: false } }", {}, "evaluation.threshold.largest_f1 is false");
  expect(job + "min_precision: 0 } }", {}, "evaluation.threshold.min_precision is 0");
  expect(job + "min_recall: 1.1 } }", {}, "evaluation.threshold.min_recall is 1.1");
  expect(job + "costs { false_yes: 0 false_no: 0 } } }", {}, "every threshold costs the same");
  expect(job + "costs { false_yes: 1 } } }", {}, "evaluation.threshold.costs.false_no is missing");
}

TEST(JobErrors, BaseErrorsBelongToTheLoss) {
  const std::string job = kSmallJob;
  const auto expect = [&](const std::vector<std::string>& overrides, const char* problem) {
    EXPECT_THAT(problems_of(job, overrides), testing::HasSubstr(problem));
  };
  EXPECT_EQ(problems_of(job, {"network.output={units: 1 loss: HUBER}", "diagnosis.base_rmse=2"}),
            "");
  expect({"diagnosis.base_rmse=2"},
         "is for a loss that predicts values; give diagnosis.base_error");
  expect({"network.output={units: 1 loss: HUBER}", "diagnosis.base_error=0.1"},
         "is for classes, and the loss predicts values; give diagnosis.base_rmse instead");
  expect({"network.output={units: 2 loss: HUBER}", "diagnosis.base_rmse=2"},
         "is in the units of one target, and there are several");
}

TEST(JobErrors, StratifiedNeedsClasses) {
  const std::string job = with(kSmallJob, "data {", "data { split { stratified: true }");
  EXPECT_EQ(problems_of(job), "");
  EXPECT_EQ(problems_of(with(job, "output {", "output { loss: SQUARED_ERROR")),
            "job.textproto:2:16: data.split.stratified needs class labels, and the loss predicts "
            "values; remove it");
}

TEST(JobErrors, OnlyValuesAreStandardized) {
  const std::string job = with(kSmallJob, "data {", "data { targets: STANDARDIZED");
  EXPECT_EQ(problems_of(job, {"network.output.loss=HUBER"}), "");
  EXPECT_EQ(problems_of(job),
            "job.textproto:2:8: data.targets is STANDARDIZED, but the labels of this loss are "
            "classes, which stay as they are; remove it, or set a loss that predicts values "
            "(SQUARED_ERROR, ABSOLUTE_ERROR or HUBER)");
  EXPECT_EQ(problems_of(with(kSmallJob, "data {", "data { targets: AS_GIVEN")), "");
}

TEST(JobErrors, ANetworkOfFrozenLayersHasNothingToTrain) {
  const std::string job =
      with(with(kSmallJob, "output {", "output { frozen: true"), "layer {", "layer { frozen: true");
  EXPECT_THAT(problems_of(job), testing::HasSubstr("every layer is frozen"));
  EXPECT_EQ(problems_of(with(kSmallJob, "output {", "output { frozen: true")), "");
}

TEST(JobErrors, OnlyHuberHasADelta) {
  const std::string job = with(kSmallJob, "output {", "output { huber_delta: 2");
  EXPECT_EQ(problems_of(job, {"network.output.loss=HUBER"}), "");
  EXPECT_EQ(problems_of(job, {"network.output.loss=SQUARED_ERROR"}),
            "job.textproto:7:12: network.output.huber_delta is for the loss HUBER, and the loss is "
            "SQUARED_ERROR; remove it");
}

// What comes after is unknown, so nothing is called missing.
TEST(JobErrors, SyntaxErrorsKeepWhatWasFoundBefore) {
  EXPECT_EQ(problems_of("nam: \"x\"\nseed: 1 data 2\nnetwork { layr { } }"),
            "job.textproto:1:1: no field \"nam\" in the job; did you mean \"name\"?\n"
            "job.textproto:2:14: expected \":\" or \"{\" after data, found \"2\"");
}

TEST(JobErrors, DeepNesting) {
  std::string text;
  for (int i = 0; i < 100'000; ++i) text += "data {";
  EXPECT_EQ(problems_of(text),
            "job.textproto:1:7: no field \"data\" in data; its fields: train, dev, test, split, "
            "normalization, image, augmentation, held_out, dev_and_test_from, max_copied_share, "
            "targets\n"
            "job.textproto:1:198: messages are nested deeper than 32");
}

TEST(JobErrors, VeryLongListsAreCut) {
  std::string text = kSmallJob;
  for (int i = 0; i < 1000; ++i) text += "nonsense: 1\n";
  const std::string problems = problems_of(text);
  EXPECT_EQ(std::ranges::count(problems, '\n'), 100);
  EXPECT_EQ(problems.substr(problems.rfind('\n')), "\n... and 900 more problems");
}

TEST(JobErrors, RepeatsAndMonitor) {
  const std::string layer = "layer { units: 16 }";
  expect_lines({
      {layer, "layer { units: 16 repeat: 0 }",
       "6:21: network.layer[0].repeat is 0; expected 1 to 1000"},
      {layer, "layer { units: 16 repeat: 1001 }",
       "6:21: network.layer[0].repeat is 1001; expected 1 to 1000"},
      {layer, "layer { units: 16 repeat: 1000 }", ""},
      {layer, "layer { units: 16 initializer { kind: IDENTITI } }",
       "6:35: network.layer[0].initializer.kind is IDENTITI; did you mean IDENTITY? expected one "
       "of AUTO, HE, XAVIER, GLOROT, LECUN, ZERO, IDENTITY"},
      {layer, "layer { units: 16 initializer { kind: IDENTITY multiplier: -1 } }",
       "6:50: network.layer[0].initializer.multiplier is -1; expected a finite number, 0 or "
       "more"},
      {"epochs: 5\n}", "epochs: 5\n}\nmonitor { every_steps: 0 examples: 0 }",
       "16:11: monitor.every_steps is 0; expected at least 1\njob.textproto:16:26: "
       "monitor.examples is 0; expected at least 1"},
      {"epochs: 5\n}", "epochs: 5\n}\nmonitor { }", ""},
  });
}

// A small file must not become a large network unasked.
TEST(JobErrors, TooManyLayersByRepeating) {
  std::string layers;
  for (int i = 0; i < 11; ++i) layers += "layer { units: 1 repeat: 1000 } ";
  EXPECT_EQ(problems_of(with(kSmallJob, "layer { units: 16 }", layers)),
            "job.textproto:5:1: network.layer: 11000 layers with their repeats; expected at most "
            "10000");
  // What is allowed, but could not be read again when written out.
  layers = "";
  for (int i = 0; i < 10; ++i) layers += "layer { units: 1 repeat: 1000 } ";
  const std::string problem = problems_of(with(kSmallJob, "layer { units: 16 }", layers));
  EXPECT_NE(problem.find("10000 layers written out is larger than 1048576 bytes"),
            std::string::npos)
      << problem;
}

}  // namespace
}  // namespace lockstep
