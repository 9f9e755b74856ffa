#include "data/complaints.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "base/error.h"
#include "data/packing.h"

namespace lockstep {
namespace {

// The counts, the largest first; equal counts keep their order.
template <typename Key>
std::vector<std::pair<Key, std::uint64_t>> by_size(const std::map<Key, std::uint64_t>& numbers) {
  std::vector<std::pair<Key, std::uint64_t>> sorted(numbers.begin(), numbers.end());
  std::ranges::stable_sort(sorted, std::ranges::greater(), &std::pair<Key, std::uint64_t>::second);
  return sorted;
}

std::uint64_t sum_of(const std::map<CellLook, std::uint64_t>& looks) {
  std::uint64_t sum = 0;
  for (const auto& [look, count] : looks) sum += count;
  return sum;
}

// `12 of its 300 rows are "NA", 3 are words, 2 are something else`: what the cells of one column
// look like, the most frequent first; those after the fourth are something else, too.
std::string text_of_looks(const std::map<CellLook, std::uint64_t>& looks, std::uint64_t rows) {
  constexpr std::size_t kMostNamed = 4;
  constexpr CellLook kOther{.kind = CellKind::other};
  std::vector<std::pair<CellLook, std::uint64_t>> named;
  std::uint64_t rest = 0;
  for (const auto& [look, count] : by_size(looks)) {
    if (look == kOther || named.size() == kMostNamed) {
      rest += count;
    } else {
      named.emplace_back(look, count);
    }
  }
  if (rest > 0) named.emplace_back(kOther, rest);
  std::string text;
  for (const auto& [look, count] : named) {
    text +=
        text.empty() ? fmt::format("{} of its {} rows", count, rows) : fmt::format(", {}", count);
    text += " " + what_they_are(look, count);
  }
  return text;
}

}  // namespace

void Complaints::add(std::uint64_t line, std::uint64_t column, std::string what,
                     std::optional<CellLook> look) {
  if (look) ++of_columns_[column][*look];
  if (total_++ < kMostShown) first_.push_back({line, column, std::move(what)});
}

void Complaints::append(const Complaints& later) {
  for (const Complaint& complaint : later.first_) {
    if (first_.size() < kMostShown) first_.push_back(complaint);
  }
  total_ += later.total_;
  for (const auto& [column, looks] : later.of_columns_) {
    for (const auto& [look, count] : looks) of_columns_[column][look] += count;
  }
}

std::string Complaints::text_of_columns(std::uint64_t rows, const ColumnTitle& title) const {
  constexpr std::size_t kMostNamed = 3;
  std::map<std::uint64_t, std::uint64_t> totals;
  for (const auto& [column, looks] : of_columns_) totals[column] = sum_of(looks);
  std::string text;
  std::size_t named = 0;
  std::uint64_t rest = 0;
  for (const auto& [column, total] : by_size(totals)) {
    if (named++ >= kMostNamed) {
      rest += total;
    } else {
      text += fmt::format("\n{}: {}", title(column), text_of_looks(of_columns_.at(column), rows));
    }
  }
  if (rest > 0) text += fmt::format("\nin other columns: {}", rest);
  return text;
}

void Complaints::throw_for(std::string_view file, std::uint64_t rows,
                           const ColumnTitle& title) const {
  std::string text;
  for (const auto& [line, column, what] : first_) {
    if (!text.empty()) text += '\n';
    text += column == 0 ? fmt::format("{}:{}: {}", file, line, what)
                        : fmt::format("{}:{}:{}: {}", file, line, column, what);
  }
  if (total_ > first_.size()) {
    text += fmt::format("\nand {} more{}", total_ - first_.size(), text_of_columns(rows, title));
  }
  throw Error(ExitCode::data, text);
}

std::string Complaints::packed() const {
  Packer packer;
  packer.put(total_);
  packer.put(std::uint64_t{first_.size()});
  for (const auto& [line, column, what] : first_) {
    packer.put(line);
    packer.put(column);
    packer.put_text(what);
  }
  packer.put(std::uint64_t{of_columns_.size()});
  for (const auto& [column, looks] : of_columns_) {
    packer.put(column);
    packer.put(std::uint64_t{looks.size()});
    for (const auto& [look, count] : looks) {
      packer.put(look);
      packer.put(count);
    }
  }
  return packer.take();
}

Complaints Complaints::unpacked(std::string_view bytes) {
  Unpacker unpacker(bytes);
  Complaints complaints;
  complaints.total_ = unpacker.get<std::uint64_t>();
  const auto count = unpacker.get<std::uint64_t>();
  for (std::uint64_t i = 0; i < count; ++i) {
    Complaint complaint;
    complaint.line = unpacker.get<std::uint64_t>();
    complaint.column = unpacker.get<std::uint64_t>();
    complaint.what = unpacker.get_text();
    complaints.first_.push_back(std::move(complaint));
  }
  const auto columns = unpacker.get<std::uint64_t>();
  for (std::uint64_t i = 0; i < columns; ++i) {
    auto& looks = complaints.of_columns_[unpacker.get<std::uint64_t>()];
    const auto kinds = unpacker.get<std::uint64_t>();
    for (std::uint64_t k = 0; k < kinds; ++k) {
      const auto look = unpacker.get<CellLook>();
      looks[look] = unpacker.get<std::uint64_t>();
    }
  }
  return complaints;
}

std::string quoted_text(std::string_view text) {
  constexpr std::size_t kLongestShown = 60;
  std::string shown;
  for (const char c : text.substr(0, kLongestShown)) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte == 0x7F) {
      shown += fmt::format("\\x{:02X}", byte);
    } else {
      shown += c;
    }
  }
  return fmt::format("\"{}{}\"", shown, text.size() > kLongestShown ? "..." : "");
}

}  // namespace lockstep
