// Tables as examples: what is read, in parts too, and by the training file's columns.

#include "data/csv.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <memory>
#include <numeric>

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "idx_files.h"

namespace lockstep {
namespace {

using testing::ElementsAre;

constexpr float kMissing = std::numeric_limits<float>::quiet_NaN();

std::vector<float> values_of(const Examples& examples) {
  std::vector<float> values(examples.values.size() / sizeof(float));
  std::memcpy(values.data(), examples.values.data(), examples.values.size());
  return values;
}

std::vector<std::uint32_t> all_ids(std::uint64_t n) {
  std::vector<std::uint32_t> ids(n);
  std::iota(ids.begin(), ids.end(), 0U);
  return ids;
}

Examples read_all(CsvExampleSource& source) { return source.read(all_ids(source.info().examples)); }

TableRules csv_rules(std::vector<ColumnRule> columns) {
  TableRules rules;
  rules.columns = std::move(columns);
  return rules;
}

const TableRules kPetRules = csv_rules({{"kind", 0, ColumnRole::class_name},
                                        {"color", 0, ColumnRole::category},
                                        {"id", 0, ColumnRole::ignored}});
const std::string kPets =
    "id,weight,color,kind\n"
    "a,4.5,\"black, white\",cat\n"
    "b,30,brown,dog\n"
    "c,4,brown,cat\n"
    "d,0.5,\"\",bird\n";

class CsvTest : public testing::Test {
 protected:
  [[nodiscard]] CsvExampleSource open(const std::string& content, const TableRules& rules,
                                      CsvDialect dialect = {}) const {
    return CsvExampleSource({directory.write("a.csv", content), dialect, rules});
  }
  // The values of a compressed file to predict, but for the first feature where there
  // are three.
  [[nodiscard]] std::vector<float> read_gzip(const std::string& content,
                                             const CsvExampleSource& train) const {
    CsvExampleSource source(
        {directory.write("b.gz", gzip(content)), {}, {}, train.info().table, false});
    std::vector<float> values = values_of(read_all(source));
    if (values.size() == 3) values.erase(values.begin());
    return values;
  }

