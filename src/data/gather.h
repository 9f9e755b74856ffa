#pragma once
// Gathers examples in memory into the matrices of a batch.

#include <cstdint>
#include <span>

#include "data/augmentation.h"
#include "data/examples.h"
#include "data/normalization.h"
#include "data/target_scale.h"
#include "linalg/matrix.h"

namespace lockstep {

// Row i of `out` becomes example rows[i], normalized in float whatever T is, so
// that a gradient check in double has the same inputs as the training in float.
// out: [rows.size(), features].
template <typename T>
void gather_rows(const Examples& examples, std::span<const std::uint32_t> rows,
                 const Normalizer& normalizer, Matrix<T> out);

// The same, with each example changed by `augmenter` before it is normalized.
template <typename T>
void gather_augmented_rows(const Examples& examples, std::span<const std::uint32_t> rows,
                           const Normalizer& normalizer, AugmentationKey key, Augmenter& augmenter,
                           Matrix<T> out);

// Row i of `out` becomes the labels of example rows[i], on the scale of the training.
// out: [rows.size(), label_width].
void gather_labels(const Examples& examples, std::span<const std::uint32_t> rows,
                   const TargetScale& scale, Matrix<float> out);

}  // namespace lockstep
