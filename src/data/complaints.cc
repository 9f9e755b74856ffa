#include "data/complaints.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "base/error.h"
#include "data/packing.h"

namespace lockstep {

void Complaints::add(std::uint64_t line, std::uint64_t column, std::string what) {
  if (total_++ < kMostShown) first_.push_back({line, column, std::move(what)});
}

void Complaints::append(const Complaints& later) {
  for (const Complaint& complaint : later.first_) {
    if (first_.size() < kMostShown) first_.push_back(complaint);
  }
  total_ += later.total_;
}

void Complaints::throw_for(std::string_view file) const {
  std::string text;
  for (const auto& [line, column, what] : first_) {
    if (!text.empty()) text += '\n';
    text += column == 0 ? fmt::format("{}:{}: {}", file, line, what)
                        : fmt::format("{}:{}:{}: {}", file, line, column, what);
  }
  if (total_ > first_.size()) text += fmt::format("\nand {} more", total_ - first_.size());
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
