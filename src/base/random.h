#pragma once
// Keyed randomness: every random decision is a pure function of a key, so it
// does not depend on ranks, threads or earlier draws. There is no generator state
// to save.
//
// Philox4x32-10: Salmon, Moraes, Dror, Shaw, "Parallel Random Numbers: As Easy
// as 1, 2, 3", SC 2011; the Random123 library's implementation.

#include <array>
#include <cstdint>
#include <vector>

namespace lockstep {

// The use of a draw. It is part of the key, so that no two uses share numbers.
// Every result depends on these values: never renumber them.
enum class Purpose : std::uint32_t {
  split = 1,
  deal = 2,     // training examples to shards
  shuffle = 3,  // the order within a shard in an epoch
  dropout = 4,
  initialization = 5,
  gradient_check = 6,
  augmentation = 7,
  corruption = 9,  // noise on the features of a source
  synthetic_point = 20,
  synthetic_teacher = 21,
  importance = 22,  // permutations of a column of a set
  search = 12,      // for hyperparameters
  fold = 13,        // examples to folds
  bootstrap = 14,
};

struct RandomKey {
  std::uint32_t seed;
  Purpose purpose;
};

using RandomCounter = std::array<std::uint32_t, 4>;
using RandomWords = std::array<std::uint32_t, 4>;

// 128 random bits for (key, counter).
RandomWords random_words(RandomKey key, RandomCounter counter);

// The words of `kWordBlock` counters. The values are those of random_words, several times faster,
// because the draws of a block go through the rounds side by side.
constexpr std::uint32_t kWordBlock = 32;
using RandomWordBlock = std::array<RandomWords, kWordBlock>;
// words[i] are those of the counter {c[0][i], c[1][i], c[2][i], c[3][i]}.
struct RandomCounterBlock {
  std::array<std::array<std::uint32_t, kWordBlock>, 4> c;
};
void random_word_block(RandomKey key, const RandomCounterBlock& counters, RandomWordBlock& words);
// The same for counters that differ in their last word: {c0, c1, c2, first},
// {c0, c1, c2, first + 1}, ...
void random_word_block(RandomKey key, RandomCounter first, RandomWordBlock& words);

// Uniform in [0, 1), 53 bits, from two words.
double uniform_from_words(std::uint32_t high, std::uint32_t low);

// The keyed permutation of 0..n-1 (Fisher-Yates). The caller sets counter words 0
// and 1; words 2 and 3 are used here. n is below 2^32.
std::vector<std::uint32_t> random_permutation(RandomKey key, std::uint32_t counter0,
                                              std::uint32_t counter1, std::uint64_t n);

// Two independent standard normal values for (key, counter) (Box-Muller).
std::array<double, 2> random_normals(RandomKey key, RandomCounter counter);

}  // namespace lockstep