  TemporaryDirectory directory;
};

TEST_F(CsvTest, NumbersCategoriesAndClassNames) {
  TableRules rules = kPetRules;
  rules.when_missing = WhenMissing::training_mean;
  auto source = open(kPets, rules);
  EXPECT_EQ(source.info().examples, 4U);
  EXPECT_EQ(source.info().features, 3U);
  EXPECT_EQ(source.info().label_width, 1U);
  EXPECT_EQ(source.info().type, ElementType::f32);
  const TableSchema& schema = source.info().table->schema;
  EXPECT_THAT(schema.class_names, ElementsAre("bird", "cat", "dog"));
  EXPECT_THAT(schema.columns[2].categories, ElementsAre("black, white", "brown"));
  EXPECT_THAT(feature_names(schema), ElementsAre("weight", "color=black, white", "color=brown"));
  EXPECT_THAT(source.read_labels(), ElementsAre(1, 2, 1, 0));

  const Examples all = read_all(source);
  const auto values = values_of(all);
  EXPECT_THAT(std::vector(values.begin(), values.begin() + 10),
              ElementsAre(4.5F, 1, 0, 30, 0, 1, 4, 0, 1, 0.5F));
  EXPECT_TRUE(std::isnan(values[10]) && std::isnan(values[11]));
  EXPECT_THAT(all.labels, ElementsAre(1, 2, 1, 0));

  const Examples two = source.read(std::vector<std::uint32_t>{1, 2});
  EXPECT_THAT(two.ids, ElementsAre(1, 2));
  EXPECT_THAT(values_of(two), ElementsAre(30, 0, 1, 4, 0, 1));
  EXPECT_THAT(two.labels, ElementsAre(2, 1));
  EXPECT_EQ(source.read({}).size(), 0U);
}

TEST_F(CsvTest, OtherDialectsReadTheSame) {
  TableRules by_index;
  by_index.columns = {{"", 3, ColumnRole::label}};
  const std::vector<float> expected = {1, 2.5F, -3, 4};
  const std::vector<std::pair<std::string, CsvDialect>> files = {
      {"1,2.5,0\n-3,4,1\n", {',', false}},
      {"x;y;l\n1;2.5;0\n-3;4;1", {';', true}},
      {"x\ty\tl\r\n1\t2.5\t0\r\n-3\t4\t1\r\n", {'\t', true}},
      {"\xEF\xBB\xBFx,y,l\n1,2.5,0\n-3,4,1\n\n", {',', true}},
      {"\n\n\"x\",\"the\n y\",l\n\n1,\"2.5\",0\n\r\n-3, +4 ,1", {',', true}},
      {gzip("x,y,l\n1,2.5,0\n-3,4,1\n"), {',', true}}};
  for (const auto& [content, dialect] : files) {
    auto source = open(content, by_index, dialect);
    EXPECT_EQ(values_of(read_all(source)), expected) << content;
    EXPECT_THAT(source.read_labels(), ElementsAre(0, 1)) << content;
  }
}

TEST_F(CsvTest, SeveralLabelsAreAVector) {
  auto source = open("a,x,b\n1,2,3\n4,5,6\n",
                     csv_rules({{"b", 0, ColumnRole::label}, {"a", 0, ColumnRole::label}}));
  EXPECT_EQ(source.info().label_width, 2U);
  EXPECT_EQ(source.info().features, 1U);
  EXPECT_THAT(source.read_labels(), ElementsAre(1, 3, 4, 6));
}

TEST_F(CsvTest, ALabelIsInTheOrderOfTheTrainingFile) {
  auto train =
      open("a,x,b\n1,2,3\n", csv_rules({{"a", 0, ColumnRole::label}, {"b", 0, ColumnRole::label}}));
  CsvExampleSource dev(
      {directory.write("d.csv", "b,a,x\n6,4,5\n9,7,8\n"), {}, {}, train.info().table});
  EXPECT_THAT(dev.read_labels(), ElementsAre(4, 6, 7, 9));
  EXPECT_THAT(values_of(read_all(dev)), ElementsAre(5, 8));
}

TEST_F(CsvTest, OneColumnNeedsNoDelimiterAndKeepsEmptyLines) {
  TableRules rules;
  rules.when_missing = WhenMissing::training_mean;
  CsvExampleSource source({directory.write("a.csv", "x\n1\n\n3\n"), {}, rules});
  const auto values = values_of(read_all(source));
  ASSERT_EQ(values.size(), 3U);
  EXPECT_TRUE(std::isnan(values[1]));
}

TEST_F(CsvTest, GroupsAreOfTexts) {
  auto source = open("who,x,y\nann,1,0\nbob,2,0\nann,3,1\n",
                     csv_rules({{"who", 0, ColumnRole::group}, {"y", 0, ColumnRole::label}}));
  const auto groups = source.read_groups();
  ASSERT_EQ(groups.size(), 3U);
  EXPECT_EQ(groups[0], groups[2]);
  EXPECT_NE(groups[0], groups[1]);
}

TEST_F(CsvTest, MissingTextsMayBeNumbersAndWords) {
  TableRules rules = csv_rules({{"y", 0, ColumnRole::label}});
  rules.when_missing = WhenMissing::training_mean;
  rules.missing_texts = {"NA", "-999", "nan"};
  auto source = open(
      "x,y\n1,0\n-999,0\nNA,1\n,1\nnan,1\n-99,0\n-999.0,0\n -999,1\n-9.99e2,0\n NA ,0\n \t,0\n",
      rules);
  const auto values = values_of(read_all(source));
  const std::vector<float> expected = {1,        kMissing, kMissing, kMissing, kMissing, -99,
                                       kMissing, kMissing, kMissing, kMissing, kMissing};
  ASSERT_EQ(values.size(), expected.size());
  for (std::size_t i = 0; i < expected.size(); ++i) {
    EXPECT_EQ(std::isnan(values[i]), std::isnan(expected[i])) << i;
    if (!std::isnan(expected[i])) {
      EXPECT_EQ(values[i], expected[i]) << i;
    }
  }
}

// ---- other files of the same table ----

TEST_F(CsvTest, OtherFilesAreReadByTheTrainingColumns) {
  auto train =
      open("id,weight,color,kind\na,4.5,black,cat\nb,30,brown,dog\nc,1,red,bird\n", kPetRules);
  // Another order, without the ignored column, and not every category or class.
  CsvExampleSource dev({directory.write("dev.csv", "kind,color,weight\ndog,red,7\ncat,black,8\n"),
                        {},
                        {},
                        train.info().table});
  EXPECT_EQ(dev.info().features, train.info().features);
  EXPECT_THAT(dev.read_labels(), ElementsAre(2, 1));
  EXPECT_THAT(values_of(read_all(dev)), ElementsAre(7, 0, 0, 1, 8, 1, 0, 0));

  // To predict: with labels, which count for nothing, or without.
  for (const char* content : {"weight,color\n7,red\n", "kind,weight,color\nwolf,7,red\n"}) {
    CsvExampleSource input({directory.write("in.csv", content), {}, {}, train.info().table, false});
    EXPECT_EQ(input.info().label_width, 0U);
    EXPECT_TRUE(input.read_labels().empty());
    EXPECT_THAT(values_of(read_all(input)), ElementsAre(7, 0, 0, 1)) << content;
  }
}

TEST_F(CsvTest, WithoutHeadersColumnsAreFoundByPlace) {
  TableRules rules = csv_rules({{"", 2, ColumnRole::label}});
  CsvExampleSource train({directory.write("t.csv", "1,0,2\n3,1,4\n"), {',', false}, rules});
  CsvExampleSource with(
      {directory.write("a.csv", "5,9,6\n"), {',', false}, {}, train.info().table, false});
  EXPECT_THAT(values_of(read_all(with)), ElementsAre(5, 6));
  CsvExampleSource without(
      {directory.write("b.csv", "5,6\n"), {',', false}, {}, train.info().table, false});
  EXPECT_THAT(values_of(read_all(without)), ElementsAre(5, 6));
}

// As R and pandas write tables: the first column has no name.
TEST_F(CsvTest, ColumnsAreFoundByNameBesideOneWithoutAName) {
  for (const auto& role : {ColumnRole::ignored, ColumnRole::number}) {
    auto train =
        open(",a,b,y\n0,1,2,0\n1,3,4,1\n", csv_rules({{"", 1, role}, {"y", 0, ColumnRole::label}}));
    const bool input = role == ColumnRole::number;
    EXPECT_EQ(train.info().features, input ? 3U : 2U);
    const auto read = [&](const std::string& content, bool labelled) {
      CsvExampleSource source(
          {directory.write("b.csv", content), {}, {}, train.info().table, labelled});
      EXPECT_TRUE(source.info().notices.empty());
      std::vector<float> values = values_of(read_all(source));
      if (input) values.erase(values.begin());
      return values;
    };
    EXPECT_THAT(read(",a,b,y\n9,5,6,0\n", true), ElementsAre(5, 6));
    EXPECT_THAT(read(",b,y,a\n9,6,0,5\n", true), ElementsAre(5, 6));
    EXPECT_THAT(read(",a,b\n9,5,6\n", false), ElementsAre(5, 6));
    EXPECT_THAT(read(",b,a\n9,6,5\n", false), ElementsAre(5, 6));
    EXPECT_EQ(read_gzip(",b,a\n9,6,5\n", train), (std::vector<float>{5, 6})) << "gzip";
    if (!input) {
      EXPECT_THAT(read("b,,a\n6,9,5\n", false), ElementsAre(5, 6)) << "in another place";
    }
  }
}

// Every order of the columns gives the same examples, labels and groups.
TEST_F(CsvTest, AnyOrderOfColumnsIsTheSame) {
  const std::vector<std::string> titles = {"id", "a", "c", "y", "g"};
  const std::vector<std::string> first = {"7", "1", "red", "0", "u"};
  const std::vector<std::string> second = {"8", "2", "blue", "1", "v"};
  const TableRules rules = csv_rules({{"", 1, ColumnRole::ignored},
                                      {"c", 0, ColumnRole::category},
                                      {"y", 0, ColumnRole::label},
                                      {"g", 0, ColumnRole::group}});
  std::vector<std::size_t> order = {0, 1, 2, 3, 4};
  const auto text = [&] {
    std::string content;
    for (const auto* row : {&titles, &first, &second}) {
      for (std::size_t k = 0; k < order.size(); ++k) {
        content += (k == 0 ? "" : ",") + (*row)[order[k]];
      }
      content += '\n';
    }
    return content;
  };
  auto train = open(text(), rules);
  const std::vector<float> values = values_of(read_all(train));
  do {
    CsvExampleSource dev({directory.write("d.csv", text()), {}, {}, train.info().table});
    EXPECT_EQ(values_of(read_all(dev)), values) << text();
    EXPECT_EQ(dev.read_labels(), train.read_labels());
    EXPECT_EQ(dev.read_groups(), train.read_groups());
  } while (std::ranges::next_permutation(order).found);
}

TEST_F(CsvTest, NewColumnsOfAFileToPredictAreLeftOut) {
  auto train = open("a,b,y\n1,2,0\n3,4,1\n", csv_rules({{"y", 0, ColumnRole::label}}));
  const std::string content = ",b,note,a\n0,2,\"x, y\",1\n1,4,,3\n";
  CsvExampleSource input({directory.write("new.csv", content), {}, {}, train.info().table, false});
  EXPECT_THAT(values_of(read_all(input)), ElementsAre(1, 2, 3, 4));
  EXPECT_THAT(input.info().notices,
              ElementsAre(testing::EndsWith("new.csv: left out, not in the training file: column 1 "
                                            "(which has no name), \"note\"")));
}

TEST_F(CsvTest, AHeaderOfNumbersGetsACaution) {
  const auto cautions = [&](const std::string& content, const TableRules& rules,
                            CsvDialect dialect = {}) {
    return open(content, rules, dialect).info().notices;
  };
  const TableRules label = csv_rules({{"", 3, ColumnRole::label}});
  EXPECT_THAT(cautions("1,5,0\n2,4,1\n", label),
              ElementsAre(testing::EndsWith("a.csv: all names of the header are numbers (\"1\", "
                                            "\"5\", \"0\"); is it a row? say header: false")));
  EXPECT_THAT(cautions("1, ,0\n2,4,1\n",
                       csv_rules({{"", 2, ColumnRole::number}, {"", 3, ColumnRole::label}})),
              testing::SizeIs(1))
      << "with a value that is missing";
  EXPECT_THAT(
      cautions("5.1,3.5,setosa\n4.9,3,virginica\n", csv_rules({{"", 3, ColumnRole::class_name}})),
      testing::SizeIs(1))
      << "columns of numbers";
  EXPECT_THAT(cautions("1,5,y\n2,4,1\n", label), testing::IsEmpty());
  EXPECT_THAT(cautions("1,5,0\n2,4,1\n", label, {',', false}), testing::IsEmpty());
}

TEST_F(CsvTest, BlanksAroundFieldsDoNotCount) {
  TableRules rules = csv_rules({{"k", 0, ColumnRole::category},
                                {" c ", 0, ColumnRole::class_name},
                                {"g", 0, ColumnRole::group}});
  rules.when_missing = WhenMissing::training_mean;
  rules.missing_texts = {"? "};
  auto source =
      open("k, c,\tg\na, u,m\nb,u , m\n ?,v,n\n?,v,n\n ,v,n\n\"\",v,n\n\" a\",v,n\n", rules);
  const TableSchema& schema = source.info().table->schema;
  EXPECT_THAT(schema.columns[0].categories, ElementsAre("a", "b"));
  EXPECT_THAT(schema.class_names, ElementsAre("u", "v"));
  EXPECT_EQ(schema.columns[1].name, "c");
  EXPECT_EQ(source.read_groups()[0], source.read_groups()[1]);
  const auto values = values_of(read_all(source));
  for (const std::size_t row : {2U, 3U, 4U, 5U}) EXPECT_TRUE(std::isnan(values[2 * row])) << row;
  EXPECT_EQ(values[0], 1);
  EXPECT_EQ(values[12], 1);
}

TEST_F(CsvTest, UnknownCategoriesMayBeNoneOfTheKnown) {
  TableRules rules = kPetRules;
  rules.unknown_category = UnknownCategory::all_zero;
  auto train = open("id,weight,color,kind\na,4.5,black,cat\nb,30,brown,dog\n", rules);
  CsvExampleSource dev(
      {directory.write("dev.csv", "kind,color,weight\ndog,pink,7\n"), {}, {}, train.info().table});
  EXPECT_THAT(values_of(read_all(dev)), ElementsAre(7, 0, 0));
}

TEST_F(CsvTest, AMissingIndicatorIsTheLastFeatureOfItsColumn) {
  TableRules rules = csv_rules(
      {{"kind", 0, ColumnRole::class_name},
       {.name = "weight", .when_missing = WhenMissing::training_median, .missing_indicator = true},
       {.name = "color",
        .role = ColumnRole::category,
        .when_missing = WhenMissing::training_mean,
        .missing_indicator = true}});
  auto source = open("weight,color,age,kind\n4.5,black,1,cat\n,brown,2,dog\n3,,3,cat\n", rules);
  EXPECT_THAT(feature_names(source.info().table->schema),
              ElementsAre("weight", "weight is missing", "color=black", "color=brown",
                          "color is missing", "age"));
  EXPECT_EQ(source.info().features, 6U);
  std::vector<float> values = values_of(read_all(source));
  ASSERT_EQ(values.size(), 18U);
  for (const std::size_t i : {6U, 14U, 15U}) {
    EXPECT_TRUE(std::isnan(values[i])) << i;
    values[i] = -1;
  }
  EXPECT_THAT(values, ElementsAre(4.5F, 0, 1, 0, 0, 1,  //
                                  -1, 1, 0, 1, 0, 2,    //
                                  3, 0, -1, -1, 1, 3));
}

TEST_F(CsvTest, AnOrdinalIsThePlaceInItsOrder) {
  TableRules rules = csv_rules(
      {{"y", 0, ColumnRole::label},
       {.name = "size", .role = ColumnRole::ordinal, .order = {"small", " medium ", "large"}},
       {.name = "", .index = 3, .role = ColumnRole::ordinal, .order = {"FALSE", "TRUE"}}});
  auto source = open("size,x,old,y\nlarge,7,TRUE,0\n small,8,FALSE,1\nmedium,9,TRUE,0\n", rules);
  EXPECT_THAT(feature_names(source.info().table->schema), ElementsAre("size", "x", "old"));
  EXPECT_THAT(values_of(read_all(source)), ElementsAre(2, 7, 1, 0, 8, 0, 1, 9, 1));
  CsvExampleSource dev(
      {directory.write("dev.csv", "y,old,x,size\n0,FALSE,1,large\n"), {}, {}, source.info().table});
  EXPECT_THAT(values_of(read_all(dev)), ElementsAre(2, 1, 0));
}

TEST_F(CsvTest, NumbersHaveDecimalCommasWhereTold) {
  TableRules rules = csv_rules({{"y", 0, ColumnRole::label}});
  rules.decimal_comma = true;
  rules.when_missing = WhenMissing::training_mean;
  rules.missing_texts = {"-999", "-1,5"};
  auto source = open("x;y\n1,5;0,5\n-2;1\n+,25e1;2\n-999,0;3\n-1,50;4\n", rules, {';', true});
  const std::vector<float> values = values_of(read_all(source));
  EXPECT_THAT(std::vector(values.begin(), values.begin() + 3), ElementsAre(1.5F, -2, 2.5F));
  EXPECT_TRUE(std::isnan(values[3]) && std::isnan(values[4]));
  EXPECT_THAT(source.read_labels(), ElementsAre(0.5F, 1, 2, 3, 4));
}

TEST_F(CsvTest, RareCategoriesShareAFeatureWithUnknownOnes) {
  TableRules rules = csv_rules({{"y", 0, ColumnRole::label}, {"c", 0, ColumnRole::category}});
  rules.min_category_count = 2;
  rules.when_missing = WhenMissing::training_mean;
  auto source = open("c,x,y\nb,1,0\na,2,0\nz,3,1\nb,4,1\na,5,1\nq,6,1\n,7,0\n", rules);
  const TableSchema& schema = source.info().table->schema;
  EXPECT_THAT(feature_names(schema), ElementsAre("c=a", "c=b", "c is rare", "x"));
  std::vector<float> values = values_of(read_all(source));
  EXPECT_THAT(std::vector(values.begin(), values.begin() + 24),
              ElementsAre(0, 1, 0, 1, 1, 0, 0, 2, 0, 0, 1, 3, 0, 1, 0, 4, 1, 0, 0, 5, 0, 0, 1, 6));
  EXPECT_TRUE(std::isnan(values[24]) && std::isnan(values[26]));
  CsvExampleSource dev(
      {directory.write("dev.csv", "c,x,y\nnew,1,0\nz,2,0\na,3,0\n"), {}, {}, source.info().table});
  EXPECT_THAT(values_of(read_all(dev)), ElementsAre(0, 0, 1, 1, 0, 0, 1, 2, 1, 0, 0, 3));
}

// Without one, unknown categories stay an error.
TEST_F(CsvTest, WithoutRareCategoriesThereIsNoFeatureForThem) {
  TableRules rules = csv_rules({{"y", 0, ColumnRole::label}, {"c", 0, ColumnRole::category}});
  rules.min_category_count = 2;
  auto source = open("c,y\nb,0\na,0\nb,1\na,1\n", rules);
  EXPECT_THAT(feature_names(source.info().table->schema), ElementsAre("c=a", "c=b"));
  EXPECT_FALSE(source.info().table->schema.columns[0].has_rare);
}

// ---- in parts ----

// Reads a file by several readers that tell each other what they find.
struct PartedRead {
  explicit PartedRead(const CsvFile& file, std::uint64_t count, std::uint64_t block_bytes) {
    for (std::uint64_t p = 0; p < count; ++p) {
      readers.push_back(std::make_unique<CsvExampleSource>(file, CsvPart{p, count, block_bytes}));
    }
    if (count > 1) {
      for (int round = 0; round < PartedSource::kSurveyRounds; ++round) share(round);
    }
    for (auto& reader : readers) {
      while (true) {
        const Examples some = reader->read_next(3);
        EXPECT_LE(some.size(), 3U);
        if (some.size() == 0) break;
        const auto more = values_of(some);
        values.insert(values.end(), more.begin(), more.end());
        ids.insert(ids.end(), some.ids.begin(), some.ids.end());
      }
    }
    share(PartedSource::kSurveyRounds);
  }
  void share(int round) {
    std::vector<std::string> words;
    for (auto& reader : readers) words.push_back(reader->tell(round));
    std::string first;
    for (std::size_t p = 0; p < readers.size(); ++p) {
      try {
        readers[p]->hear(round, words);
        if (!first.empty()) ADD_FAILURE() << "only some readers throw";
      } catch (const Error& error) {
        if (p == 0) first = error.what();
        EXPECT_EQ(error.what(), first) << "all throw the same";
      }
    }
    if (!first.empty()) throw Error(ExitCode::data, first);
  }

