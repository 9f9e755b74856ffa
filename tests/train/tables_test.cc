// Tables over ranks: each parses its part of the file, and nothing shows it.

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <fstream>
#include <map>
#include <set>

#include "checkpoint/find.h"
#include "checkpoint/load.h"
#include "checkpoint/save.h"
#include "comm/agreement.h"
#include "evaluate/evaluate_checkpoint.h"
#include "evaluate/evaluate_file.h"
#include "evaluate/predict.h"
#include "model/saved_model.h"
#include "sets/dataset.h"
#include "support/collective.h"
#include "train/recorder.h"

namespace lockstep {
namespace {

constexpr std::uint32_t kRows = 2500;

// What row i says, by formulas.
const char* color_of(std::uint32_t i) { return i % 7 < 3 ? "red" : i % 7 < 5 ? "dark\nblue" : ""; }
const char* class_of(std::uint32_t i) {
  return i % 5 == 0 ? "yes, really" : i % 3 == 0 ? "no" : "maybe";
}
bool size_is_missing(std::uint32_t i) { return i % 11 == 4; }
std::uint32_t size_of(std::uint32_t i) { return i % 97 + (i % 5 == 0 ? 50 : 0); }
int group_of(std::uint32_t i) { return static_cast<int>(i / 4); }

// So long that every rank has a part, and mostly quoted line ends, so that parts
// begin inside of them.
std::string table_text() {
  std::string text = "note,size,color,\"the\nother\",who,class\n";
  for (std::uint32_t i = 0; i < kRows; ++i) {
    std::string note;
    for (std::uint32_t k = 0; k < 12 + i % 9; ++k) note += "\"\"x\"\",\n\n";
    text += fmt::format("\"{}\",{},\"{}\",{}e-1,g{},\"{}\"{}", note,
                        size_is_missing(i) ? "NA" : std::to_string(size_of(i)), color_of(i),
                        static_cast<int>(i % 19) - 9, group_of(i), class_of(i),
                        i % 2 == 0 ? "\n" : "\r\n");
  }
  return text;
}

std::string job_text() {
  return R"(
    name: "table" seed: 7
    data {
      train { csv { file: "table.csv" table {
        column { name: "note" role: IGNORED }
        column { name: "color" role: CATEGORY }
        column { name: "who" role: IGNORED }
        column { name: "class" role: CLASS_NAME }
        missing { text: "NA" }
        when_missing: TRAINING_MEAN } } }
      split { dev { count: 400 } test { count: 300 } }
    }
    network { layer { units: 9 } output { units: 3 } }
    optimizer { adam { learning_rate: 0.01 } }
    training { batch_size: 120 shards: 12 epochs: 2 }
    evaluation { train_examples: 600 })";
}

class Tables : public testing::Test {
 protected:
  void SetUp() override {
    if (comm_.is_root()) std::ofstream(directory_ / "table.csv", std::ios::binary) << table_text();
    comm_.barrier();
  }
  [[nodiscard]] LoadedJob job(const std::vector<std::string>& overrides = {}) const {
    return parse_job(job_text(), "table", directory_, overrides);
  }
  [[nodiscard]] TrainOptions options(const std::string& name, int threads = 1) const {
    TrainOptions options;
    options.layout = {comm_.size(), threads};
    options.run_dir = directory_ / name;
    return options;
  }
  void write(const std::string& name, const std::string& text) const {
    if (comm_.is_root()) std::ofstream(directory_ / name, std::ios::binary) << text;
    comm_.barrier();
  }

