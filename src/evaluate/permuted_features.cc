#include "evaluate/permuted_features.h"

#include <algorithm>

namespace lockstep {
namespace {

std::vector<std::uint32_t> rows_in_order(const EvaluationBlocks& blocks) {
  std::vector<std::uint32_t> rows;
  for (const std::vector<RowBlock>& of_thread : blocks) {
    for (const RowBlock& block : of_thread) rows.insert(rows.end(), block.begin(), block.end());
  }
  return rows;
}

// The bytes of an example's features. `values`: of any number of examples.
template <typename Byte>
std::span<Byte> bytes_of(std::span<Byte> values, std::uint64_t example, std::uint64_t stride,
                         Range bytes) {
  return values.subspan(example * stride + bytes.begin, bytes.size());
}

}  // namespace

PermutedFeatures::PermutedFeatures(const Communicator& comm, Examples& examples,
                                   const EvaluationBlocks& blocks, Range features)
    : comm_(comm), examples_(examples), rows_(rows_in_order(blocks)) {
  const std::uint64_t size = element_size(examples.type);
  bytes_ = {features.begin * size, features.end * size};
  const std::uint64_t stride = examples.features * size;
  own_.reserve(rows_.size() * bytes_.size());
  for (const std::uint32_t row : rows_) {
    const auto value = bytes_of(std::span<const std::byte>(examples.values), row, stride, bytes_);
    own_.insert(own_.end(), value.begin(), value.end());
  }
  all_ = comm.gather(std::span<const std::byte>(own_));
  const std::uint64_t own_size = own_.size();
  bytes_of_rank_ = comm.gather(std::span(&own_size, 1));
}

void PermutedFeatures::permute(std::span<const std::uint32_t> permutation) {
  std::vector<std::byte> permuted;
  std::vector<std::span<const std::byte>> parts;
  if (comm_.is_root()) {
    permuted.reserve(all_.size());
    const Range whole{0, bytes_.size()};
    for (const std::uint32_t example : permutation) {
      const auto value = bytes_of(std::span<const std::byte>(all_), example, whole.size(), whole);
      permuted.insert(permuted.end(), value.begin(), value.end());
    }
    std::span<const std::byte> rest = permuted;
    for (const std::uint64_t size : bytes_of_rank_) {
      parts.push_back(rest.first(size));
      rest = rest.subspan(size);
    }
  }
  write(comm_.scatter(parts));
}

void PermutedFeatures::restore() { write(own_); }

void PermutedFeatures::write(std::span<const std::byte> values) {
  const std::uint64_t stride = examples_.features * element_size(examples_.type);
  for (std::uint64_t i = 0; i < rows_.size(); ++i) {
    std::ranges::copy(
        values.subspan(i * bytes_.size(), bytes_.size()),
        bytes_of(std::span<std::byte>(examples_.values), rows_[i], stride, bytes_).begin());
  }
}

}  // namespace lockstep
