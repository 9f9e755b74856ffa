#pragma once
// Training images beside their augmented versions.

#include "report/contact_sheet.h"
#include "sets/preview.h"

namespace lockstep {

// A row for each example: the original, and one image for each epoch. Pure.
ContactSheet preview_sheet(const Preview& preview);

}  // namespace lockstep