  Communicator comm_ = Communicator::world();
  std::filesystem::path directory_ = collective_temp_dir();
};

std::vector<float> values_of(const Examples& examples) {
  std::vector<float> values(examples.values.size() / sizeof(float));
  if (!values.empty()) {
    std::memcpy(values.data(), examples.values.data(), examples.values.size());
  }
  return values;
}

TEST_F(Tables, EveryRankHasItsOwnExamplesAsTheFileHasThem) {
  EXPECT_GT(std::filesystem::file_size(directory_ / "table.csv"), 4U << 16)
      << "large enough for four ranks";
  const Dataset data = load_dataset(job().job, comm_, {comm_.size(), 1});
  EXPECT_EQ(comm_.sum(data.train.size()), kRows - 700);
  EXPECT_EQ(data.features, 4U);
  ASSERT_TRUE(on_all_ranks(data.table.has_value() && data.table->fill_values.size() == 4));
  EXPECT_EQ(class_names_of(data.table), (std::vector<std::string>{"maybe", "no", "yes, really"}));
  const std::vector<float>& means = data.table->fill_values;
  const auto expect_right = [&](const Examples& examples) {
    const std::vector<float> values = values_of(examples);
    for (std::uint64_t r = 0; r < examples.size(); ++r) {
      const std::uint32_t i = examples.ids[r];
      const std::string color = color_of(i);
      const std::vector<float> expected = {
          size_is_missing(i) ? means[0] : static_cast<float>(size_of(i)),
          color.empty()           ? means[1]
          : color == "dark\nblue" ? 1.0F
                                  : 0.0F,
          color.empty()    ? means[2]
          : color == "red" ? 1.0F
                           : 0.0F,
          static_cast<float>(static_cast<int>(i % 19) - 9) / 10};
      for (std::uint64_t j = 0; j < 4; ++j) {
        EXPECT_EQ(values[r * 4 + j], expected[j]) << "row " << i << ", feature " << j;
      }
      const float label = i % 5 == 0 ? 2 : i % 3 == 0 ? 1 : 0;
      EXPECT_EQ(examples.labels[r], label) << "row " << i;
    }
  };
  expect_right(data.train);
  expect_right(data.dev.examples);
  expect_right(data.test.examples);
}

TEST_F(Tables, MeansAreOfTheTrainingExamplesThatHaveTheValue) {
  const Dataset data = load_dataset(job().job, comm_, {comm_.size(), 1});
  const auto ids = comm_.gather(std::span<const std::uint32_t>(data.train.ids));
  if (comm_.is_root()) {
    double sum = 0;
    double present = 0;
    double red = 0;
    double colored = 0;
    for (const std::uint32_t i : ids) {
      sum += size_is_missing(i) ? 0 : size_of(i);
      present += size_is_missing(i) ? 0 : 1;
      red += color_of(i) == std::string("red") ? 1 : 0;
      colored += color_of(i)[0] != '\0' ? 1 : 0;
    }
    EXPECT_EQ(data.table->fill_values[0], static_cast<float>(sum / present));
    EXPECT_EQ(data.table->fill_values[2], static_cast<float>(red / colored));
  }
  const Dataset alone = load_dataset(job().job, Communicator::self(), {1, 1});
  EXPECT_EQ(alone.table->fill_values, data.table->fill_values);
  EXPECT_EQ(alone.normalizer.mean, data.normalizer.mean);
  EXPECT_EQ(alone.normalizer.inverse_deviation, data.normalizer.inverse_deviation);
  EXPECT_EQ(alone.train_fingerprint, data.train_fingerprint);
}

// The median and most frequent size of the training examples, counted here in another way.
TEST_F(Tables, EachColumnIsFilledByItsOwnRule) {
  const std::vector<std::string> overrides = {
      "data.train.csv.table.when_missing=TRAINING_MEDIAN",
      "data.train.csv.table.column[0]={name: \"size\" role: NUMBER missing_indicator: true}",
      "data.train.csv.table.other_columns=IGNORED", "data.max_copied_share=1"};
  const auto fill_values = [&](const std::vector<std::string>& more, const Communicator& comm) {
    std::vector<std::string> all = overrides;
    all.insert(all.end(), more.begin(), more.end());
    return load_dataset(job(all).job, comm, {comm.size(), 1}).table->fill_values;
  };
  const std::vector<std::string> frequent = {
      "data.train.csv.table.column[0].when_missing=TRAINING_MOST_FREQUENT"};
  const std::vector<float> median = fill_values({}, comm_);
  const std::vector<float> most_frequent = fill_values(frequent, comm_);
  EXPECT_EQ(median, fill_values({}, Communicator::self()));
  EXPECT_EQ(most_frequent, fill_values(frequent, Communicator::self()));

  const Dataset data = load_dataset(job(overrides).job, comm_, {comm_.size(), 1});
  std::vector<std::uint32_t> sizes;
  std::map<std::uint32_t, int> counts;
  for (const std::uint32_t i : comm_.gather(std::span<const std::uint32_t>(data.train.ids))) {
    if (size_is_missing(i)) continue;
    sizes.push_back(size_of(i));
    ++counts[size_of(i)];
  }
  const std::vector<float> values = values_of(data.train);
  for (std::uint64_t r = 0; r < data.train.size(); ++r) {
    const bool missing = size_is_missing(data.train.ids[r]);
    EXPECT_EQ(values[4 * r + 1], missing ? 1 : 0);
    if (missing) {
      EXPECT_EQ(values[4 * r], median[0]);
    }
  }
  if (!comm_.is_root()) return;
  std::ranges::sort(sizes);
  const std::size_t half = sizes.size() / 2;
  const float middle = sizes.size() % 2 == 1
                           ? static_cast<float>(sizes[half])
                           : static_cast<float>(sizes[half - 1] + sizes[half]) / 2;
  // The map is ascending, so the first of the largest counts is that of the smallest size.
  const auto most = std::ranges::max_element(
      counts, [](const auto& a, const auto& b) { return a.second < b.second; });
  EXPECT_EQ(median, (std::vector<float>{middle, 0, 0, 1})) << "most rows with a color are red";
  EXPECT_EQ(most_frequent, (std::vector<float>{static_cast<float>(most->first), 0, 0, 1}));
}

TEST_F(Tables, RunsHaveTheSameBitsAtEveryLayout) {
  const std::vector<std::vector<std::string>> jobs = {
      {},
      {"data.split.stratified=true"},
      {"data.split.by_group=true", "data.train.csv.table.column[2].role=GROUP"},
      {"data.train.corruption.gaussian_noise=0.5"},
      {"data.train.csv.table.when_missing=TRAINING_MEDIAN",
       "data.train.csv.table.column[1].missing_indicator=true"},
      {"training.shards=5", "training.batch_size=50"}};
  for (std::size_t j = 0; j < jobs.size(); ++j) {
    auto overrides = jobs[j];
    overrides.emplace_back("checkpointing.enabled=false");
    const LoadedJob loaded = job(overrides);
    TrainOptions one;
    one.run_dir = directory_ / fmt::format("alone-{}", j);
    const Outcome alone = train_and_record(loaded, Communicator::self(), one);
    const Outcome all = train_and_record(loaded, comm_, options(fmt::format("all-{}", j)));
    EXPECT_EQ(all.text, alone.text) << "job " << j;
  }
}

// A set with a file of its own, whose columns have the rules of the training table.
TEST_F(Tables, TheWorstExamplesHaveThePlacesOfTheirOwnFile) {
  write("own-dev.csv",
        "color,class,note,\"the\nother\",who,size\nred,no,a,1,g,7\n\n,maybe,b,2,g,8\n");
  for (const char* set : {"data.dev", "data.held_out"}) {
    SCOPED_TRACE(set);
    train_and_record(
        job({fmt::format("{}={{ csv {{ file: \"own-dev.csv\" }} }}", set),
             std::string(set) == "data.dev" ? "data.split={}" : "data.split={dev: {count: 2}}",
             "training.epochs=1"}),
        comm_, options("own"));
    std::string path;
    agree(comm_, [&] { path = find_checkpoint(directory_ / "own").string(); });
    const CheckpointScores scores =
        evaluate_checkpoint(path, EvaluationSplit::dev, comm_, {comm_.size(), 1}, false, 2);
    if (!comm_.is_root()) continue;
    std::set<std::string> places;
    for (const WorstExample& example : scores.worst) places.insert(example.place);
    const std::string file = (directory_ / "own-dev.csv").string();
    EXPECT_EQ(places, (std::set<std::string>{file + ":3", file + ":5"}));
  }
}

// A column of weights that repeats what class weights say trains to the same bits, at every layout.
TEST_F(Tables, RowsCountAsTheirWeightsSay) {
  std::string text = "x,y,class,weight\n";
  for (int i = 0; i < 300; ++i) {
    const bool yes = i % 6 == 0;
    text += fmt::format("{},{},{},{}\n", i % 17, i % 23, yes ? "yes" : "no", yes ? 5 : 1);
  }
  write("weights.csv", text);
  const auto trained = [&](const Communicator& comm, int threads, const std::string& role,
                           const std::string& more) {
    const LoadedJob job = parse_job(fmt::format(R"(
          name: "weights"
          data {{ train {{ csv {{ file: "weights.csv" table {{
            column {{ name: "class" role: CLASS_NAME }} column {{ name: "weight" role: {} }} }} }} }}
            split {{ dev {{ count: 60 }} }} max_copied_share: 1 }}
          network {{ layer {{ units: 5 }} output {{ units: 2 }} }}
          optimizer {{ adam {{ learning_rate: 0.05 }} }}
          training {{ batch_size: 24 shards: 6 epochs: 3 {} }})",
                                                role, more),
                                    "weights", directory_, {});
    TrainOptions options;
    options.layout = {comm.size(), threads};
    options.run_dir = directory_ / fmt::format("{}{}{}", role, comm.size(), threads);
    const Summary summary = train(job.job, job.resolved_text, comm, options, {});
    return summary.weights_digest;
  };
  const std::string by_column = trained(comm_, 2, "WEIGHT", "");
  const std::string by_class =
      trained(comm_, 1, "IGNORED", "class_weights { weight { of: \"yes\" value: 5 } }");
  const std::string plain = trained(comm_, 1, "KEPT", "");
  if (!comm_.is_root()) return;
  EXPECT_EQ(by_column, by_class);
  EXPECT_NE(by_column, plain);
  EXPECT_EQ(trained(Communicator::self(), 1, "WEIGHT", ""), by_column);
}

