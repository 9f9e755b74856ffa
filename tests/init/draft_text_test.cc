#include "init/draft_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace lockstep {
namespace {

using testing::HasSubstr;
using testing::Not;

TrainingGuess some_training() {
  TrainingGuess guess;
  guess.dev = guess.test = 0.2;
  guess.layers = 2;
  guess.units = 32;
  guess.keep_prob = 0.8;
  guess.learning_rate = 0.003;
  guess.weight_decay = 0.01;
  guess.batch_size = 16;
  guess.shards = 4;
  guess.epochs = 40;
  guess.patience = 20;
  return guess;
}

JobDraft of_classes() {
  JobDraft draft;
  draft.name = "pets";
  draft.file = "pets.csv";
  draft.dialect.delimiter = ';';
  draft.rows = draft.size.rows = 1200;
  draft.all_columns = 4;
  draft.columns = {
      {{"color", 0, ColumnRole::category}, "column \"color\"", "2 different texts"},
      {{"", 2, ColumnRole::ignored}, "column 2", "counts the rows"},
      {{"kind", 0, ColumnRole::class_name}, "column \"kind\"", "the target: 3 classes"}};
  draft.missing_texts = {"NA"};
  draft.fills = true;
  draft.targets = 1;
  draft.size.features = 3;
  draft.size.classes = 3;
  draft.training = some_training();
  draft.hints = {"the kinds may be numbers"};
  return draft;
}

TEST(JobText, HasEveryGuessWithItsReason) {
  EXPECT_EQ(
      job_text(of_classes(), "lockstep init pets.csv --target kind"),
      R"(# A first guess, written by `lockstep init pets.csv --target kind`. Check it, and change what you
# know better; `lockstep check --job` shows every default, and docs/job-file.md describes each field.
# Check: the kinds may be numbers.
name: "pets"
seed: 1
data {
  train {
    csv {
      file: "pets.csv"
      delimiter: ";"
      table {
        # Columns that are not named here are inputs that are numbers.
        column { name: "color" role: CATEGORY }   # 2 different texts
        column { index: 2 role: IGNORED }         # counts the rows
        column { name: "kind" role: CLASS_NAME }  # the target: 3 classes
        missing { text: "NA" }
        when_missing: TRAINING_MEAN  # fills in missing inputs
      }
    }
  }
  # The dev part chooses the best epoch, and the test part measures the result.
  split { dev { fraction: 0.2 } test { fraction: 0.2 } stratified: true }
}
# 1,200 rows and 3 inputs. If the training cost is too high, use more units; if the dev cost
# is far above it, use fewer, or a smaller keep_prob.
network {
  layer { units: 32 repeat: 2 activation: SILU keep_prob: 0.8 }
  output { units: 3 loss: SOFTMAX_CROSS_ENTROPY }  # a unit for each class
}
# The learning rate falls to 0 over the epochs. It is the first number to vary, by factors of
# 3; then try twice the epochs.
optimizer {
  adamw { learning_rate: 0.003 weight_decay: 0.01 }
  schedule { cosine { } }
}
training {
  batch_size: 16
  shards: 4  # the largest possible number of ranks
  epochs: 40
}
# The weights of the best epoch are kept. The run goes to its end, where the rate is small.
early_stopping { metric: DEV_COST patience: 20 }
# A state is saved once a minute rather than once an epoch, which may be very short.
checkpointing { every_epochs: 0 every_minutes: 1 }
)");
}

TEST(JobText, OfNumbersHasASquaredError) {
  JobDraft draft = of_classes();
  draft.size.classes = 0;
  draft.targets = 2;
  draft.fills = false;
  draft.missing_texts.clear();
  draft.dialect = {'\t', false};
  draft.training.keep_prob = 1;
  draft.by_group = true;
  const std::string text = job_text(draft, "x");
  EXPECT_THAT(text, HasSubstr("output { units: 2 loss: SQUARED_ERROR }"));
  EXPECT_THAT(text, HasSubstr("delimiter: \"\\t\"\n      header: false"));
  EXPECT_THAT(text, HasSubstr("test { fraction: 0.2 } by_group: true }"));
  EXPECT_THAT(text, Not(HasSubstr("keep_prob:")));
  EXPECT_THAT(text, Not(HasSubstr("missing")));
}

TEST(JobText, NamesWithSpecialCharactersStayWhatTheyAre) {
  JobDraft draft = of_classes();
  draft.columns = {{{"a\"b\\c\nd", 0, ColumnRole::ignored}, "column", "one\ntwo"}};
  EXPECT_THAT(job_text(draft, "x"),
              HasSubstr("column { name: \"a\\\"b\\\\c\\012d\" role: IGNORED }  # one two\n"));
}

TEST(SummaryText, HasALineForEachColumnThatIsNotAnOrdinaryNumber) {
  EXPECT_EQ(summary_text(of_classes()),
            "pets.csv: 1,200 rows, 4 columns; delimiter \";\", the first line names the columns\n"
            "  column \"color\"  CATEGORY    2 different texts\n"
            "  column 2        IGNORED     counts the rows\n"
            "  column \"kind\"   CLASS_NAME  the target: 3 classes\n"
            "  1 other column is a number\n"
            "network: 3 inputs, 2 layers of 32 units, 3 classes\n"
            "check: the kinds may be numbers\n");
}

}  // namespace
}  // namespace lockstep
