#pragma once
// Where a gradient check takes the gradient from: training, or something that a test puts in its
// place.

#include <cstdint>
#include <functional>
#include <vector>

namespace lockstep {

class Communicator;
template <typename T>
class StepEngine;

// Collective, with the contract of exchanged_gradient() in diagnose/exchanged_gradient.h.
using GradientSource = std::function<std::vector<double>(
    StepEngine<double>& engine, const Communicator& comm, std::uint64_t step)>;

}  // namespace lockstep
