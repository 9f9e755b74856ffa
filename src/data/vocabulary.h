#pragma once
// The different texts of a column, numbered in the order of first appearance.

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace lockstep {

class Vocabulary {
 public:
  Vocabulary() = default;
  explicit Vocabulary(std::span<const std::string> texts);

  // The number of a text, which is added if it is new.
  std::uint32_t number(std::string_view text);
  [[nodiscard]] std::optional<std::uint32_t> find(std::string_view text) const;
  [[nodiscard]] std::size_t size() const { return texts_.size(); }
  // The texts by number.
  [[nodiscard]] const std::vector<std::string>& texts() const { return texts_; }

 private:
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const {
      return std::hash<std::string_view>()(text);
    }
  };

  std::vector<std::string> texts_;
  std::unordered_map<std::string, std::uint32_t, Hash, std::equal_to<>> numbers_;
};

// All texts of the lists, each once, ascending by bytes.
std::vector<std::string> sorted_union(std::span<const std::vector<std::string>> lists);

}  // namespace lockstep
