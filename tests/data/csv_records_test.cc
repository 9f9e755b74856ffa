// Records and fields, whole and in parts, against what Python's csv module reads.

#include "data/csv_records.h"

#include <fstream>
#include <limits>
#include <sstream>

#include <fmt/format.h>

#include "idx_files.h"

namespace lockstep {
namespace {

constexpr std::uint64_t kToTheEnd = std::numeric_limits<std::uint64_t>::max();

using Row = std::vector<std::string>;

struct Table {
  char delimiter = ',';
  std::string content;
  std::vector<Row> rows;
};

std::string from_hex(const std::string& hex) {
  std::string text;
  if (hex == "-") return text;
  for (std::size_t i = 0; i < hex.size(); i += 2) {
    text += static_cast<char>(std::stoi(hex.substr(i, 2), nullptr, 16));
  }
  return text;
}

std::vector<Table> golden_tables() {
  std::ifstream file(LOCKSTEP_CSV_GOLDEN);
  std::vector<Table> tables;
  for (std::string line; std::getline(file, line);) {
    std::istringstream words(line);
    std::string word;
    words >> word;
    if (word == "file") {
      std::string delimiter;
      std::string content;
      words >> delimiter >> content;
      tables.push_back({from_hex(delimiter)[0], from_hex(content), {}});
    } else {
      Row row;
      while (words >> word) row.push_back(from_hex(word));
      tables.back().rows.push_back(row);
    }
  }
  return tables;
}

struct ReadRow {
  Row fields;
  std::uint64_t line = 0;
  bool operator==(const ReadRow&) const = default;
};

std::vector<ReadRow> rows_of_part(const std::filesystem::path& path, char delimiter,
                                  const CsvPosition& from, std::uint64_t end) {
  CsvRecordReader reader(path, from, end);
  CsvSplitter splitter(delimiter);
  std::vector<ReadRow> rows;
  while (const auto record = reader.next()) {
    const auto fields = splitter.split(*record);
    EXPECT_FALSE(splitter.fault()) << splitter.fault()->what;
    rows.push_back({{fields.begin(), fields.end()}, record->line});
  }
  return rows;
}

std::vector<ReadRow> rows_in_parts(const std::filesystem::path& path, char delimiter,
                                   std::uint64_t part_bytes) {
  std::vector<ReadRow> all;
  const std::uint64_t size = std::filesystem::file_size(path);
  CsvPosition position;
  for (std::uint64_t begin = 0; begin < size; begin += part_bytes) {
    const std::uint64_t end = std::min(begin + part_bytes, size);
    const auto rows = rows_of_part(path, delimiter, position, end);
    all.insert(all.end(), rows.begin(), rows.end());
    position = advance(position, count_csv(path, {begin, end}, 1 + part_bytes / 2));
    EXPECT_EQ(position.byte, end);
  }
  return all;
}

TEST(CsvRecords, AreThoseOfPythonWholeAndInParts) {
  const TemporaryDirectory directory;
  const auto tables = golden_tables();
  ASSERT_GT(tables.size(), 100U);
  for (std::size_t t = 0; t < tables.size(); ++t) {
    const Table& table = tables[t];
    const auto path = directory.write("table.csv", table.content);
    const auto whole = rows_of_part(path, table.delimiter, {}, kToTheEnd);
    ASSERT_EQ(whole.size(), table.rows.size()) << "table " << t;
    for (std::size_t i = 0; i < whole.size(); ++i) {
      EXPECT_EQ(whole[i].fields, table.rows[i]) << "table " << t << ", row " << i;
    }
    for (const std::uint64_t bytes : {1, 3, 16, 61}) {
      EXPECT_EQ(rows_in_parts(path, table.delimiter, bytes), whole)
          << "table " << t << " in parts of " << bytes;
    }
  }
}

TEST(CsvRecords, LinesAreThoseOfAnEditor) {
  const TemporaryDirectory directory;
  const auto path = directory.write("a.csv", "a,b\r\n\"1\n2\",3\n\n\"x\r\n\n\",\"y\"\nlast,one");
  const auto rows = rows_of_part(path, ',', {}, kToTheEnd);
  ASSERT_EQ(rows.size(), 5U);
  EXPECT_EQ(rows[0], (ReadRow{{"a", "b"}, 1}));
  EXPECT_EQ(rows[1], (ReadRow{{"1\n2", "3"}, 2}));
  EXPECT_EQ(rows[2], (ReadRow{{""}, 4}));
  EXPECT_EQ(rows[3], (ReadRow{{"x\r\n\n", "y"}, 5}));
  EXPECT_EQ(rows[4], (ReadRow{{"last", "one"}, 8}));
}

TEST(CsvRecords, FieldsKnowTheirLines) {
  const std::string text = "a,\"b\nc\",d,\"\n\n\",e";
  CsvSplitter splitter(',');
  const auto fields = splitter.split({text, 10, true});
  ASSERT_EQ(fields.size(), 5U);
  EXPECT_EQ(splitter.line_of(0), 10U);
  EXPECT_EQ(splitter.line_of(1), 10U);
  EXPECT_EQ(splitter.line_of(2), 11U);
  EXPECT_EQ(splitter.line_of(3), 11U);
  EXPECT_EQ(splitter.line_of(4), 13U);
}

TEST(CsvRecords, WrongQuotesAreFaults) {
  struct Case {
    const char* text;
    std::size_t field;
    const char* what;
  };
  for (const auto& [text, field, what] :
       std::vector<Case>{{"a,\"b\"c,d", 1, "after a closing quote"},
                         {"a,b\"c,d", 1, "does not begin with one"},
                         {"\"a\" ,b", 0, "after a closing quote"},
                         {"a, \"b\"", 1, "does not begin with one"},
                         {"a,b,\"c", 2, "never closed"},
                         {"\"a\"\"", 0, "never closed"}}) {
    CsvSplitter splitter(',');
    splitter.split({text, 1, true});
    ASSERT_TRUE(splitter.fault()) << text;
    EXPECT_EQ(splitter.fault()->field, field) << text;
    EXPECT_NE(splitter.fault()->what.find(what), std::string_view::npos) << text;
  }
}

TEST(CsvRecords, ManyFieldsOfAnyLengthAreSplit) {
  // Around the blocks in which delimiters are looked for.
  for (std::size_t length = 0; length < 100; ++length) {
    for (const std::size_t step : {1U, 2U, 5U, 31U, 32U, 33U, 64U}) {
      std::string text;
      Row expected(1);
      for (std::size_t i = 0; i < length; ++i) {
        if (i % step == step - 1) {
          text += ';';
          expected.emplace_back();
        } else {
          text += static_cast<char>('a' + i % 26);
          expected.back() += text.back();
        }
      }
      CsvSplitter splitter(';');
      const auto fields = splitter.split({text, 1, false});
      EXPECT_EQ(Row(fields.begin(), fields.end()), expected) << text;
    }
  }
}

TEST(CsvRecords, ARecordWithoutAnEndTakesNoMemory) {
  const TemporaryDirectory directory;
  std::string content = "a,b\n1,\"2\n";
  while (content.size() < kLongestRecordBytes + (1 << 20)) content += "some more text, and\n";
  content += "\"\n3,4\n";
  const auto path = directory.write("a.csv", content);
  CsvRecordReader reader(path, {}, kToTheEnd);
  ASSERT_TRUE(reader.next());
  const auto endless = reader.next();
  ASSERT_TRUE(endless && endless->too_long);
  EXPECT_TRUE(endless->text.empty());
  EXPECT_EQ(endless->line, 2U);
  const auto last = reader.next();
  ASSERT_TRUE(last);
  EXPECT_EQ(last->text, "3,4");
  EXPECT_EQ(last->line,
            static_cast<std::uint64_t>(std::ranges::count(content, '\n')));  // it is the last
  EXPECT_FALSE(reader.next());
}

// However much of it is read at a time.
TEST(CsvRecords, ARecordBeyondTheLimitIsTooLong) {
  const TemporaryDirectory directory;
  for (const std::uint64_t over : {0U, 1U, 5'000'000U}) {
    const std::string line(kLongestRecordBytes + over, 'x');
    const auto path = directory.write("a.csv", "a\n" + line + "\n3\n");
    CsvRecordReader reader(path);
    ASSERT_TRUE(reader.next());
    const auto record = reader.next();
    ASSERT_TRUE(record);
    EXPECT_EQ(record->too_long, over > 0) << over;
    const auto last = reader.next();
    ASSERT_TRUE(last);
    EXPECT_EQ(last->text, "3");
    EXPECT_EQ(last->line, 3U);
  }
}

TEST(CsvRecords, DigestsAreOfBlocksWhoeverCountsThem) {
  const TemporaryDirectory directory;
  std::string content;
  for (int i = 0; i < 1000; ++i) content += fmt::format("{},\"{}\"\n", i, i * i);
  const auto path = directory.write("a.csv", content);
  const CsvCounts whole = count_csv(path, {0, kToTheEnd}, 100);
  EXPECT_EQ(whole.bytes, content.size());
  EXPECT_EQ(whole.line_ends, 1000U);
  EXPECT_EQ(whole.block_digests.size(), (content.size() + 99) / 100);
  std::vector<std::uint64_t> digests;
  for (std::uint64_t begin = 0; begin < content.size(); begin += 700) {
    const CsvCounts part = count_csv(path, {begin, std::min(begin + 700, content.size())}, 100);
    digests.insert(digests.end(), part.block_digests.begin(), part.block_digests.end());
  }
  EXPECT_EQ(digests, whole.block_digests);
}

}  // namespace
}  // namespace lockstep