// Three training examples in four shards: with four ranks, one has none.
TEST_F(Tables, ARankWithoutRowsHasNoWeights) {
  write("few.csv", "x,y,weight\n1,0,1\n2,1,3\n3,0,2\n4,1,2\n5,0,4\n");
  const LoadedJob job = parse_job(R"(
      name: "few"
      data { train { csv { file: "few.csv" table {
        column { name: "y" role: LABEL } column { name: "weight" role: WEIGHT } } } }
        split { dev { count: 2 } } max_copied_share: 1 }
      network { output { units: 1 loss: LOGISTIC } }
      optimizer { adam { learning_rate: 0.05 } }
      training { batch_size: 4 shards: 4 epochs: 3 }
      checkpointing { enabled: false })",
                                  "few", directory_, {});
  TrainOptions one;
  one.run_dir = directory_ / "few-alone";
  const Outcome alone = train_and_record(job, Communicator::self(), one);
  EXPECT_EQ(train_and_record(job, comm_, options("few-all")).text, alone.text);
}

TEST_F(Tables, LabelsMayBeCoded) {
  std::string text = "x,z,y\n";
  for (int i = 0; i < 90; ++i) text += fmt::format("{},{},{}\n", i % 10, -i, 1 + i % 3);
  write("coded.csv", text);
  std::vector<std::string> overrides = {
      "data.train={ csv { file: \"coded.csv\" table { column { name: \"y\" role: LABEL } } } "
      "label_coding: ONE_BASED corruption { gaussian_noise: 0.5 } }",
      "data.split={ dev { count: 20 } stratified: true }", "training.batch_size=12",
      "checkpointing.enabled=false"};
  const Dataset data = load_dataset(job(overrides).job, comm_, {comm_.size(), 1});
  for (std::uint64_t r = 0; r < data.train.size(); ++r) {
    EXPECT_EQ(data.train.labels[r], static_cast<float>(data.train.ids[r] % 3));
  }
  TrainOptions one;
  one.run_dir = directory_ / "alone-coded";
  const Outcome alone = train_and_record(job(overrides), Communicator::self(), one);
  EXPECT_EQ(train_and_record(job(overrides), comm_, options("all-coded")).text, alone.text);

  write("coded.csv", text + "\n1,2,0\n");
  try {
    static_cast<void>(load_dataset(job(overrides).job, comm_, {comm_.size(), 1}));
    ADD_FAILURE() << "expected an error";
  } catch (const AgreedError& error) {
    EXPECT_NE(std::string(error.what()).find("coded.csv:93: 0"), std::string::npos) << error.what();
  }
}

