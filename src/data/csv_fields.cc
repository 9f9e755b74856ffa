#include "data/csv_fields.h"

#include <algorithm>
#include <cstring>

namespace lockstep {

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
  const char* begin = text.data();
  const char* const end = begin + text.size();
  while (begin != end) {
    const void* found = std::memchr(begin, delimiter_, static_cast<std::size_t>(end - begin));
    const char* stop = found != nullptr ? static_cast<const char*>(found) : end;
    fields_.emplace_back(begin, static_cast<std::size_t>(stop - begin));
    if (stop == end) return;
    begin = stop + 1;
  }
  fields_.emplace_back();  // after the last delimiter, or of an empty record
}

void CsvSplitter::split_quoted(std::string_view text) {
  unescaped_.clear();
  unescaped_.reserve(text.size());  // it never moves, so that views into it stay
  std::size_t at = 0;
  const auto fail = [&](std::string_view what) { fault_ = Fault{fields_.size(), what}; };
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
        return fail("expected the delimiter after a closing quote; write a quote inside a field "
                    "twice");
      }
      fields_.emplace_back(unescaped_.data() + begin, unescaped_.size() - begin);
    } else {
      const std::size_t stop = std::min(text.find(delimiter_, at), text.size());
      const std::string_view field = text.substr(at, stop - at);
      if (field.find('"') != std::string_view::npos) {
        return fail("a quote inside a field that does not begin with one; put the field in quotes "
                    "and write its own twice");
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
  return record_.line + static_cast<std::uint64_t>(std::ranges::count(
                            record_.text.substr(0, begin), '\n'));
}

}  // namespace lockstep
