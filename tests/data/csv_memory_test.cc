// A table is never in memory as a whole, in whatever parts it is read.

#include <memory>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "checkpoint/allocations.h"
#include "data/csv.h"
#include "idx_files.h"

namespace lockstep {
namespace {

TEST(CsvMemory, IsBoundedWhateverTheSizeOfTheFile) {
  const TemporaryDirectory directory;
  std::string content = "text,a,b,c,d,e,label\n";
  for (int i = 0; i < 40000; ++i) {
    content += fmt::format("\"{}\n{}\",{},{}.25,{},1,2,{}\n", std::string(80, 'x'), i, i, i % 100,
                           -i, i % 2);
  }
  ASSERT_GT(content.size(), 4U << 20);
  const auto path = directory.write("a.csv", content);
  TableRules rules;
  rules.columns = {{"text", 0, ColumnRole::ignored}, {"label", 0, ColumnRole::label}};
  content = {};
  reset_largest_allocation();
  for (const std::uint64_t parts : {1U, 3U}) {
    std::vector<std::unique_ptr<CsvExampleSource>> readers;
    for (std::uint64_t p = 0; p < parts; ++p) {
      readers.push_back(
          std::make_unique<CsvExampleSource>(CsvFile{path, {}, rules}, CsvPart{p, parts}));
    }
    for (int round = 0; parts > 1 && round < PartedSource::kSurveyRounds; ++round) {
      std::vector<std::string> words;
      for (auto& reader : readers) words.push_back(reader->tell(round));
      for (auto& reader : readers) reader->hear(round, words);
    }
    std::uint64_t rows = 0;
    for (auto& reader : readers) {
      while (const std::uint64_t some = reader->read_next(500).size()) rows += some;
    }
    EXPECT_EQ(rows, 40000U);
  }
  // Labels, 160 kB, and a quarter of a megabyte of the file.
  EXPECT_LT(largest_allocation(), 1U << 20);
}

}  // namespace
}  // namespace lockstep