TEST_F(Tables, RowsOfAGroupStayTogether) {
  const Job with_groups =
      job({"data.split.by_group=true", "data.train.csv.table.column[2].role=GROUP"}).job;
  const Dataset data = load_dataset(with_groups, comm_, {comm_.size(), 1});
  std::map<int, std::set<std::string>> homes;
  const auto note = [&](const std::vector<std::uint32_t>& own, const std::string& set) {
    for (const std::uint32_t i : comm_.gather(std::span<const std::uint32_t>(own))) {
      homes[group_of(i)].insert(set);
    }
  };
  note(data.train.ids, "train");
  note(data.dev.examples.ids, "dev");
  note(data.test.examples.ids, "test");
  for (const auto& [group, sets] : homes) EXPECT_EQ(sets.size(), 1U) << group;
}

TEST_F(Tables, ErrorsAreTheSameAtEveryLayout) {
  // Wrong in every part of the file, and in ways that different passes see.
  std::string text = table_text();
  const auto spoil = [&](std::size_t from, const std::string& what, const std::string& by) {
    const auto at = text.find(what, from);
    text.replace(at, what.size(), by);
  };
  for (std::size_t part = 1; part < 16; ++part) {
    const std::size_t at = text.size() * part / 16;
    if (part % 3 == 0) {
      spoil(at, ",\"red\",", ",\"red\",7,");
    } else if (part % 3 == 1) {
      spoil(at, "e-1,", "e-x,");
    } else {
      spoil(at, "\"maybe\"", "\"\"");
    }
  }
  write("wrong.csv", text);
  const Job wrong = job({"data.train.csv.file=wrong.csv"}).job;
  const auto message = [&](const Communicator& comm) -> std::string {
    try {
      static_cast<void>(load_dataset(wrong, comm, {comm.size(), 1}));
    } catch (const AgreedError& error) {
      EXPECT_EQ(error.code(), ExitCode::data);
      return error.what();
    }
    return "no error";
  };
  const std::string all = message(comm_);
  EXPECT_EQ(all, message(Communicator::self()));
  EXPECT_EQ(std::ranges::count(all, '\n'), 12) << all;
  EXPECT_NE(all.find("and 5 more"), std::string::npos) << all;
  EXPECT_NE(all.find("column \"class\": 5 of its 2500 rows are blank"), std::string::npos) << all;
  EXPECT_TRUE(on_all_ranks(all.find("wrong.csv:") != std::string::npos, all));
}

