#include "sets/checked_copies.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <utility>

#include <fmt/format.h>

#include "comm/agreement.h"
#include "sets/copies.h"
#include "sets/open_like.h"

namespace lockstep {
namespace {

// A set and where the job takes it from.
struct Origin {
  const char* set;
  const char* field;         // the source's field
  const DataSource* source;  // null: the training source
};

Origin origin_of(const Job& job, const char* set, const std::optional<DataSource>& own,
                 const char* own_field) {
  if (own) return {set, own_field, &*own};
  if (job.data.held_out) return {set, "data.held_out", &*job.data.held_out};
  return {set, "data.train", nullptr};
}

std::string remedy(const Job& job, const Origin& origin) {
  if (origin.source != nullptr) {
    return fmt::format("remove them from {} or from data.train", origin.field);
  }
  if (job.data.split.by_group) return "remove them from data.train, or give copies one group";
  return fmt::format("data.split.by_content: true{} keeps equal examples in one part",
                     job.data.split.stratified ? " in place of stratified" : "");
}

// The places of these examples, and whether they are numbers of rows.
std::pair<std::vector<std::string>, bool> places_of(ExampleSource& source,
                                                    std::span<const std::uint64_t> examples) {
  std::vector<std::string> places = source.places(examples);
  if (!places.empty()) return {std::move(places), false};
  for (const std::uint64_t example : examples) {
    places.push_back(fmt::format("row {} of {}", example, source.info().name));
  }
  return {std::move(places), true};
}

NamedSet named(const Job& job, const Origin& origin, ExampleSource& train,
               const CopiesOfSet& copies) {
  std::vector<std::uint64_t> examples;
  std::vector<std::uint64_t> originals;
  for (const Copy& copy : copies.first) {
    examples.push_back(copy.example);
    originals.push_back(copy.original);
  }
  const std::unique_ptr<ExampleSource> own =
      origin.source != nullptr ? open_like(*origin.source, train.info()) : nullptr;
  auto [copy_places, copies_are_numbered] = places_of(own != nullptr ? *own : train, examples);
  auto [original_places, originals_are_numbered] = places_of(train, originals);
  return {.name = origin.set,
          .remedy = remedy(job, origin),
          .copy_places = std::move(copy_places),
          .original_places = std::move(original_places),
          .rows_are_numbered = copies_are_numbered || originals_are_numbered};
}

}  // namespace

std::vector<std::string> checked_copies(const Job& job, const Communicator& comm,
                                        ExampleSource& train, const Examples& own,
                                        const ReadSets& sets) {
  const std::array<const Examples*, 3> compared = {&sets.train_dev, &sets.dev, &sets.test};
  const std::array<Origin, 3> origins = {Origin{"train-dev", "data.train", nullptr},
                                         origin_of(job, "dev", job.data.dev, "data.dev"),
                                         origin_of(job, "test", job.data.test, "data.test")};
  const std::vector<CopiesOfSet> found = find_copies(comm, own, compared);
  std::vector<std::string> cautions;
  agree(comm, [&] {
    for (std::size_t i = 0; i < found.size(); ++i) {
      if (found[i].copies == 0) continue;
      const NamedSet set = named(job, origins[i], train, found[i]);
      if (auto caution = caution_of_copies(found[i], set, job.data.max_copied_share)) {
        cautions.push_back(std::move(*caution));
      }
    }
  });
  return cautions;
}

}  // namespace lockstep
