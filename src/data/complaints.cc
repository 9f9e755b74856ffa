#include "data/complaints.h"

#include <algorithm>
#include <functional>
#include <utility>

#include <fmt/format.h>

#include "base/error.h"
#include "data/packing.h"

namespace lockstep {
namespace {

// "; in all 40 in field 2, 3 in field 5": the fields with most of them.
std::string text_of_fields(const std::map<std::uint64_t, std::uint64_t>& of_fields) {
  constexpr std::size_t kMostNamed = 3;
  std::vector<std::pair<std::uint64_t, std::uint64_t>> fields(of_fields.begin(), of_fields.end());
  std::ranges::stable_sort(fields, std::ranges::greater(),
                           &std::pair<std::uint64_t, std::uint64_t>::second);
  std::string text;
  if (fields.size() > kMostNamed) fields.resize(kMostNamed);
  for (const auto& [field, count] : fields) {
    text += fmt::format("{}{} in field {}", text.empty() ? "; in all " : ", ", count, field);
  }
  return text;
}

}  // namespace

void Complaints::add(std::uint64_t line, std::uint64_t column, std::string what) {
  if (column > 0) ++of_fields_[column];
  if (total_++ < kMostShown) first_.push_back({line, column, std::move(what)});
}

void Complaints::append(const Complaints& later) {
  for (const Complaint& complaint : later.first_) {
    if (first_.size() < kMostShown) first_.push_back(complaint);
  }
  total_ += later.total_;
  for (const auto& [column, count] : later.of_fields_) of_fields_[column] += count;
}

void Complaints::throw_for(std::string_view file) const {
  std::string text;
  for (const auto& [line, column, what] : first_) {
    if (!text.empty()) text += '\n';
    text += column == 0 ? fmt::format("{}:{}: {}", file, line, what)
                        : fmt::format("{}:{}:{}: {}", file, line, column, what);
  }
  if (total_ > first_.size()) {
    text += fmt::format("\nand {} more{}", total_ - first_.size(), text_of_fields(of_fields_));
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
  packer.put(std::uint64_t{of_fields_.size()});
  for (const auto& [column, count] : of_fields_) {
    packer.put(column);
    packer.put(count);
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
  const auto fields = unpacker.get<std::uint64_t>();
  for (std::uint64_t i = 0; i < fields; ++i) {
    const auto column = unpacker.get<std::uint64_t>();
    complaints.of_fields_[column] = unpacker.get<std::uint64_t>();
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
