#pragma once
// A saved model as an NPZ file, for NumPy.

#include <string>

#include "model/saved_model.h"

namespace lockstep {

// The bytes of the NPZ file: weights, normalization and names, as docs/commands.md lists them. Does
// not communicate. Throws as npz_archive() does.
std::string npz_of(const SavedModel& model);

}  // namespace lockstep
