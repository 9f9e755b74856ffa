#include "data/libsvm.h"

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <functional>
#include <limits>
#include <utility>

#include <fmt/format.h>

#include "base/check.h"
#include "base/digest.h"
#include "base/error.h"
#include "data/file_error.h"
#include "data/line_reader.h"

namespace lockstep {
namespace {

constexpr std::uint64_t kMostProblems = 10;

// Errors in lines, as text for the user.
class LineProblems {
 public:
  explicit LineProblems(const std::filesystem::path& path) : path_(path) {}

  void add(std::uint64_t line, const LineProblem& problem) {
    beyond_features_ = beyond_features_ || problem.beyond_features;
    if (++count_ > kMostProblems) return;
    if (!text_.empty()) text_ += '\n';
    text_ += fmt::format("{}:{}:{}: {}", path_.string(), line, problem.column, problem.message);
  }

  // `width` says what determines the number of features.
  void throw_if_any(const std::string& width) const {
    if (count_ == 0) return;
    std::string text = text_;
    if (count_ > kMostProblems) {
      text += fmt::format("\n{}: and {} more bad lines", path_.string(), count_ - kMostProblems);
    }
    throw Error(ExitCode::data, text + (beyond_features_ ? width : std::string()));
  }

 private:
  const std::filesystem::path& path_;
  std::uint64_t count_ = 0;
  bool beyond_features_ = false;
  std::string text_;
};

// The largest index of a file, and its place.
struct LargestIndex {
  std::uint64_t index = 0;
  std::uint64_t line = 0;
};

// Throws if the first line belongs to another format.
void refuse_other_formats(const std::filesystem::path& path, std::string_view line) {
  refuse_html(path, std::as_bytes(std::span(line)), "libsvm");
  const auto is_text = [](char c) { return c < '\0' || c >= ' ' || (c >= '\t' && c <= '\r'); };
  if (std::ranges::all_of(line, is_text)) return;
  fail_file(path, "its first line is not text; is it a libsvm file?");
}

void check_density(const std::filesystem::path& path, const LargestIndex& largest,
                   std::uint64_t examples, std::uint64_t content_bytes) {
  constexpr double kAlwaysAllowed = 16 << 20;
  constexpr double kMostGrowth = 256;
  const double dense = static_cast<double>(examples) * static_cast<double>(largest.index) *
                       static_cast<double>(sizeof(float));
  if (dense <= std::max(kAlwaysAllowed, kMostGrowth * static_cast<double>(content_bytes))) return;
  throw Error(ExitCode::data,
              fmt::format("{}:{}: index {} would make {} of {:.4g} bytes, stored dense, of {} of "
                          "text; if this is intended, say features: {}",
                          path.string(), largest.line, largest.index,
                          examples == 1 ? "an example" : fmt::format("{} examples", examples),
                          dense, bytes_text(content_bytes), largest.index));
}

// What the lines of a file hold, without the values.
struct FileContent {
  std::vector<float> labels;
  std::vector<std::uint64_t> groups;
  std::uint64_t examples = 0;    // without those of empty lines
  std::uint64_t with_label = 0;  // examples with a label
  std::uint64_t empty_lines = 0;
  std::uint64_t first_empty = 0;  // line number of the first empty line
  LargestIndex largest;
  std::uint64_t bytes = 0;
  std::uint64_t digest = 0;
};

// Reads and checks every line.
FileContent read_content(const std::filesystem::path& path, const LibsvmFeatures& features,
                         bool labelled) {
  const std::uint64_t limit = features.count.value_or(std::numeric_limits<std::uint32_t>::max());
  LineReader reader(path);
  LineProblems problems(path);
  FileContent content;
  LibsvmLine line;
  std::string_view text;
  while (reader.next(text)) {
    if (reader.number() == 1) refuse_other_formats(path, text);
    if (const auto problem = parse_libsvm_line(text, labelled, limit, line)) {
      problems.add(reader.number(), *problem);
      continue;
    }
    if (line.empty && ++content.empty_lines == 1) content.first_empty = reader.number();
    if (line.blank) continue;
    if (line.group.has_value() != !content.groups.empty() && content.examples > 0) {
      problems.add(reader.number(), {1, "expected a qid on all lines or on none"});
      continue;
    }
    ++content.examples;
    content.with_label += line.has_label ? 1 : 0;
    if (line.label) content.labels.push_back(*line.label);
    if (line.group) content.groups.push_back(*line.group);
    if (!line.values.empty() && line.values.back().index > content.largest.index) {
      content.largest = {line.values.back().index, reader.number()};
    }
  }
  problems.throw_if_any(features.count ? fmt::format("\n({} {} features)", features.given_by, limit)
                                       : std::string());
  content.bytes = reader.content_bytes();
  content.digest = reader.digest();
  return content;
}

}  // namespace

LibsvmExampleSource::LibsvmExampleSource(std::filesystem::path path, const LibsvmFeatures& features,
                                         bool labelled)
    : path_(std::move(path)), labelled_(labelled) {
  FileContent content = read_content(path_, features, labelled);
  const std::uint64_t empty = content.empty_lines;
  if (content.examples == 0) fail_file(path_, "has no examples");
  if (empty > 0 && 0 < content.with_label && content.with_label < content.examples) {
    fail_file(path_, fmt::format("line {} is empty: is it an example whose features are all 0? "
                                 "write labels in all lines or in none",
                                 content.first_empty));
  }
  empty_is_example_ = content.with_label == 0;
  const std::uint64_t examples = content.examples + (empty_is_example_ ? empty : 0);
  if (examples > std::numeric_limits<std::uint32_t>::max()) {
    fail_file(path_, fmt::format("{} examples; expected fewer than 2^32", examples));
  }
  if (!features.count) {
    if (content.largest.index == 0) {
      fail_file(path_, "has no index:value; say how many features there are");
    }
    check_density(path_, content.largest, examples, content.bytes);
  }
  labels_ = std::move(content.labels);
  groups_ = std::move(content.groups);
  digest_ = content.digest;
  info_ = {.name = path_.string(),
           .labels_name = labelled ? path_.string() : std::string(),
           .examples = examples,
           .features = features.count.value_or(content.largest.index),
           .label_width = labelled ? 1U : 0U,
           .type = ElementType::f32,
           .image = std::nullopt};
  if (empty_is_example_ && empty > 0) {
    info_.notices.push_back(fmt::format(
        "{}:{}: an empty line{}; in a file without labels that is an example whose features are "
        "all 0",
        path_.string(), content.first_empty,
        empty == 1 ? "" : fmt::format(" and {} more", empty - 1)));
  }
}

Examples LibsvmExampleSource::read(std::span<const std::uint32_t> ids) {
  check(std::ranges::adjacent_find(ids, std::greater_equal<>{}) == ids.end(),
        "ids are ascending and distinct");
  check(ids.empty() || ids.back() < info_.examples, "ids are below the number of examples");
  const std::uint64_t features = info_.features;
  Examples examples{.type = ElementType::f32,
                    .features = features,
                    .values = std::vector<std::byte>(ids.size() * features * sizeof(float)),
                    .label_width = info_.label_width,
                    .labels = {},
                    .ids = {ids.begin(), ids.end()}};
  LineReader reader(path_);
  LibsvmLine line;
  std::string_view text;
  std::uint64_t example = 0;
  std::size_t kept = 0;
  const auto fail_changed = [&] { fail_file(path_, "changed while it was read"); };
  while (reader.next(text)) {
    if (parse_libsvm_line(text, labelled_, features, line)) fail_changed();
    if (!is_example(line)) continue;
    if (kept < ids.size() && ids[kept] == example) {
      std::byte* const row = examples.values.data() + kept * features * sizeof(float);
      for (const auto& [index, value] : line.values) {
        std::memcpy(row + (index - 1) * sizeof(float), &value, sizeof(float));
      }
      ++kept;
    }
    ++example;
  }
  if (reader.digest() != digest_) fail_changed();
  if (labelled_) {
    for (const std::uint32_t id : ids) examples.labels.push_back(labels_[id]);
  }
  return examples;
}

std::vector<std::string> LibsvmExampleSource::places(std::span<const std::uint64_t> examples) {
  std::vector<std::string> places(examples.size());
  LineReader reader(path_);
  LibsvmLine line;
  std::string_view text;
  for (std::uint64_t example = 0; reader.next(text);) {
    if (parse_libsvm_line(text, labelled_, info_.features, line) || !is_example(line)) continue;
    for (std::size_t i = 0; i < examples.size(); ++i) {
      if (examples[i] != example) continue;
      places[i] = fmt::format("{}:{}", path_.string(), reader.number());
    }
    ++example;
  }
  return places;
}

std::uint64_t LibsvmExampleSource::fingerprint() const {
  const std::uint64_t parts[] = {digest_, info_.features};
  return digest_of(std::as_bytes(std::span(parts)));
}

}  // namespace lockstep
