#include "train/gradient_norm.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "base/check.h"
#include "linalg/vector_ops.h"

namespace lockstep {
namespace {

constexpr std::uint64_t kBlock = Ownership::kBlock;

std::uint64_t block_count(std::uint64_t parameters) { return (parameters + kBlock - 1) / kBlock; }

// Calls visit(number) for each block that a rank owns, in the order of its pieces.
template <typename Visit>
void for_each_owned_block(const Ownership& ownership, int rank, const Visit& visit) {
  for (const Range piece : ownership.pieces(rank)) {
    for (std::uint64_t begin = piece.begin; begin < piece.end; begin += kBlock) {
      visit(begin / kBlock);
    }
  }
}

}  // namespace

GradientNorm::GradientNorm(const Ownership& ownership, int rank, std::vector<Range> frozen)
    : ownership_(ownership),
      rank_(rank),
      frozen_(std::move(frozen)),
      squares_(block_count(ownership.parameters)) {}

template <typename T>
void GradientNorm::take(Range block, std::span<const T> gradient) {
  check(block.begin % kBlock == 0 && block.size() <= kBlock, "gradients are taken block by block");
  double& squares = squares_[block.begin / kBlock];
  const std::vector<Range> frozen = common_parts(block, frozen_);
  if (frozen.empty()) {
    squares = sum_of_squares(gradient);
    return;
  }
  std::vector<T> trained(gradient.begin(), gradient.end());
  for (const Range& range : frozen) {
    std::ranges::fill(std::span(trained).subspan(range.begin - block.begin, range.size()), T(0));
  }
  squares = sum_of_squares(std::span<const T>(trained));
}

double GradientNorm::norm(const Communicator& comm) const {
  std::vector<double> own;
  for_each_owned_block(ownership_, rank_, [&](std::uint64_t b) { own.push_back(squares_[b]); });
  const std::vector<double> gathered = comm.gather(std::span<const double>(own));
  double norm = 0;
  if (comm.is_root()) {
    std::vector<double> all(squares_.size());
    auto next = gathered.begin();
    for (int rank = 0; rank < comm.size(); ++rank) {
      for_each_owned_block(ownership_, rank, [&](std::uint64_t b) { all[b] = *next++; });
    }
    double sum = 0;
    for (const double squares : all) sum += squares;
    norm = std::sqrt(sum);
  }
  comm.broadcast(norm);
  return norm;
}

template void GradientNorm::take(Range, std::span<const float>);
template void GradientNorm::take(Range, std::span<const double>);

}  // namespace lockstep
