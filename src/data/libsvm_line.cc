#include "data/libsvm_line.h"

#include <algorithm>
#include <charconv>
#include <system_error>
#include <utility>

#include <fmt/format.h>

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

std::optional<std::uint64_t> to_index(std::string_view token) {
  std::uint64_t value = 0;
  const char* const end = token.data() + token.size();
  const auto [stop, error] = std::from_chars(token.data(), end, value);
  if (error != std::errc() || stop != end) return std::nullopt;
  return value;
}

std::string number_expected(std::string_view what, std::string_view found) {
  return fmt::format("expected {}, a finite number within the range of float, found {}", what,
                     shown(found));
}

LineProblem problem(std::size_t column, std::string message) {
  return {.column = column, .message = std::move(message), .beyond_features = false};
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
  for (std::size_t n = 0; at < text.size(); ++n) {
    const std::size_t stop = std::min(text.find_first_of(kSpace, at), text.size());
    const std::string_view token = text.substr(at, stop - at);
    const std::size_t column = at + 1;
    at = std::min(text.find_first_not_of(kSpace, stop), text.size());

    const std::size_t colon = token.find(':');
    if (n == 0 && colon == std::string_view::npos) {
      line.has_label = true;
      const std::optional<float> label = parse_float(token);
      // Who predicts may not know the label.
      const bool unknown = !labelled && (token == "?" || token == "nan" || token == "NaN");
      if (!label && !unknown) return problem(column, number_expected("a label", token));
      if (labelled) line.label = label;
      continue;
    }
    if (n == 0 && labelled) {
      return problem(column, fmt::format("expected a label before {}", shown(token)));
    }
    if (colon == std::string_view::npos) {
      return problem(column, fmt::format("expected index:value, found {}", shown(token)));
    }
    if (token.substr(0, colon) == "qid") {
      if (line.group || !line.values.empty()) {
        return problem(column, "qid comes once, before the values");
      }
      line.group = to_index(token.substr(colon + 1));
      if (!line.group) {
        return problem(column, fmt::format("expected a whole number after qid:, found {}",
                                           shown(token.substr(colon + 1))));
      }
      continue;
    }
    const auto index = to_index(token.substr(0, colon));
    if (!index) {
      return problem(column, fmt::format("expected an index, a whole number from 1, found {}",
                                         shown(token.substr(0, colon))));
    }
    if (*index == 0) return problem(column, "index 0; indices count from 1");
    if (!line.values.empty() && *index <= line.values.back().index) {
      const std::uint64_t last = line.values.back().index;
      return problem(column, *index == last ? fmt::format("index {} is given twice", *index)
                                            : fmt::format("index {} after index {}; indices ascend",
                                                          *index, last));
    }
    if (*index > features) {
      return LineProblem{column, fmt::format("index {} is above the {} features", *index, features),
                         true};
    }
    const auto value = parse_float(token.substr(colon + 1));
    if (!value) {
      return problem(column + colon + 1, number_expected("a value", token.substr(colon + 1)));
    }
    line.values.push_back({*index, *value});
  }
  return std::nullopt;
}

}  // namespace lockstep