TEST_F(Tables, LabelsAndOutputsMustFit) {
  write("labels.csv", "x,y\n1,1\n2,2\n3,3\n");
  const auto message = [&](const std::vector<std::string>& overrides) -> std::string {
    try {
      static_cast<void>(load_dataset(job(overrides).job, comm_, {comm_.size(), 1}));
    } catch (const AgreedError& error) {
      EXPECT_EQ(error.code(), ExitCode::data);
      return error.what();
    }
    return "no error";
  };
  const auto expect_message = [&](const std::vector<std::string>& overrides,
                                  const std::vector<std::string>& parts) {
    const std::string text = message(overrides);
    for (const std::string& part : parts) {
      EXPECT_NE(text.find(part), std::string::npos) << text << "\nhas no: " << part;
    }
  };
  expect_message({"network.output.units=4"},
                 {"3 classes (\"maybe\", \"no\", \"yes, really\"), but network.output has 4 units",
                  "set network.output.units to 3"});
  expect_message({"network.output.units=1", "network.output.loss=SQUARED_ERROR"},
                 {"class names need SOFTMAX_CROSS_ENTROPY"});
  const std::string numbers =
      "data.train={ csv { file: \"labels.csv\" table { column { name: \"y\" role: LABEL } } } }";
  // No dev or test parts: there are only three rows.
  const std::string split = "data.split={}";
  expect_message({numbers, split},
                 {"class labels, integers in 0..2", "labels.csv:4: 3", "look 1-based"});
  write("labels.csv", "x,y\n1,-1\n2,0.5\n\n3,2\n");
  expect_message({numbers, split}, {"labels.csv:2: -1", "labels.csv:3: 0.5"});
}

