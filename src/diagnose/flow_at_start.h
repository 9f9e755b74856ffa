#pragma once
// Measures the signal flow of a job's initial weights, without training (lecture 1.10, 1.11), for
// `lockstep flow`.

#include <cstdint>

#include "comm/communicator.h"
#include "comm/layout.h"
#include "config/job.h"
#include "records/flow.h"

namespace lockstep {

// Collective. Loads the job's data as training does and makes its initial weights. Activations and
// deltas are those of a sample of training examples (the first ones of the first batch); gradients
// are those of J on the job's first batch. Both are without dropout and augmentation. A network
// that overflows is also described. The record (step 0, judged) is on rank 0, with the same bits
// at every layout.
//
// Errors: as in load_dataset.
FlowRecord flow_at_start(const Job& job, const Communicator& comm, const Layout& layout,
                         std::uint64_t examples);

}  // namespace lockstep
