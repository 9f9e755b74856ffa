#include "data/csv_fields.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "data/byte_mask.h"

namespace lockstep {

std::string delimiter_question(char c) {
  constexpr std::string_view kUsual = ",;\t|";
  if (kUsual.find(c) == std::string_view::npos) return "";
  return c == '\t' ? "is the delimiter a tab (\"\\t\")?"
                   : fmt::format("is the delimiter \"{}\"?", c);
}

std::span<const std::string_view> CsvSplitter::split(const CsvRecord& record) {
  record_ = record;
  fields_.clear();
  begins_.clear();
  fault_.reset();
  if (record.has_quotes) {
    split_quoted(record.text);
  } else {
    split_plain(record.text);
  }
  return fields_;
}

void CsvSplitter::split_plain(std::string_view text) {
  const char* const bytes = text.data();
  std::size_t begin = 0;  // where the field begins
  const auto end_fields = [&](std::uint32_t mask, std::size_t block) {
    for (; mask != 0; mask &= mask - 1) {
      const std::size_t end = block + static_cast<std::size_t>(std::countr_zero(mask));
      fields_.emplace_back(bytes + begin, end - begin);
      begin = end + 1;
    }
  };
  std::size_t block = 0;
  for (; block + kMaskBytes <= text.size(); block += kMaskBytes) {
    end_fields(mask_of(bytes + block, delimiter_), block);
  }
  const std::size_t rest = text.size() - block;
  if (rest > 0) {
    std::array<char, kMaskBytes> last = {};
    std::memcpy(last.data(), bytes + block, rest);
    const std::uint32_t within = (std::uint32_t{1} << rest) - 1;
    end_fields(mask_of(last.data(), delimiter_) & within, block);
  }
  fields_.push_back(text.substr(begin));
}

void CsvSplitter::split_quoted(std::string_view text) {
  unescaped_.clear();
  unescaped_.reserve(text.size());  // it is never reallocated, so views into it stay valid
  std::size_t at = 0;
  const auto fail = [&](std::string what) { fault_ = Fault{fields_.size(), std::move(what)}; };
  while (true) {
    begins_.push_back(at);
    if (at < text.size() && text[at] == '"') {
      const std::size_t begin = unescaped_.size();
      ++at;
      while (true) {
        const std::size_t quote = text.find('"', at);
        if (quote == std::string_view::npos) {
          return fail("a quote that is opened here is never closed");
        }
        unescaped_.append(text.substr(at, quote - at));
        at = quote + 1;
        if (at >= text.size() || text[at] != '"') break;
        unescaped_ += '"';
        ++at;
      }
      if (at < text.size() && text[at] != delimiter_) {
        const std::string question = delimiter_question(text[at]);
        return fail("expected the delimiter after a closing quote; " +
                    (question.empty() ? "write a quote inside a field twice" : question));
      }
      fields_.emplace_back(unescaped_.data() + begin, unescaped_.size() - begin);
    } else {
      const std::size_t stop = std::min(text.find(delimiter_, at), text.size());
      const std::string_view field = text.substr(at, stop - at);
      if (field.find('"') != std::string_view::npos) {
        return fail(
            "a quote inside a field that does not begin with one; put the field in quotes "
            "and write each quote inside it twice");
      }
      fields_.push_back(field);
      at = stop;
    }
    if (at >= text.size()) return;
    ++at;  // the delimiter
  }
}

std::uint64_t CsvSplitter::line_of(std::size_t field) const {
  if (begins_.empty()) return record_.line;
  const std::size_t begin = begins_[std::min(field, begins_.size() - 1)];
  return record_.line +
         static_cast<std::uint64_t>(std::ranges::count(record_.text.substr(0, begin), '\n'));
}

}  // namespace lockstep
