#pragma once
// What a job needs of the place where it runs. Pure, except that it opens the files of the data.

#include "comm/exchange_plan.h"
#include "comm/layout.h"
#include "config/job.h"
#include "doctor/report.h"
#include "sets/dataset_sizes.h"

namespace lockstep {

// Bytes by the memory plan of rank 0, which needs the most; `layout` may have more workers than
// the job has shards.
JobNeeds job_needs(const Job& job, const DatasetSizes& sizes, const Layout& layout,
                   const Hosts& hosts);

// The forward product of the job's largest matrix of weights with the rows of a shard, or fewer
// rows so that a product has at most 2e9 operations.
ProductShape largest_product(const Job& job, const DatasetSizes& sizes);

}  // namespace lockstep
