#pragma once
// A saved model as ONNX, with what a person needs to feed it.

#include <string>

#include "model/saved_model.h"

namespace lockstep {

// The bytes of the ONNX file. Does not communicate. Throws as onnx_model() does.
std::string onnx_of(const SavedModel& model);

}  // namespace lockstep
