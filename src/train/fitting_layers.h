#pragma once
// Which layers of a job can start with the weights of a saved model, and what their weights become.

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "data/normalization.h"
#include "data/target_scale.h"
#include "model/saved_model.h"
#include "nn/spec.h"
#include "sets/dataset.h"

namespace lockstep {

// A layer of a job beside the layer of the same name in a saved model.
struct LayerFit {
  std::size_t layer = 0;  // of the job's network, from 0
  std::size_t there = 0;  // of the model's network; meaningful if it fits
  std::string name;       // "network.layer[0]" or "network.output"
  std::string obstacle;   // why it does not fit, such as "it has 20 units there"; empty: it fits
};

// Every layer of `network`, first to last. Names are those of a job: hidden layers have a number,
// and the output layer is the output layer, whatever the depth. A first or last layer whose inputs
// or targets have other statistics there fits if it is affine.
std::vector<LayerFit> fit_layers(const SavedModel& model, const NetworkSpec& network,
                                 const Dataset& data);

// Whether some layer of `here` has the name, kind and shape of a layer of `there`, whatever the
// data.
bool has_shape_that_fits(const NetworkSpec& there, const NetworkSpec& here);

// Whether a layer takes the features of the examples, by themselves or among others.
bool takes_features(const LayerSpec& layer);

// The tensors of a layer that computes W x + b of one input x before its activation, as indices of
// its tensors.
struct AffineTensors {
  std::size_t weights = 0;  // W [O, I]
  std::size_t biases = 0;   // b [O]
};

// None if the layer `spec`, which has `tensors` tensors, is not of this form.
std::optional<AffineTensors> affine_tensors(const LayerSpec& spec, std::size_t tensors);

// For each feature of `data`, the feature of the model with the same name. Features without names
// correspond by place.
std::vector<std::size_t> same_features(const SavedModel& model, const Dataset& data);

// Weights [units, features] and biases [units] of an affine first layer that expects inputs of the
// normalizer `there`, for those of the normalizer `here`: the layer computes the same from the same
// inputs. Weights of features whose numbers are equal in both keep their bits. The features of
// `weights` are in the order of `here`; `order[j]` is the place of feature j in `there`.
void renormalize_inputs(const Normalizer& there, const Normalizer& here,
                        std::span<const std::size_t> order, std::span<float> weights,
                        std::span<float> biases);

// The same for an affine output layer, weights [targets, inputs] and biases [targets].
void rescale_targets(const TargetScale& there, const TargetScale& here, std::span<float> weights,
                     std::span<float> biases);

}  // namespace lockstep