  std::vector<std::unique_ptr<CsvExampleSource>> readers;
  std::vector<float> values;
  std::vector<std::uint32_t> ids;
};

// Rows with quoted line ends, so that blocks end inside quotes.
std::string nasty_table(int rows) {
  std::string content = "text,x,\"y\n2\",who,label\r\n";
  for (int i = 0; i < rows; ++i) {
    content += fmt::format("\"{}\n\"\"{}\",{}.5,\"{}\",{},\"c{}\n\"{}",
                           std::string(static_cast<std::size_t>(i % 9), '\n'), i % 4, i, -i,
                           i % 5 == 0 ? "\"ann,\n\"" : "bob", i % 3, i % 2 == 0 ? "\n" : "\r\n");
  }
  return content;
}

const TableRules kNastyRules = csv_rules({{"text", 0, ColumnRole::category},
                                          {"who", 0, ColumnRole::group},
                                          {"label", 0, ColumnRole::class_name}});

TEST_F(CsvTest, PartsTogetherAreTheWhole) {
  for (const int rows : {1, 2, 7, 60}) {
    const CsvFile file{directory.write("a.csv", nasty_table(rows)), {}, kNastyRules};
    for (const std::uint64_t block_bytes : {1U, 5U, 64U, 1000U, 1U << 16}) {
      const PartedRead whole(file, 1, block_bytes);
      EXPECT_EQ(whole.ids, all_ids(static_cast<std::uint64_t>(rows)));
      for (const std::uint64_t parts : {2U, 3U, 4U, 9U}) {
        const PartedRead read(file, parts, block_bytes);
        const std::string what = fmt::format("{} rows, {} parts of {}", rows, parts, block_bytes);
        EXPECT_EQ(read.values, whole.values) << what;
        EXPECT_EQ(read.ids, whole.ids) << what;
        for (const auto& reader : read.readers) {
          CsvExampleSource& alone = *whole.readers[0];
          EXPECT_EQ(reader->info().examples, alone.info().examples);
          EXPECT_EQ(reader->info().table->schema, alone.info().table->schema);
          EXPECT_EQ(reader->read_labels(), alone.read_labels());
          EXPECT_EQ(reader->read_groups(), alone.read_groups());
          EXPECT_EQ(reader->fingerprint(), alone.fingerprint());
        }
      }
    }
  }
}

TEST_F(CsvTest, PartsOfGzipAreTheWholeToo) {
  const CsvFile plain{directory.write("a.csv", nasty_table(20)), {}, kNastyRules};
  const CsvFile compressed{directory.write("a.gz", gzip(nasty_table(20))), {}, kNastyRules};
  const PartedRead whole(plain, 1, 64);
  const PartedRead read(compressed, 3, 64);
  EXPECT_EQ(read.values, whole.values);
  EXPECT_EQ(read.readers[1]->fingerprint(), whole.readers[0]->fingerprint());
}

TEST_F(CsvTest, PartsShareTheWork) {
  const CsvFile file{directory.write("a.csv", nasty_table(60)), {}, kNastyRules};
  const PartedRead read(file, 2, 64);
  for (const auto& reader : read.readers) EXPECT_EQ(reader->info().examples, 60U);
  // All examples have come, so what one has not read the other has.
  std::vector<std::unique_ptr<CsvExampleSource>> readers;
  for (std::uint64_t p = 0; p < 2; ++p) {
    readers.push_back(std::make_unique<CsvExampleSource>(file, CsvPart{p, 2, 64}));
  }
  for (int round = 0; round < PartedSource::kSurveyRounds; ++round) {
    const std::vector<std::string> words = {readers[0]->tell(round), readers[1]->tell(round)};
    for (auto& reader : readers) reader->hear(round, words);
  }
  for (auto& reader : readers) {
    const std::uint64_t rows = reader->read_next(1000).size();
    EXPECT_GT(rows, 15U);
    EXPECT_LT(rows, 45U);
  }
}

// ---- fingerprint ----

TEST_F(CsvTest, FingerprintIsOfContentAndMeaning) {
  const auto fingerprint = [&](const std::string& content, const TableRules& rules) {
    return open(content, rules).fingerprint();
  };
  TableRules rules = csv_rules({{"y", 0, ColumnRole::label}});
  const std::string content = "x,z,y\n1,2,0\n3,4,1\n";
  const auto original = fingerprint(content, rules);
  EXPECT_EQ(fingerprint(content, rules), original);
  EXPECT_NE(fingerprint("x,z,y\n1,2,0\n3,4,0\n", rules), original);
  TableRules other = csv_rules({{"y", 0, ColumnRole::label}, {"z", 0, ColumnRole::ignored}});
  EXPECT_NE(fingerprint(content, other), original);
  rules.when_missing = WhenMissing::training_mean;
  const auto filled = fingerprint(content, rules);
  EXPECT_NE(filled, original);
  rules.columns.push_back({.name = "z", .when_missing = WhenMissing::training_median});
  const auto by_median = fingerprint(content, rules);
  EXPECT_NE(by_median, filled);
  rules.columns.back().missing_indicator = true;
  EXPECT_NE(fingerprint(content, rules), by_median);
}

}  // namespace
}  // namespace lockstep
