#include "sets/copies.h"

#include <algorithm>
#include <limits>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/digest.h"
#include "base/error.h"
#include "base/number_text.h"
#include "data/contents.h"

namespace lockstep {
namespace {

constexpr std::uint32_t kNone = std::numeric_limits<std::uint32_t>::max();

// The first training example with a content.
struct Original {
  std::uint64_t content = 0;       // its index among those sought
  std::uint64_t label_digest = 0;  // 64 bits are enough to compare two labels
  std::uint32_t example = kNone;
};

// The different contents of the sets, ascending.
std::vector<WideDigest> sought_contents(std::span<const std::vector<WideDigest>> of_sets) {
  std::vector<WideDigest> all;
  for (const auto& contents : of_sets) all.insert(all.end(), contents.begin(), contents.end());
  std::ranges::sort(all);
  const auto repeated = std::ranges::unique(all);
  all.erase(repeated.begin(), repeated.end());
  return all;
}

// The index of `content` among `sought`, or their number if it is not there.
std::size_t index_of(std::span<const WideDigest> sought, const WideDigest& content) {
  const auto found = std::ranges::lower_bound(sought, content);
  const bool is_there = found != sought.end() && *found == content;
  return is_there ? static_cast<std::size_t>(found - sought.begin()) : sought.size();
}

// Keeps, for each content, the original with the lowest number.
void keep_first(std::vector<Original>& originals, const Original& other) {
  Original& kept = originals[other.content];
  if (other.example < kept.example) kept = other;
}

// The originals among the examples of this rank.
std::vector<Original> own_originals(const Examples& own, std::span<const WideDigest> sought) {
  const std::vector<WideDigest> contents = contents_of(own);
  const std::vector<WideDigest> labels = label_contents_of(own);
  std::vector<Original> originals(sought.size());
  for (std::size_t row = 0; row < contents.size(); ++row) {
    const std::size_t index = index_of(sought, contents[row]);
    if (index == sought.size()) continue;
    keep_first(originals, {index, labels[row].low, own.ids[row]});
  }
  std::erase_if(originals, [](const Original& original) { return original.example == kNone; });
  return originals;
}

CopiesOfSet copies_of(const Examples& set, std::span<const WideDigest> contents,
                      std::span<const WideDigest> sought, std::span<const Original> originals) {
  const std::vector<WideDigest> labels = label_contents_of(set);
  CopiesOfSet found{.examples = set.size()};
  for (std::size_t row = 0; row < contents.size(); ++row) {
    const Original& original = originals[index_of(sought, contents[row])];
    if (original.example == kNone) continue;
    ++found.copies;
    if (original.label_digest == labels[row].low) ++found.with_equal_labels;
    if (found.first.size() < CopiesOfSet::kMostNamed) {
      found.first.push_back({set.ids[row], original.example});
    }
  }
  return found;
}

std::string list_of_copies(const CopiesOfSet& copies, const NamedSet& set) {
  std::vector<std::string> pairs;
  for (std::size_t i = 0; i < copies.first.size(); ++i) {
    pairs.push_back(fmt::format("{} equals {}", set.copy_places[i], set.original_places[i]));
  }
  const std::uint64_t more = copies.copies - copies.first.size();
  return fmt::format("{}{}{}", fmt::join(pairs, ", "),
                     more > 0 ? fmt::format(", and {} more", more) : "",
                     set.rows_are_numbered ? " (rows count from 0)" : "");
}

}  // namespace

double CopiesOfSet::share() const {
  return examples == 0 ? 0 : static_cast<double>(copies) / static_cast<double>(examples);
}

std::vector<CopiesOfSet> find_copies(const Communicator& comm, const Examples& own,
                                     std::span<const Examples* const> sets) {
  std::vector<std::vector<WideDigest>> contents;
  if (comm.is_root()) {
    for (const Examples* set : sets) contents.push_back(contents_of(*set));
  }
  std::vector<WideDigest> sought = sought_contents(contents);
  comm.broadcast(sought);
  const std::vector<Original> own_found = own_originals(own, sought);
  const auto found = comm.gather(std::span<const Original>(own_found));
  std::vector<CopiesOfSet> copies;
  if (!comm.is_root()) return copies;
  std::vector<Original> originals(sought.size());
  for (const Original& original : found) keep_first(originals, original);
  for (std::size_t i = 0; i < sets.size(); ++i) {
    copies.push_back(copies_of(*sets[i], contents[i], sought, originals));
  }
  return copies;
}

std::optional<std::string> caution_of_copies(const CopiesOfSet& copies, const NamedSet& set,
                                             double largest_share) {
  if (copies.copies == 0) return std::nullopt;
  const std::string what = fmt::format(
      "{} of {} {} examples ({}) have the inputs of training examples, {} of them the label "
      "too, and say nothing about new examples (1.1): {}",
      copies.copies, copies.examples, set.name, format_percent(copies.share()),
      copies.with_equal_labels, list_of_copies(copies, set));
  if (copies.share() <= largest_share) {
    return fmt::format("caution: {}; {}", what, set.remedy);
  }
  throw Error(ExitCode::data,
              fmt::format("{}\nThat is more than data.max_copied_share: {:.4g}; {}, or allow a "
                          "larger share where equal examples are natural, as in a table of few "
                          "categories",
                          what, largest_share, set.remedy));
}

}  // namespace lockstep
