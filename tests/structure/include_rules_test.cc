// The include lines of src/ against the table of rooms: the architecture is the
// folders, and this test keeps it so.

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
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

// In a room's list: any of kValueHeaders.
constexpr const char* kAnyValueHeader = "a value header";

struct Room {
  std::string name;
  Names may_include;      // other rooms, "proto" (generated messages), or single headers
  Names outside_headers;  // of kRestrictedHeaders
};

// Headers of libraries that belong to one room.
const Names kRestrictedHeaders = {"mpi.h", "cblas.h", "sleef.h"};

// Plain value headers: what a room calls things, without anything that does something.
// config reads them into a job. They include only the standard library, numerics, base and
// each other.
const Names kValueHeaders = {
    "data/spec.h",           "linalg/matrix.h",
    "linalg/pairs.h",        "linalg/precision.h",
    "nn/activations.h",      "nn/dense.h",
    "nn/initializer_spec.h", "nn/layer.h",
    "nn/layer_kinds.h",      "nn/spec.h",
    "optim/adam.h",          "optim/adamw.h",
    "optim/clipping.h",      "optim/gradient_descent.h",
    "optim/momentum.h",      "optim/nesterov.h",
    "optim/optimizer.h",     "optim/rmsprop.h",
    "optim/schedule.h",      "optim/step.h",
};

// A room may include itself and what stands here, which is always further up.
const std::vector<Room> kRooms = {
    {"numerics", {}, {"sleef.h"}},
    {"base", {"numerics"}, {}},
    {"records", {"base"}, {}},
    {"linalg", {"base"}, {"cblas.h"}},
    {"comm", {"base", "linalg"}, {"mpi.h"}},
    {"data", {"numerics", "base", "linalg"}, {}},
    {"nn", {"numerics", "base", "linalg"}, {}},
    {"optim", {"numerics", "base", "linalg"}, {}},
    {"config", {"base", "proto", "records", kAnyValueHeader}, {}},
    {"checkpoint", {"base", "proto", "records"}, {}},
    {"train",
     {"numerics", "base", "records", "linalg", "comm", "data", "nn", "optim", "config",
      "checkpoint"},
     {}},
    {"diagnose",
     {"numerics", "base", "records", "linalg", "comm", "data", "nn", "optim", "config",
      "checkpoint", "train"},
     {}},
    {"doctor", {"base", "linalg", "comm", "nn", "config", "train"}, {}},
    {"sweep", {"numerics", "base", "records", "comm", "nn", "config", "checkpoint", "train"}, {}},
    {"report",
     {"numerics", "base", "proto", "records", "config", "train", "diagnose", "doctor", "sweep"},
     {}},
    {"export", {"base", "nn", "proto"}, {}},
    {"init", {"base", "data"}, {}},
    {"cli",
     {"numerics", "base", "records", "linalg", "comm", "data", "nn", "optim", "config",
      "checkpoint", "train", "diagnose", "doctor", "sweep", "report", "export", "init"},
     {}},
};

bool contains(const Names& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

std::string first_folder(const std::string& path) { return path.substr(0, path.find('/')); }

const Room* find_room(const std::string& name) {
  const auto room = std::find_if(kRooms.begin(), kRooms.end(),
                                 [&](const Room& candidate) { return candidate.name == name; });
  return room == kRooms.end() ? nullptr : &*room;
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

// Why `include` does not belong in `room`; empty if it does.
std::string objection(const Room& room, const Include& include) {
  if (contains(kRestrictedHeaders, include.path)) {
    return contains(room.outside_headers, include.path) ? "" : "belongs to another room";
  }
  if (!include.quoted) {
    const bool ours = find_room(first_folder(include.path)) != nullptr &&
                      include.path.find('/') != std::string::npos;
    return ours ? "our headers stand in quotes" : "";
  }
  const std::string folder = first_folder(include.path);
  if (folder == room.name || contains(room.may_include, folder) ||
      contains(room.may_include, include.path)) {
    return "";
  }
  if (contains(room.may_include, kAnyValueHeader) && contains(kValueHeaders, include.path)) {
    return "";
  }
  if (folder != "proto" && find_room(folder) == nullptr) return "is not relative to src/";
  return "is not below this room";
}

// One line for each include in `text`, a file of the room `room_name`, that
// breaks a rule.
Names violations(const std::string& file, const std::string& room_name, const std::string& text) {
  const Room* room = find_room(room_name);
  if (room == nullptr) return {file + ": the table has no room \"" + room_name + "\""};
  Names found;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    const std::optional<Include> include = include_of(line);
    const std::string reason = include ? objection(*room, *include) : "";
    if (!reason.empty()) {
      found.push_back(file + ": " + room->name + " includes " + include->path + ", which " +
                      reason);
    }
  }
  return found;
}

std::string read(const fs::path& path) {
  std::ifstream in(path);
  return {std::istreambuf_iterator<char>(in), {}};
}

TEST(IncludeRules, TableIsAcyclic) {
  Names above = {"proto"};
  for (const Room& room : kRooms) {
    for (const std::string& other : room.may_include) {
      if (other == kAnyValueHeader) continue;
      EXPECT_TRUE(contains(above, first_folder(other))) << room.name << " before " << other;
    }
    above.push_back(room.name);
  }
}

// The quoted includes of `text` that no value header may have.
Names beyond_values(const std::string& text) {
  Names found;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    const std::optional<Include> include = include_of(line);
    if (!include || !include->quoted || contains(kValueHeaders, include->path)) continue;
    const std::string folder = first_folder(include->path);
    if (folder != "base" && folder != "numerics") found.push_back(include->path);
  }
  return found;
}

TEST(IncludeRules, ValueHeadersIncludeNothingElse) {
  const fs::path source = LOCKSTEP_SOURCE_DIR;
  for (const std::string& header : kValueHeaders) {
    ASSERT_TRUE(fs::exists(source / header)) << header;
    EXPECT_THAT(beyond_values(read(source / header)), testing::IsEmpty()) << header;
  }
  EXPECT_THAT(beyond_values("#include <span>\n#include \"base/range.h\"\n"), testing::IsEmpty());
  EXPECT_THAT(beyond_values("#include \"linalg/gemm.h\"\n"), testing::SizeIs(1));
}

TEST(IncludeRules, SourceTreeObeysThem) {
  const fs::path source = LOCKSTEP_SOURCE_DIR;
  std::size_t files = 0;
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(source)) {
    const std::string extension = entry.path().extension().string();
    if (extension != ".h" && extension != ".cc") continue;
    ++files;
    const std::string file = entry.path().lexically_relative(source).generic_string();
    EXPECT_THAT(violations(file, first_folder(file), read(entry.path())), testing::IsEmpty());
  }
  EXPECT_GT(files, 10U) << "in " << source;
}

TEST(IncludeRules, BreakingThemIsNoticed) {
  const auto count = [](const std::string& room, const std::string& text) {
    return violations("made-up.cc", room, text).size();
  };
  EXPECT_EQ(count("nn", "#include <vector>\n#include \"nn/layer.h\"\n"), 0U);
  EXPECT_EQ(count("comm", "#include <mpi.h>\n"), 0U);
  EXPECT_EQ(count("report", "#include \"train/observer.h\"\n#include \"proto/run.pb.h\"\n"), 0U);

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
  EXPECT_EQ(count("report", "#include \"nn/spec.h\"\n"), 1U);
  EXPECT_EQ(count("attic", ""), 1U);
}

}  // namespace
}  // namespace lockstep