TEST_F(Tables, AFeatureWithoutATrainingValueHasNoMean) {
  std::string text = "x,z,y\n";
  for (int i = 0; i < 40; ++i) text += fmt::format("{},{},{}\n", i, "", i % 3);
  write("empty-column.csv", text);
  try {
    static_cast<void>(load_dataset(
        job({"data.train={ csv { file: \"empty-column.csv\" table { when_missing: TRAINING_MEAN "
             "column { name: \"y\" role: LABEL } } } }",
             "data.split={}"})
            .job,
        comm_, {comm_.size(), 1}));
    ADD_FAILURE() << "expected an error";
  } catch (const AgreedError& error) {
    EXPECT_EQ(error.code(), ExitCode::data);
    EXPECT_NE(std::string(error.what()).find("\"z\" is missing in every training example"),
              std::string::npos)
        << error.what();
  }
}

// The data's cautions are rank 0's, and the same at every layout.
TEST_F(Tables, CautionsAreTheSameAtEveryLayout) {
  std::string text = "1,2,0,9\n";
  for (int i = 0; i < 40; ++i) text += fmt::format("{},3,{},{}\n", i, i % 5, i % 2);
  write("cautions.csv", text);
  write("cautions-dev.csv", "1,2,0,9\n7,1000,3,2\n");
  const std::vector<std::string> overrides = {
      "data.train={ csv { file: \"cautions.csv\" table { column { index: 4 role: LABEL } } } }",
      "data.dev={ csv { file: \"cautions-dev.csv\" } }", "data.split={}"};
  const Dataset data = load_dataset(job(overrides).job, comm_, {comm_.size(), 1});
  const Dataset alone = load_dataset(job(overrides).job, Communicator::self(), {1, 1});
  EXPECT_THAT(
      alone.cautions,
      testing::ElementsAre(testing::HasSubstr("all names of the header are numbers"),
                           testing::HasSubstr("but there are 40 training examples: every step"),
                           testing::HasSubstr("class 2 has no training example"),
                           testing::HasSubstr("caution: 2 is constant over")));
  EXPECT_EQ(data.cautions, comm_.is_root() ? alone.cautions : std::vector<std::string>());
}

