#pragma once
// Compares the held-out sets of a job with its training set, and names the copies.

#include <string>
#include <vector>

#include "comm/communicator.h"
#include "config/job.h"
#include "data/examples.h"
#include "data/source.h"

namespace lockstep {

// The sets as rank 0 has read them; those of other ranks are not read.
struct ReadSets {
  const Examples& train_dev;
  const Examples& dev;
  const Examples& test;
};

// Collective. Returns on rank 0 a caution for each set that has copies of training examples, with
// the places of the first ones, for which it may read files again. `train` is the opened training
// source, `own` are the training examples of this rank, as read. Throws AgreedError(data) when the
// share of copies in a set is above job.data.max_copied_share.
std::vector<std::string> checked_copies(const Job& job, const Communicator& comm,
                                        ExampleSource& train, const Examples& own,
                                        const ReadSets& sets);

}  // namespace lockstep
