#pragma once
// Examples of dev, test or train-dev that are copies of training examples (data/contents.h). Their
// error says nothing about new examples (1.1).

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "comm/communicator.h"
#include "data/examples.h"

namespace lockstep {

// A copy, and the first training example that it equals: their numbers in their sources.
struct Copy {
  std::uint32_t example = 0;
  std::uint32_t original = 0;
  bool operator==(const Copy&) const = default;
};

// The copies in one set.
struct CopiesOfSet {
  static constexpr std::size_t kMostNamed = 3;
  std::uint64_t examples = 0;           // of the set
  std::uint64_t copies = 0;             // those that are copies
  std::uint64_t with_equal_labels = 0;  // those that also have the label of their original
  std::vector<Copy> first = {};         // in the order of the set, at most kMostNamed

  [[nodiscard]] double share() const;
  bool operator==(const CopiesOfSet&) const = default;
};

// Collective. Finds the copies in the `sets` of rank 0 (each rank gives the same number of sets;
// those of other ranks are not read). `own` are the training examples of this rank. Both are as
// read, with missing values. The result, one for each set, is on rank 0 and the same at every
// layout; it is empty on other ranks. Beyond what is given, rank 0 needs some 80 bytes for each
// example of the sets, other ranks 40 bytes for each of them, and 32 bytes for each own example.
std::vector<CopiesOfSet> find_copies(const Communicator& comm, const Examples& own,
                                     std::span<const Examples* const> sets);

// How messages name a set.
struct NamedSet {
  std::string name;    // "dev"
  std::string remedy;  // what a person can do, as a clause
  std::vector<std::string> copy_places;
  std::vector<std::string> original_places;
  bool rows_are_numbered = false;  // whether places are numbers of rows
};

// A caution about the copies of a set, or no caution if there are none. The places are those of
// copies.first. Pure. Throws Error(data) when their share is above `largest_share`.
std::optional<std::string> caution_of_copies(const CopiesOfSet& copies, const NamedSet& set,
                                             double largest_share);

}  // namespace lockstep