// A weight that training never moved decides nothing.
TEST_F(Tables, AConstantFeatureIsZeroInEverySet) {
  std::string text = "x,k,y\n";
  for (int i = 0; i < 60; ++i) text += fmt::format("{},3,{}\n", i % 3 * 4 + i % 2, i % 3);
  write("constant.csv", text);
  std::string other = text;
  for (std::size_t at = 0; (at = other.find(",3,", at)) != std::string::npos; at += 3) {
    other.replace(at, 3, ",3000,");
  }
  write("constant-dev.csv", other);
  const LoadedJob loaded =
      job({"data.train={ csv { file: \"constant.csv\" table { column { name: \"y\" role: LABEL } "
           "} } }",
           "data.dev={ csv { file: \"constant-dev.csv\" } }", "data.split={}",
           "training.batch_size=12", "evaluation={}"});
  std::vector<std::unique_ptr<TrainingObserver>> none;
  const Summary summary = train(loaded.job, loaded.resolved_text, comm_, options("constant"), none);
  if (comm_.is_root()) {
    EXPECT_EQ(summary.dev_error, summary.train_error);
    EXPECT_NEAR(summary.dev_cost.value_or(0), summary.train_cost.value_or(1), 1e-6)
        << "but for rounding";
  }
}

// ---- saved models ----

TEST_F(Tables, PredictionsAreThoseOfEvaluating) {
  const LoadedJob loaded = job();
  std::vector<std::unique_ptr<TrainingObserver>> none;
  const Summary summary = train(loaded.job, loaded.resolved_text, comm_, options("run"), none);
  std::uint64_t best = summary.best_step.value_or(0);
  comm_.broadcast(best);
  const auto path = directory_ / fmt::format("run/ckpt/step-{:08}.ckpt", best);

  // The test rows in the same order, in a file of their own: other columns order,
  // no ignored columns.
  const Dataset data = load_dataset(loaded.job, Communicator::self(), {1, 1});
  std::string text = "the\nother,class,color,size\n";
  text.insert(0, 1, '"');
  text.insert(text.find(",class"), 1, '"');
  for (const std::uint32_t i : data.test.examples.ids) {
    text += fmt::format("{}e-1,\"{}\",\"{}\",{}\n", static_cast<int>(i % 19) - 9, class_of(i),
                        color_of(i), size_is_missing(i) ? "NA" : std::to_string(size_of(i)));
  }
  write("input.csv", text);
  const SavedModel model = load_model(path, comm_);
  EXPECT_EQ(class_names_of(model.table), class_names_of(data.table));
  EXPECT_EQ(model.network.spec().input, Shape{data.features});
  // Older builds wrote no shape of the input.
  const std::filesystem::path older = directory_ / "older.ckpt";
  agree(comm_, [&] {
    if (!comm_.is_root()) return;
    Checkpoint checkpoint = load_checkpoint(path);
    EXPECT_EQ(checkpoint.input_shape, Shape{data.features});
    checkpoint.input_shape.clear();
    save_checkpoint(checkpoint, older);
  });
  EXPECT_EQ(load_model(older, comm_).network.spec().input, Shape{data.features});
  std::vector<float> decisions;
  predict_examples(model, directory_ / "input.csv", {}, comm_, {comm_.size(), 2},
                   [&](const PredictionBlock& block) {
                     decisions.insert(decisions.end(), block.decisions.values().begin(),
                                      block.decisions.values().end());
                   });
  const CheckpointScores scores =
      evaluate_checkpoint(path, EvaluationSplit::test, comm_, {comm_.size(), 1}, false);
  // The same rows as a file have the same scores.
  const FileScores of_file = evaluate_file(path, {.data = directory_ / "input.csv", .labels = {}},
                                           comm_, {comm_.size(), 2});
  if (comm_.is_root()) {
    EXPECT_EQ(of_file.scores.examples, 300U);
    EXPECT_EQ(of_file.scores.error, scores.error);
    EXPECT_EQ(of_file.scores.cost, scores.cost);
    EXPECT_EQ(of_file.scores.decisions->counts, scores.decisions->counts);
    EXPECT_EQ(of_file.scores.metrics.log_loss, scores.metrics.log_loss);
    EXPECT_EQ(of_file.scores.metrics.roc_auc, scores.metrics.roc_auc);
    EXPECT_EQ(of_file.scores.metrics.reliability, scores.metrics.reliability);
    EXPECT_TRUE(scores.metrics.baseline_error.has_value());
    EXPECT_EQ(of_file.scores.metrics.baseline_error, scores.metrics.baseline_error);
    EXPECT_EQ(of_file.notices.size(), 2U);  // on missing values of two columns
    EXPECT_EQ(scores.class_names, class_names_of(data.table));
    ASSERT_EQ(decisions.size(), 300U);
    std::uint64_t wrong = 0;
    for (std::size_t k = 0; k < decisions.size(); ++k) {
      wrong += decisions[k] != data.test.examples.labels[k] ? 1 : 0;
    }
    EXPECT_EQ(scores.error, static_cast<double>(wrong) / 300);
  }
}

