#include "sets/training_source.h"

#include <algorithm>
#include <cstring>
#include <string>
#include <utility>
#include <vector>

#include "base/check.h"
#include "comm/agreement.h"
#include "data/open.h"

namespace lockstep {
namespace {

constexpr std::uint64_t kRoundBytes = std::uint64_t{1} << 20;  // bytes of values that a rank parses

// Sorts examples by the rank that owns them, as bytes: number and values of each.
std::vector<std::vector<std::byte>> sorted_by_owner(const Examples& examples,
                                                    std::span<const std::uint32_t> owners,
                                                    std::size_t ranks) {
  const std::uint64_t row_bytes = examples.features * element_size(examples.type);
  std::vector<std::vector<std::byte>> parts(ranks);
  for (std::uint64_t i = 0; i < examples.size(); ++i) {
    auto& part = parts[owners[examples.ids[i]]];
    const auto id = std::as_bytes(std::span(&examples.ids[i], 1));
    part.insert(part.end(), id.begin(), id.end());
    const auto row = std::span(examples.values).subspan(i * row_bytes, row_bytes);
    part.insert(part.end(), row.begin(), row.end());
  }
  return parts;
}

// Copies examples that another rank has parsed to their places among `own`; returns their number.
std::uint64_t place(std::span<const std::byte> part, Examples& own) {
  const std::uint64_t row_bytes = own.features * element_size(own.type);
  const std::uint64_t size = sizeof(std::uint32_t) + row_bytes;
  check(part.size() % size == 0, "whole examples were sent");
  auto from = own.ids.begin();
  for (std::uint64_t at = 0; at < part.size(); at += size) {
    std::uint32_t id = 0;
    std::memcpy(&id, part.data() + at, sizeof(id));
    from = std::lower_bound(from, own.ids.end(), id);
    check(from != own.ids.end() && *from == id, "only own examples are sent");
    std::memcpy(own.values.data() + static_cast<std::uint64_t>(from - own.ids.begin()) * row_bytes,
                part.data() + at + sizeof(id), row_bytes);
  }
  return part.size() / size;
}

}  // namespace

TrainingSource::TrainingSource(const DataSource& config, std::shared_ptr<const FittedTable> like,
                               const Communicator& comm)
    : comm_(comm) {
  std::unique_ptr<PartedSource> part;
  agree(comm, [&] {
    if (comm.size() > 1) {
      part = open_part(config, like, static_cast<std::uint64_t>(comm.rank()),
                       static_cast<std::uint64_t>(comm.size()));
    }
    if (part != nullptr) return;
    std::optional<KnownFeatures> known;
    if (like != nullptr) known = {feature_count(like->schema), "the model has", like};
    source_ = open_source(config, known);
  });
  if (part == nullptr) return;
  parted_ = part.get();
  for (int round = 0; round < PartedSource::kSurveyRounds; ++round) share(round);
  agree(comm, [&] { source_ = as_configured(std::move(part), config); });
  if (config.corruption) {
    corruption_ = Corruption{config.corruption->gaussian_noise, config.corruption->seed};
  }
}

void TrainingSource::share(int round) {
  std::string words;
  agree(comm_, [&] { words = parted_->tell(round); });
  const std::vector<std::string> of_parts = comm_.share_text(words);
  agree(comm_, [&] { parted_->hear(round, of_parts); });
}

Examples TrainingSource::read(std::span<const std::uint32_t> own_ids,
                              std::span<const std::uint32_t> owners) {
  Examples own;
  if (parted_ == nullptr) {
    agree(comm_, [&] { own = source_->read(own_ids); });
    return own;
  }
  own = deliver(own_ids, owners);
  if (corruption_) add_noise(own, *corruption_);
  return own;
}

Examples TrainingSource::deliver(std::span<const std::uint32_t> own_ids,
                                 std::span<const std::uint32_t> owners) {
  const SourceInfo& info = source_->info();
  const std::uint64_t row_bytes = info.features * element_size(info.type);
  const std::uint64_t rows = std::max<std::uint64_t>(1, kRoundBytes / row_bytes);
  Examples own;
  std::uint64_t placed = 0;
  agree(comm_, [&] {
    own.type = info.type;
    own.features = info.features;
    own.label_width = info.label_width;
    own.ids.assign(own_ids.begin(), own_ids.end());
    own.values.resize(own_ids.size() * row_bytes);
    const std::vector<float> labels = source_->read_labels();
    for (const std::uint32_t id : own_ids) {
      const auto label = std::span(labels).subspan(id * info.label_width, info.label_width);
      own.labels.insert(own.labels.end(), label.begin(), label.end());
    }
  });
  bool more = true;
  while (more) {
    std::vector<std::vector<std::byte>> parts;
    std::uint64_t parsed = 0;
    agree(comm_, [&] {
      const Examples some = parted_->read_next(rows);
      parsed = some.size();
      parts = sorted_by_owner(some, owners, static_cast<std::size_t>(comm_.size()));
    });
    more = comm_.max(parsed) > 0;
    if (!more) break;
    for (const auto& part : comm_.exchange(parts)) placed += place(part, own);
  }
  share(PartedSource::kSurveyRounds);
  check(placed == own.size(), "every own example arrived");
  return own;
}

}  // namespace lockstep
