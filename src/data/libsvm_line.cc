#include "data/libsvm_line.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "base/parse_number.h"
#include "data/text_number.h"

namespace lockstep {
namespace {

constexpr std::string_view kSpace = " \t\r\f\v";

// A token as an error shows it: short, and without bytes that are not text.
std::string shown(std::string_view token) {
  constexpr std::size_t kLongest = 40;
  std::string text;
  for (const char c : token.substr(0, kLongest)) text += c >= ' ' && c <= '~' ? c : '?';
  return "\"" + text + (token.size() > kLongest ? "...\"" : "\"");
}

std::string number_expected(std::string_view what, std::string_view found) {
  return fmt::format("expected {}, a finite number within the range of float, found {}", what,
                     shown(found));
}

LineProblem problem(std::size_t column, std::string message) {
  return {.column = column, .message = std::move(message), .beyond_features = false};
}

// A token of a line, and its column, counted from 1.
struct Token {
  std::size_t column;
  std::string_view text;
};

// A label is required to be a number if it is read (`labelled`).
std::optional<LineProblem> parse_label(const Token& token, bool labelled, LibsvmLine& line) {
  line.has_label = true;
  const std::optional<float> label = parse_float(token.text);
  // Who predicts may not know the label.
  const bool unknown =
      !labelled && (token.text == "?" || token.text == "nan" || token.text == "NaN");
  if (!label && !unknown) return problem(token.column, number_expected("a label", token.text));
  if (labelled) line.label = label;
  return std::nullopt;
}

// Parses the GROUP of qid:GROUP.
std::optional<LineProblem> parse_group(const Token& token, std::string_view group,
                                       LibsvmLine& line) {
  if (line.group || !line.values.empty()) {
    return problem(token.column, "qid comes once, before the values");
  }
  line.group = parse_number<std::uint64_t>(group);
  if (line.group) return std::nullopt;
  return problem(token.column,
                 fmt::format("expected a whole number after qid:, found {}", shown(group)));
}

// Parses INDEX:VALUE, whose colon is at `colon`.
std::optional<LineProblem> parse_value(const Token& token, std::size_t colon,
                                       std::uint64_t features, LibsvmLine& line) {
  const std::string_view before = token.text.substr(0, colon);
  const std::string_view after = token.text.substr(colon + 1);
  const auto index = parse_number<std::uint64_t>(before);
  if (!index) {
    return problem(token.column, fmt::format("expected an index, a whole number from 1, found {}",
                                             shown(before)));
  }
  if (*index == 0) return problem(token.column, "index 0; indices count from 1");
  if (!line.values.empty() && *index <= line.values.back().index) {
    const std::uint64_t last = line.values.back().index;
    return problem(token.column,
                   *index == last
                       ? fmt::format("index {} is given twice", *index)
                       : fmt::format("index {} after index {}; indices ascend", *index, last));
  }
  if (*index > features) {
    return LineProblem{token.column,
                       fmt::format("index {} is above the {} features", *index, features), true};
  }
  const auto value = parse_float(after);
  if (!value) return problem(token.column + colon + 1, number_expected("a value", after));
  line.values.push_back({*index, *value});
  return std::nullopt;
}

// Parses a token of a line into `line`, of which it is the first or a later one.
std::optional<LineProblem> parse_token(const Token& token, bool is_first, bool labelled,
                                       std::uint64_t features, LibsvmLine& line) {
  const std::size_t colon = token.text.find(':');
  const bool has_colon = colon != std::string_view::npos;
  if (is_first && !has_colon) return parse_label(token, labelled, line);
  if (is_first && labelled) {
    return problem(token.column, fmt::format("expected a label before {}", shown(token.text)));
  }
  if (!has_colon) {
    return problem(token.column, fmt::format("expected index:value, found {}", shown(token.text)));
  }
  if (token.text.substr(0, colon) == "qid") {
    return parse_group(token, token.text.substr(colon + 1), line);
  }
  return parse_value(token, colon, features, line);
}

}  // namespace

std::optional<LineProblem> parse_libsvm_line(std::string_view text, bool labelled,
                                             std::uint64_t features, LibsvmLine& line) {
  line = {.values = std::move(line.values)};
  line.values.clear();
  line.empty = text.find_first_not_of(kSpace) == std::string_view::npos;
  text = text.substr(0, text.find('#'));
  std::size_t at = text.find_first_not_of(kSpace);
  line.blank = at == std::string_view::npos;
  for (bool is_first = true; at < text.size(); is_first = false) {
    const std::size_t stop = std::min(text.find_first_of(kSpace, at), text.size());
    const Token token{.column = at + 1, .text = text.substr(at, stop - at)};
    if (auto found = parse_token(token, is_first, labelled, features, line)) return found;
    at = std::min(text.find_first_not_of(kSpace, stop), text.size());
  }
  return std::nullopt;
}

}  // namespace lockstep
