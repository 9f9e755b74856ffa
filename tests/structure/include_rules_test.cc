// The include lines of src/ against the table of rooms in docs/design.md: the architecture is the
// folders, and this test keeps it so.

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <set>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace lockstep {
namespace {

namespace fs = std::filesystem;
using Names = std::vector<std::string>;

const fs::path kSource = fs::path(LOCKSTEP_ROOT) / "src";

// What stands in the table for any of kValueHeaders, and for the folder proto.
constexpr std::string_view kAnyValueHeader = "value headers";
constexpr std::string_view kGeneratedMessages = "generated messages";

struct Room {
  std::string name;
  Names may_include;  // other rooms, kAnyValueHeader or kGeneratedMessages
};

// The rooms in the order of the table: a room may include only those above it.
using Rooms = std::vector<Room>;

// Headers of libraries that belong to one room.
struct LibraryHeader {
  std::string path, room;
};
const std::vector<LibraryHeader> kLibraryHeaders = {
    {"mpi.h", "comm"}, {"cblas.h", "linalg"}, {"sleef.h", "numerics"}};

// Plain value headers besides those of optim: what a room calls things, without anything that does
// something. config reads them into a job. They include only the standard library, numerics, base
// and each other.
const Names kValueHeaders = {
    "data/spec.h",      "linalg/matrix.h", "linalg/pairs.h",        "linalg/precision.h",
    "nn/activations.h", "nn/dense.h",      "nn/initializer_spec.h", "nn/layer.h",
    "nn/layer_kinds.h", "nn/spec.h",
};

bool contains(const Names& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

std::string first_folder(const std::string& path) { return path.substr(0, path.find('/')); }

// All headers of optim are plain values.
bool is_value_header(const std::string& path) {
  return contains(kValueHeaders, path) || (first_folder(path) == "optim" && path.ends_with(".h"));
}

std::string read(const fs::path& path) {
  std::ifstream in(path);
  return {std::istreambuf_iterator<char>(in), {}};
}

std::string trimmed(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(' ');
  if (begin == std::string_view::npos) return {};
  return std::string(text.substr(begin, text.find_last_not_of(' ') + 1 - begin));
}

// Adds the names of a list such as "base, linalg," to `names`.
void append_names(Names& names, const std::string& list) {
  std::istringstream words(list);
  for (std::string name; std::getline(words, name, ',');) {
    if (name = trimmed(name); !name.empty()) names.push_back(name);
  }
}

// The table in the section "Rooms" of `page`, which is the lines of its first block.
Rooms table_in(const std::string& page) {
  const std::string open = "```text\n";
  const std::size_t begin = page.find(open, page.find("\n## Rooms\n")) + open.size();
  std::istringstream lines(page.substr(begin, page.find("```", begin) - begin));
  Rooms rooms;
  for (std::string line; std::getline(lines, line);) {
    const std::size_t arrow = line.find("->");
    if (arrow == std::string::npos) {  // goes on with the line before
      append_names(rooms.at(rooms.size() - 1).may_include, line);
      continue;
    }
    rooms.push_back({trimmed(line.substr(0, arrow)), {}});
    append_names(rooms.back().may_include, line.substr(arrow + 2));
  }
  return rooms;
}

const Rooms& rooms() {
  static const Rooms table = table_in(read(fs::path(LOCKSTEP_ROOT) / "docs" / "design.md"));
  return table;
}

const Room* find_room(const std::string& name) {
  const auto room = std::ranges::find(rooms(), name, &Room::name);
  return room == rooms().end() ? nullptr : &*room;
}

struct Include {
  std::string path;
  bool quoted;  // ours; otherwise in angle brackets
};

// `line` without the blanks and then `word` at its start; nothing if it starts otherwise.
std::optional<std::string_view> after(std::string_view line, std::string_view word) {
  line.remove_prefix(std::min(line.find_first_not_of(" \t"), line.size()));
  if (!line.starts_with(word)) return std::nullopt;
  return line.substr(word.size());
}

std::optional<Include> include_of(std::string_view line) {
  const auto directive = after(line, "#");
  const auto target = directive ? after(*directive, "include") : std::nullopt;
  if (!target) return std::nullopt;
  const auto quoted = after(*target, "\"");
  const auto bracketed = after(*target, "<");
  if (quoted) return Include{std::string(quoted->substr(0, quoted->find('"'))), true};
  if (bracketed) return Include{std::string(bracketed->substr(0, bracketed->find('>'))), false};
  return Include{std::string(*target), true};  // a macro: no room has that name
}

std::vector<Include> includes_of(const std::string& text) {
  std::vector<Include> found;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    if (const std::optional<Include> include = include_of(line)) found.push_back(*include);
  }
  return found;
}

// What the table calls the header that a file of `room` includes.
std::string name_in_table(const Room& room, const std::string& header) {
  const std::string folder = first_folder(header);
  if (folder == "proto") return std::string(kGeneratedMessages);
  const bool as_value = contains(room.may_include, kAnyValueHeader) && is_value_header(header);
  return as_value ? std::string(kAnyValueHeader) : folder;
}

// Why `include` does not belong in `room`; empty if it does.
std::string objection(const Room& room, const Include& include) {
  const auto library = std::ranges::find(kLibraryHeaders, include.path, &LibraryHeader::path);
  if (library != kLibraryHeaders.end()) {
    return library->room == room.name ? "" : "belongs to another room";
  }
  const std::string folder = first_folder(include.path);
  if (!include.quoted) {
    const bool ours = find_room(folder) != nullptr && include.path.find('/') != std::string::npos;
    return ours ? "our headers stand in quotes" : "";
  }
  const std::string name = name_in_table(room, include.path);
  if (name == room.name || contains(room.may_include, name)) return "";
  if (folder != "proto" && find_room(folder) == nullptr) return "is not relative to src/";
  return "its line in docs/design.md does not name";
}

// One line for each include in `text`, a file of the room `room_name`, that
// breaks a rule.
Names violations(const std::string& file, const std::string& room_name, const std::string& text) {
  const Room* room = find_room(room_name);
  if (room == nullptr) return {file + ": the table has no room \"" + room_name + "\""};
  Names found;
  for (const Include& include : includes_of(text)) {
    const std::string reason = objection(*room, include);
    if (reason.empty()) continue;
    found.push_back(file + ": " + room->name + " includes " + include.path + ", which " + reason);
  }
  return found;
}

// The source files of all rooms.
std::vector<fs::path> sources() {
  std::vector<fs::path> found;
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(kSource)) {
    const std::string extension = entry.path().extension().string();
    if (extension == ".h" || extension == ".cc") found.push_back(entry.path());
  }
  EXPECT_GT(found.size(), 10U) << "in " << kSource;
  return found;
}

TEST(IncludeRules, TheTableIsReadFromItsPage) {
  const Rooms table = table_in(
      "```text\nnot this -> one\n```\n## Rooms\ntext\n```text\nbase ->\nnn  ->  base, value "
      "headers,\n        proto\n```\nafter -> it\n");
  ASSERT_EQ(table.size(), 2U);
  EXPECT_EQ(table[0].name, "base");
  EXPECT_THAT(table[0].may_include, testing::IsEmpty());
  EXPECT_EQ(table[1].name, "nn");
  EXPECT_THAT(table[1].may_include, testing::ElementsAre("base", "value headers", "proto"));
}

TEST(IncludeRules, TableIsAcyclic) {
  Names above = {std::string(kAnyValueHeader), std::string(kGeneratedMessages)};
  for (const Room& room : rooms()) {
    for (const std::string& other : room.may_include) {
      EXPECT_TRUE(contains(above, other)) << room.name << " before " << other;
    }
    above.push_back(room.name);
  }
}

// The quoted includes of `text` that no value header may have.
Names beyond_values(const std::string& text) {
  Names found;
  for (const Include& include : includes_of(text)) {
    if (!include.quoted || is_value_header(include.path)) continue;
    const std::string folder = first_folder(include.path);
    if (folder != "base" && folder != "numerics") found.push_back(include.path);
  }
  return found;
}

TEST(IncludeRules, ValueHeadersIncludeNothingElse) {
  for (const std::string& header : kValueHeaders) {
    EXPECT_TRUE(fs::exists(kSource / header)) << header;
  }
  for (const fs::path& file : sources()) {
    const std::string header = file.lexically_relative(kSource).generic_string();
    if (!is_value_header(header)) continue;
    EXPECT_THAT(beyond_values(read(file)), testing::IsEmpty()) << header;
  }
  EXPECT_THAT(beyond_values("#include <span>\n#include \"base/range.h\"\n"), testing::IsEmpty());
  EXPECT_THAT(beyond_values("#include \"linalg/gemm.h\"\n"), testing::SizeIs(1));
}

TEST(IncludeRules, SourceTreeObeysThem) {
  for (const fs::path& file : sources()) {
    const std::string path = file.lexically_relative(kSource).generic_string();
    EXPECT_THAT(violations(path, first_folder(path), read(file)), testing::IsEmpty());
  }
}

TEST(IncludeRules, EveryRoomUsesWhatItsLineNames) {
  std::set<std::string> used;
  for (const fs::path& file : sources()) {
    const Room* room = find_room(first_folder(file.lexically_relative(kSource).generic_string()));
    if (room == nullptr) continue;
    for (const Include& include : includes_of(read(file))) {
      used.insert(room->name + " -> " + name_in_table(*room, include.path));
    }
  }
  for (const Room& room : rooms()) {
    for (const std::string& name : room.may_include) {
      EXPECT_TRUE(used.contains(room.name + " -> " + name)) << room.name << " -> " << name;
    }
  }
}

// The headers of rooms that `text` names, in its comments, too, but not those of folders in them.
Names named_headers(const std::string& text) {
  const auto in_path = [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '/' || c == '.';
  };
  Names found;
  for (auto end = text.begin(), begin = end; begin != text.end(); begin = end) {
    end = std::find_if_not(begin, text.end(), in_path);
    std::string path(begin, end);
    while (path.ends_with('.')) path.pop_back();  // of a sentence
    if (path.ends_with(".h") && find_room(first_folder(path)) != nullptr) found.push_back(path);
    end = std::find_if(end, text.end(), in_path);
  }
  return found;
}

TEST(IncludeRules, HeadersThatCommentsNameExist) {
  EXPECT_THAT(
      named_headers("// See nn/dense.h.\n#include \"base/error.h\" // proto/a.h, error.h\n"),
      testing::ElementsAre("nn/dense.h", "base/error.h"));
  for (const fs::path& file : sources()) {
    for (const std::string& header : named_headers(read(file))) {
      const bool generated = header == "train/sources_digest.h";
      EXPECT_TRUE(generated || fs::exists(kSource / header)) << header << " in " << file;
    }
  }
}

TEST(IncludeRules, BreakingThemIsNoticed) {
  const auto count = [](const std::string& room, const std::string& text) {
    return violations("made-up.cc", room, text).size();
  };
  EXPECT_EQ(count("nn", "#include <vector>\n#include \"nn/layer.h\"\n"), 0U);
  EXPECT_EQ(count("comm", "#include <mpi.h>\n"), 0U);
  EXPECT_EQ(count("report", "#include \"train/trainer.h\"\n#include \"proto/run.pb.h\"\n"), 0U);

  EXPECT_EQ(count("nn", "#pragma once\n  # include \"train/trainer.h\"\n"), 1U);
  EXPECT_EQ(count("nn", "#include \"comm/session.h\"\n#include \"optim/adam.h\"\n"), 2U);
  EXPECT_EQ(count("train", "#include <mpi.h>\n"), 1U);
  EXPECT_EQ(count("cli", "#include \"mpi.h\"\n"), 1U);
  EXPECT_EQ(count("nn", "#include <sleef.h>\n"), 1U);
  EXPECT_EQ(count("numerics", "#include <sleef.h>\n"), 0U);
  EXPECT_EQ(count("numerics", "#include \"base/check.h\"\n"), 1U);
  EXPECT_EQ(count("nn", "extern \"C\" {\n#include <cblas.h>\n}\n"), 1U);
  EXPECT_EQ(count("train", "#include \"proto/job.pb.h\"\n"), 1U);
  EXPECT_EQ(count("cli", "#include \"proto/job.pb.h\"\n"), 1U);
  EXPECT_EQ(count("report", "#include \"comm/session.h\"\n"), 1U);
  EXPECT_EQ(count("train", "#include \"report/format.h\"\n"), 1U);
  EXPECT_EQ(count("records", "#include \"train/trainer.h\"\n"), 1U);
  EXPECT_EQ(count("base", "#include \"error.h\"\n"), 1U);
  EXPECT_EQ(count("nn", "#include <linalg/matrix.h>\n"), 1U);
  EXPECT_EQ(count("config", "#include \"nn/network.h\"\n"), 1U);
  EXPECT_EQ(count("config", "#include \"nn/spec.h\"\n"), 0U);
  EXPECT_EQ(count("report", "#include \"linalg/pairs.h\"\n"), 1U);
  EXPECT_EQ(count("attic", ""), 1U);
}

}  // namespace
}  // namespace lockstep
