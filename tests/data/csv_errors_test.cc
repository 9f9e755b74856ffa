// Every way in which a table can be wrong, and what people are told.

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "data/csv.h"
#include "idx_files.h"

namespace lockstep {
namespace {

using testing::HasSubstr;

TableRules rules_of(std::vector<ColumnRule> columns) {
  TableRules rules;
  rules.columns = std::move(columns);
  return rules;
}

const TableRules kRules = rules_of({{"y", 0, ColumnRole::label}});

class CsvErrors : public testing::Test {
 protected:
  // What reading `content` says, with the file called "t.csv"; the same in three
  // parts.
  [[nodiscard]] std::string error(const std::string& content, const TableRules& rules = kRules,
                                  CsvDialect dialect = {},
                                  std::shared_ptr<const FittedTable> like = nullptr) const {
    const CsvFile file{directory.write("t.csv", content), dialect, rules, std::move(like)};
    const Thrown alone = error_of([&] {
      CsvExampleSource source(file);
      source.read({});
    });
    EXPECT_EQ(alone.code, ExitCode::data) << alone.message;
    for (const std::uint64_t parts : {2U, 3U, 5U}) {
      const Thrown together = error_of([&] { read_in_parts(file, parts); });
      EXPECT_EQ(together.message, alone.message) << parts << " parts";
    }
    std::string message = alone.message;
    const std::string name = file.path.string();
    for (std::size_t at = 0; (at = message.find(name)) != std::string::npos;) {
      message.replace(at, name.size(), "t.csv");
    }
    return message;
  }

  static void read_in_parts(const CsvFile& file, std::uint64_t parts) {
    std::vector<std::unique_ptr<CsvExampleSource>> readers;
    for (std::uint64_t p = 0; p < parts; ++p) {
      readers.push_back(std::make_unique<CsvExampleSource>(file, CsvPart{p, parts, 7}));
    }
    const auto share = [&](int round) {
      std::vector<std::string> words;
      for (auto& reader : readers) words.push_back(reader->tell(round));
      for (auto& reader : readers) reader->hear(round, words);
    };
    for (int round = 0; round < PartedSource::kSurveyRounds; ++round) share(round);
    for (auto& reader : readers) {
      while (reader->read_next(2).size() > 0) {
      }
    }
    share(PartedSource::kSurveyRounds);
  }

