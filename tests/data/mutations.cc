#include "mutations.h"

#include <algorithm>
#include <array>
#include <cstddef>

#include "base/random.h"

namespace lockstep {
namespace {

// Numbers drawn one after the other for a variant.
class Draws {
 public:
  explicit Draws(std::uint32_t variant) : variant_(variant) {}

  // Below `n`, which is at least 1.
  std::size_t below(std::size_t n) {
    return random_words({20, Purpose::corruption}, {variant_, next_++, 0, 0})[0] % n;
  }

 private:
  std::uint32_t variant_;
  std::uint32_t next_ = 0;
};

void flip_bits(std::string& content, Draws& draws) {
  const std::size_t flips = 1 + draws.below(4);
  for (std::size_t i = 0; i < flips; ++i) {
    content[draws.below(content.size())] ^= static_cast<char>(1U << draws.below(8));
  }
}

// Headers stand at the beginning, so half of the places are there.
std::size_t place(const std::string& content, Draws& draws) {
  const std::size_t size = content.size();
  return draws.below(draws.below(2) == 0 ? std::min<std::size_t>(size, 24) : size);
}

void set_extremes(std::string& content, Draws& draws) {
  constexpr std::array<char, 4> kExtremes = {'\x00', '\xFF', '\x7F', '\x80'};
  const std::size_t at = place(content, draws);
  const std::size_t end = std::min(content.size(), at + 1 + draws.below(8));
  std::fill(content.begin() + static_cast<std::ptrdiff_t>(at),
            content.begin() + static_cast<std::ptrdiff_t>(end), kExtremes[draws.below(4)]);
}

void set_absurd_number(std::string& content, Draws& draws) {
  constexpr std::array<const char*, 14> kNumbers = {"0",
                                                    "-1",
                                                    "4294967295",
                                                    "4294967296",
                                                    "18446744073709551615",
                                                    "99999999999999999999",
                                                    "nan",
                                                    "inf",
                                                    "1e999",
                                                    "1e-999",
                                                    "",
                                                    "1.5",
                                                    ":",
                                                    "\n"};
  const auto digits = "0123456789";
  const std::size_t begin = content.find_first_of(digits, draws.below(content.size()));
  if (begin == std::string::npos) return flip_bits(content, draws);
  const std::size_t end = std::min(content.find_first_not_of(digits, begin), content.size());
  content.replace(begin, end - begin, kNumbers[draws.below(kNumbers.size())]);
}

void splice(std::string& content, Draws& draws) {
  const std::size_t from = draws.below(content.size());
  const std::size_t length = 1 + draws.below(std::min<std::size_t>(content.size() - from, 64));
  const std::string stretch = content.substr(from, length);
  const std::size_t to = place(content, draws);
  switch (draws.below(3)) {
    case 0:
      content.erase(from, length);
      return;
    case 1:
      content.insert(to, stretch);
      return;
    default:
      content.replace(to, std::min(length, content.size() - to), stretch);
  }
}

void mutate(std::string& content, Draws& draws) {
  if (content.empty()) return;
  switch (draws.below(5)) {
    case 0:
      return flip_bits(content, draws);
    case 1:
      return set_extremes(content, draws);
    case 2:
      return set_absurd_number(content, draws);
    case 3:
      return splice(content, draws);
    default:
      content.resize(draws.below(content.size()));
  }
}

}  // namespace

std::string mutated(const std::string& content, std::uint32_t variant) {
  Draws draws(variant);
  std::string result = content;
  mutate(result, draws);
  if (draws.below(3) == 0) mutate(result, draws);
  return result;
}

}  // namespace lockstep
