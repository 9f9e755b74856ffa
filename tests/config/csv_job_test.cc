// Tables in text files in a job: what they become, and what can be wrong with them.

#include <string>

#include <gtest/gtest.h>

#include "job_text.h"

namespace lockstep {
namespace {

const std::string kTableJob = R"(name: "table"
data {
  train { csv { file: "t.csv"
    table {
      column { name: "y" role: LABEL }
    } } }
}
network { output { units: 2 } }
optimizer { adam { } }
training { batch_size: 64 epochs: 5 }
)";

std::string with_table(const std::string& columns) {
  return with(kTableJob, "column { name: \"y\" role: LABEL }", columns);
}

TEST(CsvJob, HasItsDefaults) {
  const Job job = parse(kTableJob).job;
  const auto& csv = std::get<CsvSource>(job.data.train.format);
  EXPECT_EQ(csv.file, "/jobs/t.csv");
  EXPECT_TRUE(csv.dialect.header);
  EXPECT_EQ(csv.dialect.delimiter, ',');
  ASSERT_TRUE(csv.table);
  ASSERT_EQ(csv.table->columns.size(), 1U);
  EXPECT_EQ(csv.table->columns[0].name, "y");
  EXPECT_EQ(csv.table->columns[0].role, ColumnRole::label);
  EXPECT_EQ(csv.table->others, ColumnRole::number);
  EXPECT_EQ(csv.table->when_missing, WhenMissing::refuse);
  EXPECT_FALSE(csv.table->decimal_comma);
  EXPECT_EQ(csv.table->min_category_count, 1U);
  EXPECT_EQ(csv.table->unknown_category, UnknownCategory::error);
  EXPECT_TRUE(csv.table->missing_texts.empty());
}

TEST(CsvJob, TakesEveryField) {
  const Job job = parse(R"(name: "table"
data {
  train { csv { file: "/x/t.tsv" header: false delimiter: "\t" table {
    column { index: 3 role: CLASS_NAME }
    column { index: 1 role: NUMBER }
    column { index: 5 role: GROUP }
    other_columns: CATEGORY
    when_missing: TRAINING_MEAN
    missing { text: "NA" } missing { text: "?" }
    unknown_category: ALL_ZERO } } }
  dev { csv { file: "d.csv" delimiter: ";" } }
  test { csv { file: "e.csv" } }
  dev_and_test_from: ONE_DISTRIBUTION
  split { train_dev { count: 3 } by_group: true }
}
network { output { units: 2 } }
optimizer { adam { } }
training { batch_size: 64 epochs: 5 }
)")
                      .job;
  const auto& csv = std::get<CsvSource>(job.data.train.format);
  EXPECT_EQ(csv.file, "/x/t.tsv");
  EXPECT_FALSE(csv.dialect.header);
  EXPECT_EQ(csv.dialect.delimiter, '\t');
  ASSERT_EQ(csv.table->columns.size(), 3U);
  EXPECT_EQ(csv.table->columns[0].index, 3U);
  EXPECT_EQ(csv.table->columns[0].role, ColumnRole::class_name);
  EXPECT_EQ(csv.table->columns[2].role, ColumnRole::group);
  EXPECT_EQ(csv.table->others, ColumnRole::category);
  EXPECT_EQ(csv.table->when_missing, WhenMissing::training_mean);
  EXPECT_EQ(csv.table->unknown_category, UnknownCategory::all_zero);
  EXPECT_EQ(csv.table->missing_texts, (std::vector<std::string>{"NA", "?"}));
  const auto& dev = std::get<CsvSource>(job.data.dev->format);
  EXPECT_EQ(dev.file, "/jobs/d.csv");
  EXPECT_EQ(dev.dialect.delimiter, ';');
  EXPECT_FALSE(dev.table);
}

TEST(CsvJob, OtherSetsAreWrittenAsTheTrainingFile) {
  const std::string text = with(kTableJob, "{ name: \"y\" role: LABEL }\n    } } }",
                                "{ index: 1 role: LABEL }\n    } } }\n"
                                "  dev { csv { file: \"d.csv\" } }\n"
                                "  test { csv { file: \"e.csv\" header: true delimiter: \",\" } }\n"
                                "  dev_and_test_from: ONE_DISTRIBUTION");
  const Job job = parse(text, {"data.train.csv.header=false", "data.train.csv.delimiter=\t"}).job;
  const auto& dev = std::get<CsvSource>(job.data.dev->format);
  EXPECT_FALSE(dev.dialect.header);
  EXPECT_EQ(dev.dialect.delimiter, '\t');
  const auto& test = std::get<CsvSource>(job.data.test->format);
  EXPECT_TRUE(test.dialect.header);
  EXPECT_EQ(test.dialect.delimiter, ',');
}

TEST(CsvJob, ResolvedIsTheSameJobAgain) {
  const LoadedJob once = parse(kTableJob);
  EXPECT_EQ(parse(once.resolved_text).resolved_text, once.resolved_text);
  const std::string with_dev =
      with(kTableJob, "    } } }\n", "    } } } dev { csv { file: \"d.csv\" } }\n");
  const LoadedJob two = parse(with_dev);
  EXPECT_EQ(parse(two.resolved_text).resolved_text, two.resolved_text);
}

TEST(CsvJob, FileAndTableAreNeeded) {
  EXPECT_EQ(problems_of(with(kTableJob, "file: \"t.csv\"", "")),
            "job.textproto:3:11: data.train.csv.file is missing; expected the path of a CSV file");
  EXPECT_EQ(problems_of(with(kTableJob, "\"t.csv\"", "\"\"")),
            "job.textproto:3:17: data.train.csv.file is \"\"; expected the path of a CSV file");
  EXPECT_EQ(problems_of(R"(name: "table"
data { train { csv { file: "t.csv" } } }
network { output { units: 2 } }
optimizer { adam { } }
training { batch_size: 64 epochs: 5 }
)"),
            "job.textproto:2:16: data.train.csv.table is missing; expected the roles of its "
            "columns, such as column { name: \"y\" role: LABEL }");
}

TEST(CsvJob, DelimitersAreOneCharacter) {
  for (const char* delimiter : {"", "ab", "\\\"", "\\n", "é", "."}) {
    const std::string text = with(kTableJob, "file: \"t.csv\"",
                                  std::string("file: \"t.csv\" delimiter: \"") + delimiter + "\"");
    EXPECT_NE(problems_of(text).find("data.train.csv.delimiter is "), std::string::npos)
        << delimiter;
  }
}

TEST(CsvJob, ABadDelimiterIsToldOnce) {
  const std::string text =
      with(kTableJob, "    } } }\n", "    } } }\n  dev { csv { file: \"d.csv\" } }\n");
  EXPECT_EQ(problems_of(with(text, "file: \"t.csv\"", "file: \"t.csv\" delimiter: \"ab\"")),
            "job.textproto:3:31: data.train.csv.delimiter is \"ab\"; expected one character, such "
            "as \",\", \";\" or \"\\t\"");
}

TEST(CsvJob, ColumnsHaveAPlaceAndARole) {
  EXPECT_EQ(problems_of(with_table("column { role: LABEL }")),
            "job.textproto:5:7: data.train.csv.table.column[0] has no place; expected one of name, "
            "index");
  EXPECT_EQ(problems_of(with_table("column { name: \"y\" }")),
            "job.textproto:5:7: data.train.csv.table.column[0].role is missing; expected what the "
            "column is, such as LABEL");
  EXPECT_EQ(problems_of(with_table("column { index: 0 role: LABEL }")),
            "job.textproto:5:16: data.train.csv.table.column[0].index is 0; expected at least 1");
  EXPECT_EQ(problems_of(with_table("column { name: \"y\" role: LABLE }")),
            "job.textproto:5:26: data.train.csv.table.column[0].role is LABLE; did you mean LABEL? "
            "expected one of NUMBER, CATEGORY, LABEL, CLASS_NAME, GROUP, IGNORED, "
            "KEPT, ID, ORDINAL, WEIGHT");
  EXPECT_EQ(problems_of(with(kTableJob, "file: \"t.csv\"", "file: \"t.csv\" header: false")),
            "job.textproto:5:16: data.train.csv.table.column[0].name needs a header, and the file "
            "has none (header: false); give the index");
  EXPECT_EQ(problems_of(with_table("column { name: \"y\" role: LABEL } column { name: \"y\" role: "
                                   "IGNORED }")),
            "job.textproto:5:40: data.train.csv.table: column \"y\" is given twice; remove one");
}

// Each with one message, whatever else is said of names and indices that are valid.
TEST(CsvJob, EmptyNamesAndIndexZero) {
  const std::string named =
      "is \"\"; expected the name of a column; a column with an empty name is found by its index";
  const std::string path = "data.train.csv.table.column";
  const std::string empty =
      with_table("column { name: \"\" role: LABEL } column { name: \"\" role: IGNORED }");
  const std::string problems = "job.textproto:5:16: " + path + "[0].name " + named +
                               "\njob.textproto:5:48: " + path + "[1].name " + named;
  EXPECT_EQ(problems_of(empty), problems);
  EXPECT_EQ(problems_of(with(empty, "file: \"t.csv\"", "file: \"t.csv\" header: false")), problems);
  EXPECT_EQ(problems_of(with_table("column { index: 0 role: LABEL } column { index: 0 role: "
                                   "IGNORED }")),
            "job.textproto:5:16: " + path + "[0].index is 0; expected at least 1\n" +
                "job.textproto:5:48: " + path + "[1].index is 0; expected at least 1");
}

TEST(CsvJob, LabelsFitTogether) {
  EXPECT_EQ(problems_of(with_table("column { name: \"x\" role: IGNORED }")),
            "job.textproto:4:5: data.train.csv.table has no label; give a column the role LABEL or "
            "CLASS_NAME");
  const std::string both =
      "job.textproto:4:5: data.train.csv.table has class names and another label; only LABEL "
      "columns can form a vector";
  EXPECT_EQ(problems_of(with_table("column { name: \"y\" role: LABEL } column { name: \"z\" role: "
                                   "CLASS_NAME }")),
            both);
  EXPECT_EQ(problems_of(with_table("column { name: \"y\" role: CLASS_NAME } column { name: \"z\" "
                                   "role: CLASS_NAME }")),
            both);
  EXPECT_EQ(problems_of(with_table("column { name: \"y\" role: LABEL } column { name: \"z\" role: "
                                   "LABEL }")),
            "");
  EXPECT_EQ(problems_of(with_table("column { name: \"y\" role: LABEL } other_columns: LABEL")),
            "job.textproto:5:40: data.train.csv.table.other_columns is LABEL; expected NUMBER, "
            "CATEGORY, IGNORED or KEPT");
  EXPECT_EQ(problems_of(with_table("column { name: \"y\" role: LABEL } missing { text: \"\" }")),
            "job.textproto:5:50: data.train.csv.table.missing[0].text is \"\"; expected a text "
            "such as \"NA\"; "
            "the empty field is missing in any case");
}

TEST(CsvJob, GroupsAreForSplitsByGroup) {
  const std::string text = with_table(
      "column { name: \"y\" role: LABEL } column { name: \"g\" role: "
      "GROUP }");
  EXPECT_EQ(problems_of(text),
            "job.textproto:4:5: data.train.csv.table has a GROUP column, which is for "
            "data.split.by_group: true; set it, or make the column IGNORED");
  EXPECT_EQ(problems_of(text, {"data.split.by_group=true"}), "");
}

TEST(CsvJob, ClassNamesHaveNoCoding) {
  EXPECT_EQ(problems_of(kTableJob, {"data.train.label_coding=ONE_BASED"}), "");
  EXPECT_EQ(problems_of(with_table("column { name: \"y\" role: CLASS_NAME }"),
                        {"data.train.label_coding=ONE_BASED"}),
            "--set data.train.label_coding=ONE_BASED: data.train.label_coding is for labels that "
            "are numbers, but the table has class names, which are numbered from 0; remove it");
}

TEST(CsvJob, SetsAreAllTables) {
  const auto with_dev = [](const std::string& dev) {
    return problems_of(with(kTableJob, "    } } }\n", "    } } }\n  dev { " + dev + " }\n"));
  };
  EXPECT_EQ(with_dev("csv { file: \"d.csv\" }"), "");
  EXPECT_EQ(with_dev("idx { features: \"a\" labels: \"b\" }"),
            "job.textproto:7:3: data.dev is not a table, but data.train is one (csv); use tables "
            "for all sets or for none");
  EXPECT_EQ(with_dev("csv { file: \"d.csv\" table { column { name: \"y\" role: LABEL } } }"),
            "job.textproto:7:29: data.dev.csv.table contradicts data.train.csv.table, which says "
            "what the columns of all sets mean; remove it");
  EXPECT_EQ(with_dev("csv { file: \"t.csv\" }"),
            "job.textproto:7:3: data.dev is the same source as data.train; the sets would share "
            "their examples");
  EXPECT_EQ(problems_of(with(kSmallJob, "labels: \"y.gz\" } }",
                             "labels: \"y.gz\" } } dev { csv { file: \"d.csv\" } }")),
            "job.textproto:3:53: data.dev is a table (csv), but data.train is not; use tables for "
            "all sets or for none");
}

TEST(CsvJob, ColumnsMayHaveRulesOfTheirOwn) {
  const Job job = parse(with_table(R"(column { name: "y" role: LABEL }
      column { name: "s" role: ORDINAL order { text: "low" } order { text: "high" }
        when_missing: TRAINING_MOST_FREQUENT }
      column { name: "x" role: NUMBER missing_indicator: true }
      when_missing: TRAINING_MEDIAN min_category_count: 5)"))
                      .job;
  const TableRules& table = *std::get<CsvSource>(job.data.train.format).table;
  EXPECT_EQ(table.when_missing, WhenMissing::training_median);
  EXPECT_EQ(table.min_category_count, 5U);
  EXPECT_FALSE(table.decimal_comma);
  EXPECT_EQ(table.columns[1].role, ColumnRole::ordinal);
  EXPECT_EQ(table.columns[1].order, (std::vector<std::string>{"low", "high"}));
  EXPECT_EQ(table.columns[1].when_missing, WhenMissing::training_most_frequent);
  EXPECT_FALSE(table.columns[1].missing_indicator);
  EXPECT_EQ(table.columns[2].when_missing, std::nullopt);
  EXPECT_TRUE(table.columns[2].missing_indicator);
}

TEST(CsvJob, FieldsOfAColumnFitItsRole) {
  const auto problems = [](const std::string& fields) {
    return problems_of(
        with_table("column { name: \"y\" role: LABEL } column { name: \"x\" " + fields + " }"));
  };
  const std::string column = "data.train.csv.table.column[1]";
  EXPECT_EQ(problems("role: NUMBER when_missing: TRAINING_MEDIAN missing_indicator: true"), "");
  EXPECT_EQ(problems("role: KEPT when_missing: TRAINING_MEAN"),
            "job.textproto:5:70: " + column +
                ".when_missing is for inputs (NUMBER, CATEGORY, ORDINAL); remove it");
  EXPECT_EQ(problems("role: IGNORED missing_indicator: true"),
            "job.textproto:5:73: " + column +
                ".missing_indicator is for inputs (NUMBER, CATEGORY, ORDINAL); remove it");
  EXPECT_EQ(problems("role: NUMBER missing_indicator: true"),
            "job.textproto:5:72: " + column +
                ".missing_indicator would always be 0, because missing values are refused; say "
                "when_missing: TRAINING_MEDIAN, or remove it");
  EXPECT_EQ(problems("role: CATEGORY when_missing: TRAINING_MEDIAN"),
            "job.textproto:5:74: " + column +
                ".when_missing is TRAINING_MEDIAN, but a category has no median; use "
                "TRAINING_MOST_FREQUENT or TRAINING_MEAN");
  EXPECT_EQ(problems("role: ORDINAL order { text: \"a\" }"),
            "job.textproto:5:40: " + column +
                " is ORDINAL and needs at least two texts in their order, such as order { text: "
                "\"small\" } order { text: \"large\" }");
  EXPECT_EQ(problems("role: CATEGORY order { text: \"a\" }"),
            "job.textproto:5:74: " + column +
                ".order is for the role ORDINAL; remove it, or change the role");
}

TEST(CsvJob, DecimalCommasNeedAnotherDelimiter) {
  const std::string comma = with_table("column { name: \"y\" role: LABEL } decimal_comma: true");
  EXPECT_EQ(problems_of(comma),
            "job.textproto:3:11: data.train.csv.delimiter is a comma, and so is the decimal point "
            "(decimal_comma: true); say delimiter: \";\" if the file has semicolons");
  EXPECT_EQ(problems_of(comma, {"data.train.csv.delimiter=;"}), "");
  EXPECT_NE(problems_of(with(comma, "    } } }\n",
                             "    } } }\n  dev { csv { file: \"d.csv\" delimiter: \",\" } }\n"),
                        {"data.train.csv.delimiter=;"})
                .find("data.dev.csv.delimiter is a comma"),
            std::string::npos);
}

TEST(CsvJob, NoiseLeavesNoMostFrequentValue) {
  const std::string noisy =
      with(with_table("column { name: \"y\" role: LABEL } when_missing: TRAINING_MOST_FREQUENT"),
           "    } } }\n", "    } } corruption { gaussian_noise: 0.5 } }\n");
  EXPECT_NE(problems_of(noisy).find("TRAINING_MOST_FREQUENT has no meaning; say TRAINING_MEDIAN"),
            std::string::npos);
  EXPECT_EQ(problems_of(noisy, {"data.train.csv.table.when_missing=TRAINING_MEDIAN"}), "");
}

TEST(CsvJob, FieldsCanBeOverridden) {
  const Job job = parse(kTableJob, {"data.train.csv.table.column[0].role=CLASS_NAME",
                                    "data.train.csv.delimiter=;"})
                      .job;
  const auto& csv = std::get<CsvSource>(job.data.train.format);
  EXPECT_EQ(csv.table->columns[0].role, ColumnRole::class_name);
  EXPECT_EQ(csv.dialect.delimiter, ';');
}

}  // namespace
}  // namespace lockstep