  TemporaryDirectory directory;
};

TEST_F(CsvErrors, TextWhereANumberShouldBe) {
  EXPECT_EQ(error("x,z,y\n1,2,0\n3,abc,1\n"),
            "t.csv:3:2: expected a number, found \"abc\" (column \"z\"); a column of words takes "
            "role: CATEGORY");
  EXPECT_EQ(
      error("x;y\n1,5;0\n", kRules, {';', true}),
      "t.csv:2:1: expected a number, found \"1,5\" (column \"x\"); if the comma is a decimal "
      "point, say decimal_comma: true, or write a point in the file where commas also separate "
      "the fields");
  EXPECT_EQ(
      error("1,abc\n", rules_of({{"", 1, ColumnRole::label}}), {',', false}),
      "t.csv:1:2: expected a number, found \"abc\"; is the first line a header? header: false "
      "says it is not");
  EXPECT_EQ(error("1,2\n1,abc\n", rules_of({{"", 1, ColumnRole::label}}), {',', false}),
            "t.csv:2:2: expected a number, found \"abc\"; a column of words takes role: CATEGORY");
}

TEST_F(CsvErrors, WhatACellLooksLikeIsSaid) {
  for (const char* text : {"NA", "n/a", "?", "-", "None", " NULL "}) {
    EXPECT_THAT(error(fmt::format("x,y\n{},0\n", text)), HasSubstr("say missing { text: ")) << text;
  }
  for (const char* text : {"TRUE", "no"}) {
    EXPECT_THAT(
        error(fmt::format("x,y\n{},0\n", text)),
        HasSubstr("; write 1 and 0, or say role: ORDINAL and their order, such as order { text: "
                  "\"FALSE\" } order { text: \"TRUE\" }, or role: CATEGORY"));
  }
  for (const char* text : {"12 / 5", "1,2,3", "#5"}) {
    EXPECT_EQ(error(fmt::format("x;y\n{};0\n", text), kRules, {';', true}),
              fmt::format("t.csv:2:1: expected a number, found \"{}\" (column \"x\")", text));
  }
  EXPECT_THAT(error("x;y\n1;0,5\n", kRules, {';', true}), HasSubstr("comma is a decimal point"));
}

TEST_F(CsvErrors, AWeightIsANumberThatIsNotNegative) {
  const TableRules rules = rules_of({{"y", 0, ColumnRole::label}, {"w", 0, ColumnRole::weight}});
  EXPECT_EQ(error("x,y,w\n1,0,0\n2,1,-1\n", rules),
            "t.csv:3:3: expected a weight, 0 or more, found \"-1\" (column \"w\")");
  EXPECT_THAT(error("x,y,w\n1,0,\n", rules),
              HasSubstr("a value is missing (column \"w\"); fill it in, or remove the row"));
  EXPECT_THAT(error("x,y,w\n1,0,much\n", rules), HasSubstr("expected a number, found \"much\""));
}

// No field of a job reads these: the column has to be converted.
TEST_F(CsvErrors, WhatHasToBeConvertedIsSaid) {
  const auto found = [&](const char* text) {
    const std::string message = error(fmt::format("x;y\n{};0\n", text), kRules, {';', true});
    return message.substr(message.find(';') + 2);
  };
  EXPECT_EQ(found("$5"),
            "it looks like an amount of money: convert the column to plain numbers first, such as "
            "5 for $5");
  EXPECT_THAT(found("USD 5"), HasSubstr("it looks like an amount of money"));
  EXPECT_EQ(found("5 kg"),
            "it looks like a number with a unit: convert the column to plain numbers first, such "
            "as 5 for 5 kg, or say role: CATEGORY or role: IGNORED");
  EXPECT_EQ(
      found("−5"),
      "it looks like a number with the minus sign U+2212 instead of \"-\": convert the column "
      "to plain numbers first, such as -5 for −5");
  EXPECT_EQ(found("1,234.5"),
            "it looks like a number with thousands separators: convert the column to plain numbers "
            "first, such as 1234.5 for 1,234.5");
  EXPECT_EQ(
      found("1,234"),
      "if the comma is a decimal point, say decimal_comma: true, or write a point in the file "
      "where commas also separate the fields; if it separates thousands, leave it out");
  EXPECT_EQ(found("5%"),
            "it looks like a percentage: convert the column to plain numbers first, such as 5 for "
            "5%");
  for (const char* date : {"2024-01-31", "31/01/2024"}) {
    EXPECT_EQ(found(date),
              "it looks like a date or a time: convert the column to plain numbers first, such as "
              "days or seconds since the earliest, or say role: CATEGORY or role: IGNORED");
  }
  EXPECT_EQ(error("x,y\n1,2024-01-31\n"),
            "t.csv:2:2: expected a number, found \"2024-01-31\" (column \"y\"); it looks like a "
            "date or a time: convert the column to plain numbers first, such as days or seconds "
            "since the earliest");
}

// Whatever the parts that read them; fields are named by their columns.
TEST_F(CsvErrors, CellsOfAColumnAreCountedByWhatTheyLookLike) {
  std::string content = "age,,job,y\n";
  for (int i = 0; i < 300; ++i) {
    const std::string age = i % 25 == 0            ? "NA"
                            : i % 100 == 7         ? fmt::format("word{}", i)
                            : i == 200 || i == 201 ? "$5"
                                                   : "1.5";
    content += fmt::format("{},{},a,{}\n", age, i == 299 ? "TRUE" : "2", i == 150 ? "" : "1");
  }
  TableRules rules = rules_of(
      {{"", 2, ColumnRole::number}, {"job", 0, ColumnRole::category}, {"y", 0, ColumnRole::label}});
  EXPECT_THAT(error(content, rules),
              testing::EndsWith("\nand 8 more\n"
                                "column \"age\": 12 of its 300 rows are \"NA\", 3 are words, 1 is "
                                "an amount of money\n"
                                "column 2: 1 of its 300 rows is a truth value\n"
                                "column \"y\": 1 of its 300 rows is blank"));
  // What the table's own rules call missing, and blanks beside it.
  rules.missing_texts = {"NA"};
  EXPECT_THAT(error(content, rules), HasSubstr("column \"age\": 12 of its 300 rows are missing, "));
}

TEST_F(CsvErrors, UnknownCategoriesAndQuotesAreCounted) {
  CsvExampleSource train({directory.write("train.csv", "c,x,y\nred,1,0\nblue,2,1\n"),
                          {},
                          rules_of({{"c", 0, ColumnRole::category}, {"y", 0, ColumnRole::label}})});
  std::string content = "c,x,y\n";
  for (int i = 0; i < 12; ++i) content += fmt::format("c{},1,0\n", i);
  // The second has its quote in a field too many, which is in no column.
  content += "red,1\"\"2,0\nred,1,0,5,a\"\"b\n";
  EXPECT_THAT(error(content, {}, {}, train.info().table),
              testing::EndsWith("\nand 4 more\n"
                                "column \"c\": 12 of its 14 rows are not in the training file\n"
                                "column \"x\": 1 of its 14 rows has a misplaced quote"));
}

TEST_F(CsvErrors, NumbersThatAreNone) {
  for (const char* text : {"nan", "inf", "-Infinity", "NaN"}) {
    EXPECT_EQ(error(fmt::format("x,y\n{},0\n", text)),
              fmt::format("t.csv:2:1: expected a finite number, found \"{0}\" (column \"x\"); if "
                          "it stands for a missing value, say missing {{ text: \"{0}\" }}",
                          text));
  }
  EXPECT_EQ(error("x,y\n1e99,0\n"),
            "t.csv:2:1: expected a number within the range of float, found \"1e99\" (column "
            "\"x\")");
  EXPECT_EQ(error("x,y\n1,inf\n"),
            "t.csv:2:2: expected a number, found \"inf\" (column \"y\"); an example needs its "
            "label, so a "
            "row without one must be left out of the file");
}

TEST_F(CsvErrors, TheFirstTenComeAtOnceInTheOrderOfTheFile) {
  std::string content = "x,y\n";
  for (int i = 0; i < 30; ++i) {
    content += i % 2 == 0 ? fmt::format("bad{},\n", i) : "\"quoted\nline\",x,x\n";
  }
  // Of each pair of rows: a number, a label and, two lines long, too many fields.
  EXPECT_EQ(
      error(content),
      R"(t.csv:2:1: expected a number, found "bad0" (column "x"); a column of words takes role: CATEGORY
t.csv:2:2: a value is missing (column "y"); fill it in, or remove the row
t.csv:3: expected 2 fields, found 3
t.csv:5:1: expected a number, found "bad2" (column "x"); a column of words takes role: CATEGORY
t.csv:5:2: a value is missing (column "y"); fill it in, or remove the row
t.csv:6: expected 2 fields, found 3
t.csv:8:1: expected a number, found "bad4" (column "x"); a column of words takes role: CATEGORY
t.csv:8:2: a value is missing (column "y"); fill it in, or remove the row
t.csv:9: expected 2 fields, found 3
t.csv:11:1: expected a number, found "bad6" (column "x"); a column of words takes role: CATEGORY
and 35 more
column "x": 15 of its 30 rows are words
column "y": 15 of its 30 rows are blank)");
}

TEST_F(CsvErrors, TheLineIsThatOfTheField) {
  EXPECT_EQ(error("a,x,y\n\"two\nlines\",oops,0\n",
                  rules_of({{"a", 0, ColumnRole::ignored}, {"y", 0, ColumnRole::label}})),
            "t.csv:3:2: expected a number, found \"oops\" (column \"x\"); a column of words takes "
            "role: CATEGORY");
}

TEST_F(CsvErrors, RaggedRows) {
  EXPECT_EQ(error("x,y\n1,0\n1\n1,0,2\n1,\n"),
            "t.csv:3: expected 2 fields, found 1\n"
            "t.csv:4: expected 2 fields, found 3\n"
            "t.csv:5:2: a value is missing (column \"y\"); fill it in, or remove the row");
}

TEST_F(CsvErrors, MissingValues) {
  EXPECT_EQ(error("x,c,y\n1,a,0\n,,0\n",
                  rules_of({{"c", 0, ColumnRole::category}, {"y", 0, ColumnRole::label}})),
            "t.csv:3:1: a value is missing (column \"x\"); fill it in, ignore the column (role: "
            "IGNORED), or say when_missing: TRAINING_MEAN\n"
            "t.csv:3:2: a value is missing (column \"c\"); fill it in, ignore the column (role: "
            "IGNORED), or say when_missing: TRAINING_MEAN");
  TableRules imputed = rules_of({{"c", 0, ColumnRole::category}, {"y", 0, ColumnRole::label}});
  imputed.when_missing = WhenMissing::training_mean;
  EXPECT_EQ(error("x,c,y\n1,,0\n2,,0\n", imputed),
            "t.csv: every value of column \"c\" is missing; ignore it (role: IGNORED)");
}

TEST_F(CsvErrors, AColumnMayRefuseWhatTheTableFills) {
  TableRules rules =
      rules_of({{"y", 0, ColumnRole::label}, {.name = "x", .when_missing = WhenMissing::refuse}});
  rules.when_missing = WhenMissing::training_median;
  EXPECT_THAT(error("x,z,y\n1,,0\n,2,0\n", rules), HasSubstr("t.csv:3:1: a value is missing"));
}

TEST_F(CsvErrors, TextsOutsideAnOrder) {
  const auto ordered = [](std::vector<std::string> order) {
    return rules_of({{"y", 0, ColumnRole::label},
                     {.name = "s", .role = ColumnRole::ordinal, .order = std::move(order)}});
  };
  EXPECT_EQ(
      error("s,y\nlow,0\nmiddle,1\n,0\nLOW,0\n", ordered({"low", "high"})),
      "t.csv:3:1: expected a text of the column's order, found \"middle\" (column \"s\"); it "
      "has \"low\", \"high\"\n"
      "t.csv:4:1: a value is missing (column \"s\"); fill it in, ignore the column (role: "
      "IGNORED), or say when_missing: TRAINING_MEAN\n"
      "t.csv:5:1: expected a text of the column's order, found \"LOW\" (column \"s\"); it has "
      "\"low\", \"high\"");
  std::string many = "s,y\n";
  for (int i = 0; i < 30; ++i) many += "middle,0\n";
  EXPECT_THAT(error(many, ordered({"low", "high"})),
              HasSubstr("column \"s\": 30 of its 30 rows are not in the column's order"));
  EXPECT_EQ(error("s,y\nlow,0\n", ordered({"low", " low"})),
            "t.csv: the order of column \"s\" has \"low\", which it has already; remove it");
  TableRules missing = ordered({"low", "?"});
  missing.missing_texts = {"?"};
  EXPECT_EQ(error("s,y\nlow,0\n", missing),
            "t.csv: the order of column \"s\" has \"?\", which means a missing value; remove it");
}

TEST_F(CsvErrors, PointsWhereNumbersHaveCommas) {
  TableRules rules = kRules;
  rules.decimal_comma = true;
  const std::string hint =
      "decimal_comma: true allows no point in a number, also not between thousands";
  EXPECT_EQ(error("x;y\n1.5;0\n1.234,5;0\n1,2,3;0\n1;0.5\n", rules, {';', true}),
            "t.csv:2:1: expected a number, found \"1.5\" (column \"x\"); " + hint +
                "\nt.csv:3:1: expected a number, found \"1.234,5\" (column \"x\"); " + hint +
                "\nt.csv:4:1: expected a number, found \"1,2,3\" (column \"x\")"
                "\nt.csv:5:2: expected a number, found \"0.5\" (column \"y\"); " +
                hint);
}

TEST_F(CsvErrors, OnlyRareCategories) {
  TableRules rules = rules_of({{"c", 0, ColumnRole::category}, {"y", 0, ColumnRole::label}});
  rules.min_category_count = 2;
  EXPECT_EQ(
      error("c,y\na,0\nb,0\n", rules),
      "t.csv: every category of column \"c\" is in fewer than 2 rows (min_category_count), and "
      "so none is left; ignore it (role: IGNORED), or lower the number");
}

TEST_F(CsvErrors, Quotes) {
  EXPECT_EQ(error("x,y\n1\"2,0\n3,1\n"),
            "t.csv:2:1: a quote inside a field that does not begin with one; put the field in "
            "quotes and write each quote inside it twice");
  EXPECT_EQ(error("x,y\n\"1\"2,0\n3,1\n"),
            "t.csv:2:1: expected the delimiter after a closing quote; write a quote inside a field "
            "twice");
  EXPECT_EQ(error("\"x\";\"y\"\n1;0\n"),
            "t.csv:1:1: expected the delimiter after a closing quote; is the delimiter \";\"?");
  EXPECT_THAT(error("x,y\n\"1\"\t2,0\n"), HasSubstr("is the delimiter a tab (\"\\t\")?"));
  EXPECT_EQ(error("x,y\n1,0\n2,\"1\n3,1\n"),
            "t.csv:3:2: a quote that is opened here is never closed");
}

TEST_F(CsvErrors, FilesWithoutRows) {
  EXPECT_EQ(error(""), "t.csv: expected a table, found an empty file; fetch the file again");
  EXPECT_EQ(error("x,y\n"), "t.csv: has a header and no rows");
  EXPECT_EQ(error("x,y"), "t.csv: has a header and no rows");
  EXPECT_EQ(error("\n\n\r\n"), "t.csv: has only empty lines");
  EXPECT_EQ(error("<!DOCTYPE html>\n<html></html>\n"),
            "t.csv: looks like an HTML page, not a table: was the download redirected?");
}

TEST_F(CsvErrors, FilesThatAreNoTable) {
  EXPECT_THAT(error(std::string("x,y\n1\0,0\n", 9)), HasSubstr("has bytes 00"));
  EXPECT_THAT(error("\xFF\xFEx"), HasSubstr("UTF-16"));
  EXPECT_THAT(error("x,y\r1,2\r"), HasSubstr("end with CR alone"));
  EXPECT_THAT(error(gzip("x,y\n1,0\n").substr(0, 20)), HasSubstr("gzip data"));
  const Thrown missing = error_of([&] { CsvExampleSource({directory.path() / "no", {}, kRules}); });
  EXPECT_EQ(missing.code, ExitCode::missing_input);
  const Thrown folder = error_of([&] { CsvExampleSource({directory.path(), {}, kRules}); });
  EXPECT_EQ(folder.code, ExitCode::missing_input);
}

TEST_F(CsvErrors, Columns) {
  EXPECT_EQ(error("height,weight\n1,2\n"),
            "t.csv: no column \"y\"; its columns: \"height\", \"weight\"");
  EXPECT_EQ(error("age,labels\n1,2\n", rules_of({{"label", 0, ColumnRole::label}})),
            "t.csv: no column \"label\"; did you mean \"labels\"? its columns: \"age\", "
            "\"labels\"");
  EXPECT_EQ(error("x;y\n1;2\n"),
            "t.csv: no column \"y\"; its columns: \"x;y\"; is the delimiter \";\"?");
  EXPECT_EQ(error("x\ty\n1\t2\n"),
            "t.csv: no column \"y\"; its columns: \"x\\x09y\"; is the delimiter a tab (\"\\t\")?");
  EXPECT_EQ(error("x,y,x\n1,2,3\n"), "t.csv: two columns have the name \"x\"; rename one");
  EXPECT_EQ(error("x,y\n1,2\n", rules_of({{"", 5, ColumnRole::label}})),
            "t.csv: no column 5: it has 2 columns");
  EXPECT_EQ(
      error("x,y\n1,2\n", rules_of({{"", 2, ColumnRole::label}, {"y", 0, ColumnRole::ignored}})),
      "t.csv: column \"y\" has two roles in the job; remove one");
  EXPECT_EQ(error("1,2\n", kRules, {',', false}),
            "t.csv: no column can be named \"y\": the file has no header (header: false); give its "
            "index");
  EXPECT_THAT(error("y\n1\n"), HasSubstr("no column is an input"));
}

TEST_F(CsvErrors, ColumnsWithoutAName) {
  EXPECT_EQ(error(",x,y\n1,2,0\n"),
            "t.csv: column 1 has no name (row numbers?): give it a role by its index, column { "
            "index: 1 role: IGNORED }, or NUMBER for an input");
  EXPECT_THAT(error("x, ,y\n1,2,0\n"), HasSubstr("column 2 has no name"));

  CsvExampleSource train({directory.write("train.csv", ",a,b,y\n1,2,3,0\n"),
                          {},
                          rules_of({{"", 1, ColumnRole::number}, {"y", 0, ColumnRole::label}})});
  const auto of = [&](const std::string& content) {
    return error(content, {}, {}, train.info().table);
  };
  EXPECT_EQ(of(",q,r,y\n1,2,3,0\n"),
            "t.csv: no columns \"a\", \"b\", which the training file has; columns \"q\", \"r\" are "
            "not in the "
            "training file");
  // In another place, or among another number, it may be another.
  EXPECT_EQ(of("a,,b,y\n1,2,3,0\n"),
            "t.csv: no column 1 (which has no name), which the training file has; column 2 "
            "(which has no name) is not in the training file");
  EXPECT_THAT(of(",a,b,y,z\n1,2,3,0,4\n"), HasSubstr("column 1 (which has no name)"));
}

TEST_F(CsvErrors, NumbersTwiceInAHeaderMayBeARow) {
  EXPECT_EQ(error("0,0,1\n1,2,0\n", rules_of({{"", 3, ColumnRole::label}})),
            "t.csv: two columns have the name \"0\"; rename one; all names of the header are "
            "numbers: is it a row? say header: false");
  EXPECT_EQ(
      error("1,2,0\n1,2,0\n", rules_of({{"why", 0, ColumnRole::label}})),
      "t.csv: no column \"why\"; its columns: \"1\", \"2\", \"0\"; all names of the header are "
      "numbers: is it a row? say header: false");
}

TEST_F(CsvErrors, ClassNamesWhereNumbersAreExpected) {
  EXPECT_EQ(error("x,y\n1,cat\n"),
            "t.csv:2:2: expected a number, found \"cat\" (column \"y\"); names of classes take the "
            "role CLASS_NAME");
}

TEST_F(CsvErrors, TooManyCategories) {
  std::string content = "c,x,y\n";
  for (std::size_t i = 0; i <= kMostCategories; ++i) content += fmt::format("c{},1,0\n", i);
  EXPECT_THAT(
      error(content, rules_of({{"c", 0, ColumnRole::category}, {"y", 0, ColumnRole::label}})),
      HasSubstr("column \"c\" has more than 10000 different values"));
}

TEST_F(CsvErrors, OtherFilesThatDoNotFitTheTrainingFile) {
  const TableRules rules = rules_of({{"c", 0, ColumnRole::category},
                                     {"k", 0, ColumnRole::class_name},
                                     {"id", 0, ColumnRole::ignored}});
  CsvExampleSource train(
      {directory.write("train.csv", "id,x,c,k\n1,2,red,cat\n2,3,blue,dog\n"), {}, rules});
  const auto like = train.info().table;
  const auto of = [&](const std::string& content) { return error(content, {}, {}, like); };
  EXPECT_EQ(of("x,c,k\n2,rde,cat\n2,red,dgo\n"),
            "t.csv:2:2: a category that the training file does not have, \"rde\" (column \"c\"); "
            "unknown_category: ALL_ZERO would encode it as zeros\n"
            "t.csv:3:3: a class that the training file does not have, \"dgo\" (column \"k\"); it "
            "has \"cat\", \"dog\"");
  EXPECT_EQ(of("x,k\n2,cat\n"),
            "t.csv: no column \"c\", which the training file has; its columns: \"x\", \"k\"");
  EXPECT_EQ(of("x,c\n2,red\n"),
            "t.csv: no column \"k\", which the training file has; its columns: \"x\", \"c\"");
  EXPECT_EQ(of("x,c,k,z\n2,red,cat,1\n"),
            "t.csv: column \"z\" is not in the training file; remove it");
  EXPECT_EQ(
      of("q,x,r,k\n2,3,red,cat\n"),
      "t.csv: no column \"c\", which the training file has; columns \"q\", \"r\" are not in the "
      "training file");
  EXPECT_EQ(
      of("1,2,red,cat\n2,3,red,cat\n"),
      "t.csv: no columns \"x\", \"c\", \"k\", which the training file has; columns \"1\", \"2\", "
      "\"red\", \"cat\" are not in the training file");
  EXPECT_EQ(of(",x,c,k\n2,3,red,cat\n"),
            "t.csv: column 1 (which has no name) is not in the training file; remove it");
  EXPECT_EQ(error("2,red,cat\n", {}, {',', false}, like),
            "t.csv: 3 columns; the training file has 4");
}

TEST_F(CsvErrors, PlacesOfExamplesAreLines) {
  const auto path = directory.write("t.csv", "a,x,y\n\"1\n\n\",1,0\n\n2,2,0\n3,3,1\n");
  CsvExampleSource source(
      {path, {}, rules_of({{"a", 0, ColumnRole::ignored}, {"y", 0, ColumnRole::label}})});
  const std::vector<std::uint64_t> examples = {2, 0, 1};
  EXPECT_THAT(
      source.places(examples),
      testing::ElementsAre(path.string() + ":7", path.string() + ":2", path.string() + ":6"));
}

}  // namespace
}  // namespace lockstep
