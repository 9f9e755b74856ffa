// `lockstep init` from the outside: the job that it writes is checked and trained as it stands.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include <fmt/format.h>

#include "system/program_fixture.h"

namespace lockstep {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;
namespace fs = std::filesystem;

class Init : public ProgramFixture {
 protected:
  // Writes a job with `arguments` to job-of-table.textproto, which must pass `check` and train for
  // two epochs. Returns the job.
  [[nodiscard]] std::string job_of(const std::string& arguments) const {
    const auto written = run("init " + arguments + " --output job-of-table.textproto --force");
    EXPECT_EQ(written.exit_code, 0) << written.err;
    const auto checked = run("check job-of-table.textproto");
    EXPECT_EQ(checked.exit_code, 0) << checked.err;
    const auto trained =
        run("train job-of-table.textproto --set training.epochs=2 --set early_stopping.patience=2");
    EXPECT_EQ(trained.exit_code, 0) << trained.err;
    return file("job-of-table.textproto");
  }
};

// 120 houses with an id, holes, a date, a category, and targets of several kinds.
std::string houses(char delimiter = ',', bool header = true) {
  std::string text = header ? "id,area,kind,built,price,rooms,class\n" : "";
  for (int i = 0; i < 120; ++i) {
    text +=
        fmt::format("{},{},{},2024-01-{:02},{},{},{}\n", i + 1,
                    i % 9 == 4 ? "NA" : fmt::format("{}.5", i % 31), i % 2 == 0 ? "flat" : "house",
                    1 + i % 28, 1000 + 7 * (i % 31) + i % 5, 1 + i % 4, i % 3 == 0 ? "A" : "B");
  }
  for (char& c : text) c = c == ',' ? delimiter : c;
  return text;
}

TEST_F(Init, WritesAJobAndSaysWhatItGuessed) {
  write("houses.csv", houses());
  const auto result = run("init houses.csv --target price");
  ASSERT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(result.out, StartsWith("houses.csv: 120 rows, 7 columns; delimiter \",\", the first "
                                     "line names the columns\n"));
  EXPECT_THAT(result.out, AllOf(HasSubstr("column \"id\"     ID          counts the rows"),
                                HasSubstr("column \"area\"   NUMBER      13 values are missing\n"),
                                HasSubstr("column \"kind\"   CATEGORY    2 different texts\n"),
                                HasSubstr("column \"built\"  IGNORED     dates or times"),
                                HasSubstr("column \"price\"  LABEL       the target: a number"),
                                HasSubstr("\n  lockstep check houses.textproto\n"
                                          "  lockstep train houses.textproto\n")));
  EXPECT_TRUE(fs::exists(directory_ / "houses.textproto"));
}

TEST_F(Init, JobsOfNumbersTrain) {
  write("houses.csv", houses());
  EXPECT_THAT(job_of("houses.csv --target price --missing 0.5"),
              AllOf(HasSubstr("units: 1 loss: SQUARED_ERROR"),
                    HasSubstr("missing { text: \"0.5\" }"), HasSubstr("16 values are missing")));
  EXPECT_THAT(job_of("houses.csv --target rooms --target price"),
              HasSubstr("output { units: 2 loss: SQUARED_ERROR }"));
}

TEST_F(Init, JobsOfClassesTrain) {
  write("houses.csv", houses());
  EXPECT_THAT(
      job_of("houses.csv --target class"),
      AllOf(HasSubstr("units: 2 loss: SOFTMAX_CROSS_ENTROPY"), HasSubstr("stratified: true")));
  EXPECT_THAT(job_of("houses.csv --target rooms"),
              AllOf(HasSubstr("units: 4 loss: SOFTMAX_CROSS_ENTROPY"), HasSubstr("say --regress")));
  EXPECT_THAT(job_of("houses.csv --target rooms --regress"), HasSubstr("loss: SQUARED_ERROR"));
}

TEST_F(Init, OtherDialectsAreFound) {
  write("semicolons.csv", houses(';'));
  EXPECT_THAT(job_of("semicolons.csv --target class"), HasSubstr("delimiter: \";\""));
  ASSERT_EQ(run_program(fmt::format("gzip -k {}/semicolons.csv", directory_.string())).exit_code,
            0);
  EXPECT_THAT(job_of("semicolons.csv.gz --target class"),
              AllOf(HasSubstr("name: \"semicolons\""), HasSubstr("file: \"semicolons.csv.gz\"")));
  write("tabs.tsv", houses('\t'));
  EXPECT_THAT(job_of("tabs.tsv --target class"), HasSubstr("delimiter: \"\\t\""));
  write("bare.csv", houses(',', false));
  EXPECT_THAT(job_of("bare.csv --target 7"),
              AllOf(HasSubstr("header: false"), HasSubstr("column { index: 7 role: CLASS_NAME }")));
  EXPECT_THAT(job_of("bare.csv --target 7 --no-header --delimiter ,"), HasSubstr("header: false"));
}

TEST_F(Init, RolesOfTheUserAreTaken) {
  write("houses.csv", houses());
  EXPECT_THAT(job_of("houses.csv --target price --ignore area --group built --id kind"),
              AllOf(HasSubstr("by_group: true"),
                    HasSubstr("name: \"area\" role: IGNORED }    # named by --ignore"),
                    HasSubstr("--target price --id kind --ignore area --group built`")));
}

TEST_F(Init, APathIsRelativeToTheJob) {
  fs::create_directory(directory_ / "data");
  fs::create_directory(directory_ / "jobs");
  write("data/houses.csv", houses());
  ASSERT_EQ(run("init data/houses.csv --target class --output jobs/one.textproto").exit_code, 0);
  EXPECT_THAT(file("jobs/one.textproto"), HasSubstr("file: \"../data/houses.csv\""));
  EXPECT_EQ(run("check jobs/one.textproto").exit_code, 0);
  ASSERT_EQ(run("init data/houses.csv --target class").exit_code, 0);
  EXPECT_THAT(file("houses.textproto"), HasSubstr("file: \"data/houses.csv\""));
}

TEST_F(Init, OverwritesNothingUnasked) {
  write("houses.csv", houses());
  write("houses.textproto", "mine");
  const auto refused = run("init houses.csv --target class");
  EXPECT_EQ(refused.exit_code, 2);
  EXPECT_THAT(refused.err, HasSubstr("houses.textproto exists; choose another file with --output"));
  EXPECT_EQ(file("houses.textproto"), "mine");
  EXPECT_EQ(run("init houses.csv --target class --force").exit_code, 0);
  EXPECT_THAT(file("houses.textproto"), StartsWith("# A first guess"));
}

TEST_F(Init, ToStdoutGoesTheJobAlone) {
  write("houses.csv", houses());
  const auto result = run("init houses.csv --target class --output -");
  EXPECT_EQ(result.exit_code, 0);
  EXPECT_THAT(result.out, AllOf(StartsWith("# A first guess"), HasSubstr("file: \"houses.csv\"")));
  EXPECT_THAT(result.err, HasSubstr("120 rows"));
  EXPECT_FALSE(fs::exists(directory_ / "houses.textproto"));
}

TEST_F(Init, RefusesWithAReason) {
  write("houses.csv", houses());
  write("empty.csv", "");
  const auto refused = [&](const std::string& arguments, int code, const std::string& part) {
    const auto result = run("init " + arguments);
    EXPECT_EQ(result.exit_code, code) << arguments;
    EXPECT_THAT(result.err, HasSubstr(part)) << arguments;
    EXPECT_THAT(result.out, IsEmpty());
  };
  refused("houses.csv", 2,
          "--target says which column is predicted; the columns are \"id\", \"area\"");
  refused("houses.csv --target prices", 2, "did you mean price?");
  refused("houses.csv --target area", 65,
          "column \"area\", the target: 13 values are missing, first in line 6");
  refused("houses.csv --target rooms --classify --regress", 2, "excludes");
  refused("houses.csv --target rooms --delimiter ab", 2, "expected one character, or tab");
  refused("empty.csv --target x", 65, "found an empty file");
  refused("absent.csv --target x", 66, "absent.csv");
  refused("/dev/null --target x", 66, "/dev/null");
  EXPECT_FALSE(fs::exists(directory_ / "houses.textproto"));
}

TEST_F(Init, PenguinsTrainAsTheyAre) {
  const std::string job =
      job_of("/usr/lib/R/site-library/palmerpenguins/extdata/penguins.csv --target species");
  EXPECT_THAT(job, AllOf(HasSubstr("column { name: \"island\" role: CATEGORY }"),
                         HasSubstr("missing { text: \"NA\" }"),
                         HasSubstr("file: \"/usr/lib/R/site-library/"), Not(HasSubstr("Check: "))));
}

// Otherwise training would refuse the job, because dev and test repeat what is trained on.
TEST_F(Init, RowsThatRepeatAreAllowedOrKeptTogether) {
  std::string few = "class,sex,survived\n";
  for (int i = 0; i < 100; ++i) {
    few += fmt::format("{},{},{}\n", i % 3 == 0 ? "first" : "second", i % 2 == 0 ? "m" : "f",
                       i % 5 == 0 ? "no" : "yes");
  }
  write("few.csv", few);
  EXPECT_THAT(job_of("few.csv --target survived"), HasSubstr("max_copied_share: 1"));
  std::string copied = "width,kind\n";
  for (int i = 0; i < 240; ++i) copied += fmt::format("{}.5,{}\n", i % 80, i % 80 < 40 ? "a" : "b");
  write("copied.csv", copied);
  const auto result = run("init copied.csv --target kind --output -");
  EXPECT_THAT(result.err, HasSubstr("240 of 240 rows have the inputs of another row"));
  EXPECT_THAT(job_of("copied.csv --target kind"), HasSubstr("by_content: true"));
}

}  // namespace
}  // namespace lockstep