// Nothing can be learnt of features that are constant and labels of which half are 1: the
// outputs stay exactly 0, which is no, for predictions as for errors.
TEST_F(Tables, AnOutputOfZeroIsPredictedAsNo) {
  std::string text = "x,a,b\n";
  for (int i = 0; i < 24; ++i) text += fmt::format("1,{},{}\n", i % 2, (i / 2) % 2);
  write("halves.csv", text);
  const LoadedJob loaded =
      job({"data.train={ csv { file: \"halves.csv\" table { column { name: \"a\" role: LABEL } "
           "column { "
           "name: \"b\" role: LABEL } } } }",
           "data.split={}", "network.layer=[]",
           "network.output={units: 2 loss: LOGISTIC initializer { kind: ZERO }}",
           "training={full_batch: true shards: 12 epochs: 1}"});
  std::vector<std::unique_ptr<TrainingObserver>> none;
  const Summary summary = train(loaded.job, loaded.resolved_text, comm_, options("halves"), none);
  const SavedModel model = load_model(directory_ / "halves/ckpt/step-00000001.ckpt", comm_);
  write("x.csv", "x\n1\n1\n");
  std::vector<float> predictions;
  std::vector<float> decisions;
  predict_examples(model, directory_ / "x.csv", {}, comm_, {comm_.size(), 1},
                   [&](const PredictionBlock& block) {
                     for (const float p : block.predictions.values()) predictions.push_back(p);
                     for (const float d : block.decisions.values()) decisions.push_back(d);
                   });
  if (!comm_.is_root()) return;
  EXPECT_EQ(summary.train_error, 0.5);
  EXPECT_EQ(predictions, std::vector<float>(4, 0.5F));
  EXPECT_EQ(decisions, std::vector<float>(4, 0.0F));
}

TEST_F(Tables, AResumedRunRefusesOtherColumns) {
  std::string first = "x,c,y\n";
  for (int i = 0; i < 60; ++i) first += fmt::format("{},{},{}\n", i, i % 2 == 0 ? "a" : "b", i % 3);
  write("data.csv", first);
  const std::vector<std::string> overrides = {
      "data.train={ csv { file: \"data.csv\" table { column { name: \"y\" role: LABEL } column { "
      "name: \"c\" role: CATEGORY } } } }",
      "data.split={}", "training.batch_size=12"};
  std::vector<std::unique_ptr<TrainingObserver>> none;
  const LoadedJob loaded = job(overrides);
  static_cast<void>(train(loaded.job, loaded.resolved_text, comm_, options("resumed"), none));
  // The same shape, but features that mean something else.
  std::string other = first;
  std::ranges::replace(other, 'b', 'd');
  write("data.csv", other);
  auto longer = overrides;
  longer.emplace_back("training.epochs=3");
  const LoadedJob more = job(longer);
  TrainOptions resume = options("resumed");
  resume.resume = Resume::must;
  resume.allow_changed_data = true;
  try {
    static_cast<void>(train(more.job, more.resolved_text, comm_, resume, none));
    ADD_FAILURE() << "expected an error";
  } catch (const AgreedError& error) {
    EXPECT_EQ(error.code(), ExitCode::data);
    EXPECT_NE(std::string(error.what()).find("other columns, categories or classes"),
              std::string::npos)
        << error.what();
  }
}

}  // namespace
}  // namespace lockstep
