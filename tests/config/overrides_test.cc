
#include <string>
#include <variant>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gtest/gtest.h>

#include "job_text.h"
#include "nn/activations.h"
#include "nn/dense_network.h"

namespace lockstep {
namespace {

Job with_override(const std::string& assignment) { return parse(kSmallJob, {assignment}).job; }

TEST(Overrides, SetScalars) {
  EXPECT_EQ(with_override("seed=42").seed, 42U);
  EXPECT_EQ(std::get<Adam>(with_override("optimizer.adam.beta1=0.5").optimizer).beta1, 0.5);
  EXPECT_EQ(dense(with_override("network.layer[0].units=64").network.hidden[0]).units, 64U);
  EXPECT_EQ(with_override("network.layer[0].activation=TANH").network.hidden[0].epilogue.activation,
            Activation::tanh);
  EXPECT_TRUE(with_override("regularization.include_biases=true").regularization.include_biases);
}

TEST(Overrides, ReplaceWhatTheFileSays) {
  EXPECT_EQ(with_override("training.batch_size=128").training.batch_size, 128U);
  // The override, not the file, decides what kind AUTO stands for.
  EXPECT_EQ(dense(with_override("network.layer[0].activation=TANH").network.hidden[0])
                .initializer.variance,
            WeightVariance::xavier);
}

TEST(Overrides, TakeStringsWithAndWithoutQuotes) {
  EXPECT_EQ(with_override("name=other").name, "other");
  EXPECT_EQ(with_override("name=\"other\"").name, "other");
  EXPECT_EQ(with_override("name='other'").name, "other");
  const Job job = with_override("data.train.idx.features=a dir/x=1 #2.gz");
  EXPECT_EQ(std::get<IdxSource>(job.data.train.format).features, "/jobs/a dir/x=1 #2.gz");
}

TEST(Overrides, TheLastOneWins) { EXPECT_EQ(parse(kSmallJob, {"seed=2", "seed=3"}).job.seed, 3U); }

TEST(Overrides, LaterOnesReplaceFieldsOfEarlierOnes) {
  const auto replaced = [](const std::vector<std::string>& overrides) {
    std::vector<std::string> texts;
    for (const ReplacedField& field : parse(kSmallJob, overrides).replaced) {
      texts.push_back(field.earlier + " | " + field.path + " | " + field.later);
    }
    return texts;
  };
  using Texts = std::vector<std::string>;
  EXPECT_EQ(replaced({"seed=2", "name=x"}), Texts{});
  EXPECT_EQ(replaced({"seed=2", "seed=3"}), Texts{"seed=2 | seed | seed=3"});
  EXPECT_EQ(replaced({"network.layer[0].units=5", "network.layer=[]"}),
            Texts{"network.layer[0].units=5 | network.layer[0].units | network.layer=[]"});
  EXPECT_EQ(replaced({"regularization.l2_lambda=1", "regularization={}"}),
            Texts{"regularization.l2_lambda=1 | regularization.l2_lambda | regularization={}"})
      << "the message made on the way is no value";
  EXPECT_EQ(replaced({"optimizer={ momentum { beta: 0.5 } }", "optimizer.adam.beta1=0.5"}).size(),
            2U)
      << "momentum and its beta";
}

TEST(Overrides, OfWhichNothingIsLeftAreIdle) {
  const auto idle = [](const std::vector<std::string>& overrides) {
    return parse(kSmallJob, overrides).idle_overrides;
  };
  using Texts = std::vector<std::string>;
  EXPECT_EQ(idle({"seed=2", "network.layer=[]", "optimizer.momentum={}"}), Texts{});
  EXPECT_EQ(idle({"seed=2", "seed=3"}), Texts{"seed=2"});
  EXPECT_EQ(idle({"regularization.l2_lambda=1", "regularization.l2_lambda=2"}),
            Texts{"regularization.l2_lambda=1"});
  EXPECT_EQ(idle({"network.layer=[{ units: 3 }]", "network.layer[0].units=4"}), Texts{})
      << "there is one layer instead of others";
}

TEST(Overrides, SwitchBetweenExclusiveFields) {
  const Job full = with_override("training.full_batch=true");
  EXPECT_EQ(full.training.batch_size, std::nullopt);
  const Job steps = with_override("training.steps=7");
  EXPECT_EQ(steps.training.steps, 7U);
  EXPECT_EQ(steps.training.epochs, std::nullopt);
  const Job momentum = with_override("optimizer.momentum.beta=0.5");
  EXPECT_EQ(std::get<Momentum>(momentum.optimizer).beta, 0.5);
}

TEST(Overrides, SetMessages) {
  EXPECT_TRUE(std::holds_alternative<Nesterov>(with_override("optimizer.nesterov={}").optimizer));
  const Job job = with_override("optimizer.schedule={warmup_epochs: 2 cosine {}}");
  EXPECT_EQ(job.schedule.warmup_epochs, 2.0);
  EXPECT_TRUE(std::holds_alternative<CosineDecay>(job.schedule.kind));
  EXPECT_EQ(dense(with_override("network.layer[0]={units: 5}").network.hidden[0]).units, 5U);
}

TEST(Overrides, AMessageReplacesTheWholeOne) {
  const std::string file = with(kSmallJob, "adam { }", "adam { beta1: 0.5 learning_rate: 1 }");
  const Job job = parse(file, {"optimizer.adam={learning_rate: 2}"}).job;
  EXPECT_EQ(std::get<Adam>(job.optimizer).learning_rate, 2.0);
  EXPECT_EQ(std::get<Adam>(job.optimizer).beta1, 0.9);
}

TEST(Overrides, AStarMeansEveryElement) {
  const std::string two =
      with(kSmallJob, "layer { units: 16 }", "layer { units: 16 } layer { units: 8 }");
  const Job job = parse(two, {"network.layer[*].keep_prob=0.5"}).job;
  ASSERT_EQ(job.network.hidden.size(), 2U);
  EXPECT_EQ(job.network.hidden[0].epilogue.keep_prob, 0.5);
  EXPECT_EQ(job.network.hidden[1].epilogue.keep_prob, 0.5);
  EXPECT_EQ(dense(job.network.hidden[1]).units, 8U);
  const Job deeper = parse(two, {"network.layer[*].initializer.multiplier=2"}).job;
  EXPECT_EQ(dense(deeper.network.hidden[1]).initializer.multiplier, 2.0);
  const Job whole = parse(two, {"network.layer[*]={units: 3}"}).job;
  EXPECT_EQ(dense(whole.network.hidden[0]).units, 3U);
  EXPECT_EQ(dense(whole.network.hidden[1]).units, 3U);
}

TEST(Overrides, AListReplacesTheWholeOne) {
  const Job job = with_override("network.layer=[{units: 7}, {units: 9 activation: TANH}]");
  ASSERT_EQ(job.network.hidden.size(), 2U);
  EXPECT_EQ(dense(job.network.hidden[0]).units, 7U);
  EXPECT_EQ(job.network.hidden[1].epilogue.activation, Activation::tanh);
  EXPECT_TRUE(with_override("network.layer=[]").network.hidden.empty());
  // What was wrong in the list that is replaced is forgotten with it.
  const std::string bad = with(kSmallJob, "layer { units: 16 }", "layer { units: 0 }");
  EXPECT_EQ(problems_of(bad, {"network.layer=[{units: 1}]"}), "");
}

TEST(Overrides, CreateMessagesOnTheWay) {
  const Job job = parse(kSmallJob, {"data.split.dev.count=5", "early_stopping.patience=3"}).job;
  EXPECT_EQ(std::get<PartCount>(job.data.split.dev.value()).examples, 5U);
  EXPECT_EQ(job.early_stopping.value().patience, 3U);
}

TEST(Overrides, AListGrowsByTheElementAfterItsLast) {
  const Job job =
      parse(kSmallJob, {"network.layer[1]={units: 7}", "network.layer[2]={units: 5}"}).job;
  ASSERT_EQ(job.network.hidden.size(), 3U);
  EXPECT_EQ(dense(job.network.hidden[0]).units, 16U);
  EXPECT_EQ(dense(job.network.hidden[1]).units, 7U);
  EXPECT_EQ(dense(job.network.hidden[2]).units, 5U);
  EXPECT_EQ(parse(with(kSmallJob, "layer { units: 16 }", ""), {"network.layer[0]={units: 3}"})
                .job.network.hidden.size(),
            1U);
}

TEST(Overrides, CanSupplyWhatTheFileLacks) {
  EXPECT_EQ(parse(with(kSmallJob, "name: \"small\"", ""), {"name=late"}).job.name, "late");
}

TEST(Overrides, AreInTheResolvedText) {
  const std::string text = parse(kSmallJob, {"seed=42"}).resolved_text;
  EXPECT_NE(text.find("\nseed: 42\n"), std::string::npos);
}

struct OverrideCase {
  std::string assignment;
  std::string problem;
};

TEST(Overrides, ErrorsNameThem) {
  const std::string activations =
      fmt::format("expected one of {}", fmt::join(all_enum_names<Activation>(), ", "));
  const OverrideCase cases[] = {
      {"optimizer.adm.learning_rate=1", "no field \"adm\" in optimizer; did you mean \"adam\"?"},
      {"optimzer={}", "no field \"optimzer\" in the job; did you mean \"optimizer\"?"},
      {"seed", "expected path=value"},
      {"=1", "\"\" is not a field name, or a name with an index as in layer[0]"},
      {"network..output=1", "\"\" is not a field name, or a name with an index as in layer[0]"},
      {"network.layer[x].units=1",
       "\"layer[x]\" is not a field name, or a name with an index as in layer[0]"},
      {"network.layer[-1].units=1",
       "\"layer[-1]\" is not a field name, or a name with an index as in layer[0]"},
      {"network.layer.units=1", "network.layer needs an index; the job has layer[0] to layer[0]"},
      {"network.layer[1].units=1", "no network.layer[1]; the job has layer[0] to layer[0]"},
      {"network.layer[2]={units: 1}", "no network.layer[2]; the job has layer[0] to layer[0]"},
      {"network.layer[1]={units: 0}", "network.layer[1].units is 0; expected at least 1"},
      {"network.output[0].units=1", "network.output is not a list; remove [0]"},
      {"network.output[*].units=1", "network.output is not a list; remove [*]"},
      {"network.layer[*]x.units=1",
       "\"layer[*]x\" is not a field name, or a name with an index as in layer[0]"},
      {"network.layer[*].units=0", "network.layer[0].units is 0; expected at least 1"},
      {"network.layer=[{units: 0}]", "network.layer[0].units is 0; expected at least 1"},
      {"network.layer=[5]", "network.layer[0] is 5; expected { ... }"},
      {"network.layer=[{units: 5}", "expected \",\" or \"]\", found the end of the text"},
      {"network.layer=[{units: 5}] seed: 5", "network.layer expects [{ ... }, ...]"},
      {"network.layer={units: 5}",
       "network.layer needs an index; the job has layer[0] to layer[0]"},
      {"seed.x=1", "seed has no fields"},
      {"seed=", "expected a value, found the end of the text"},
      {"seed=1 2", "expected the end of the value, found \"2\""},
      {"seed=-1", "seed is -1; expected a whole number from 0 to 4294967295"},
      {"network.layer[0].activation=relu",
       "network.layer[0].activation is relu; did you mean RELU? " + activations},
      {"optimizer.adam=5", "optimizer.adam is 5; expected { ... }"},
      {"network.layer[0]=5", "network.layer[0] expects { ... }"},
      {"optimizer.adam={rate: 1}",
       "no field \"rate\" in optimizer.adam; its fields: learning_rate, beta1, beta2, epsilon"},
      // Values that validation finds fault with.
      {"optimizer.adam.learning_rate=0",
       "optimizer.adam.learning_rate is 0; expected a finite number above 0"},
      {"training.full_batch=false", "training.full_batch is false; expected true, or a batch_size"},
      {"training={batch_size: 100 shards: 8 epochs: 1}",
       "training.batch_size 100 is not divisible by training.shards 8; the nearest valid sizes are "
       "96 and 104"},
      {"early_stopping={}", "early_stopping needs a dev set; give data.dev or data.split.dev"},
      {"early_stopping.patience=5",
       "early_stopping needs a dev set; give data.dev or data.split.dev"},
      {"network.layer[0]={}", "network.layer[0].units is missing; expected the width of the layer"},
      {"name=", "name is \"\"; expected a name for the run, such as \"fashion-mlp\""},
  };
  for (const OverrideCase& c : cases) {
    EXPECT_EQ(problems_of(kSmallJob, {c.assignment}), "--set " + c.assignment + ": " + c.problem);
  }
}

TEST(Overrides, NoneRemovesASection) {
  const Job job = parse(kFullJob, {"early_stopping=none", "optimizer.schedule=none",
                                   "data.split.train_dev=none", "regularization=none"})
                      .job;
  EXPECT_FALSE(job.early_stopping);
  EXPECT_TRUE(std::holds_alternative<ConstantFactor>(job.schedule.kind));
  EXPECT_EQ(job.schedule.warmup_epochs, 0);
  EXPECT_FALSE(job.data.split.train_dev);
  EXPECT_EQ(job.network.hidden[0].penalty.l2_lambda, 0);
  // One that is not there is none already.
  EXPECT_FALSE(parse(kSmallJob, {"early_stopping=none"}).job.early_stopping);
  EXPECT_TRUE(parse(kSmallJob, {"early_stopping=none"}).idle_overrides.empty());
  // The last one wins.
  EXPECT_TRUE(parse(kFullJob, {"early_stopping=none", "early_stopping={}"}).job.early_stopping);
  EXPECT_FALSE(parse(kFullJob, {"early_stopping={}", "early_stopping=none"}).job.early_stopping);
}

TEST(Overrides, WhatIsNeverAbsentIsNotRemoved) {
  EXPECT_EQ(problems_of(kFullJob, {"data.normalization=none"}),
            "--set data.normalization=none: data.normalization cannot be none: its defaults apply "
            "when it is absent; write data.normalization.none={}");
  EXPECT_EQ(problems_of(kFullJob, {"checkpointing=none"}),
            "--set checkpointing=none: checkpointing cannot be none: its defaults apply when it is "
            "absent; write checkpointing.enabled=false");
  EXPECT_EQ(problems_of(kSmallJob, {"network=none"}),
            "--set network=none: network is missing; expected layers and an output");
}

TEST(Overrides, AStarNeedsElements) {
  EXPECT_EQ(problems_of(with(kSmallJob, "layer { units: 16 }", ""), {"network.layer[*].units=1"}),
            "--set network.layer[*].units=1: no network.layer[*]; the job has none");
}

TEST(Overrides, ErrorsFollowThoseOfTheFile) {
  EXPECT_EQ(problems_of(with(kSmallJob, "name:", "nam:"), {"sed=1", "optimizer.adam.beta1=2"}),
            "job.textproto:1:1: no field \"nam\" in the job; did you mean \"name\"?\n"
            "--set sed=1: no field \"sed\" in the job; did you mean \"seed\"?\n"
            "--set optimizer.adam.beta1=2: optimizer.adam.beta1 is 2; expected a number from 0 to "
            "below 1");
}

TEST(Overrides, ForgetThePlaceOfWhatTheyReplace) {
  EXPECT_EQ(problems_of(kSmallJob, {"optimizer.momentum={}", "optimizer.adam.beta1=2"}),
            "--set optimizer.adam.beta1=2: optimizer.adam.beta1 is 2; expected a number from 0 to "
            "below 1");
}

}  // namespace
}  // namespace lockstep
