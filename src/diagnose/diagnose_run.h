#pragma once
// Diagnoses a whole run: its errors, and the next steps of the recipe for its job.

#include <filesystem>
#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "config/job_file.h"
#include "records/diagnosis.h"
#include "records/observer.h"

namespace lockstep {

// Pure. Diagnoses the results of a run of `loaded`: verdict (1.2) and recipe (1.3). `evaluations`
// are those of the whole run in order, or none if they are not known. When the summary counts more
// of them, a note says so, and nothing is concluded from the curve of J. A loss without an error
// rate (one of values) has no verdict; the notes show the mean losses instead.
Diagnosis diagnose_run(const LoadedJob& loaded, const Summary& summary,
                       std::span<const Evaluation> evaluations);

// The evaluations that a run made before it was resumed at `first_step`.
using EarlierEvaluations = std::function<std::vector<Evaluation>(
    const std::filesystem::path& run_dir, std::uint64_t first_step)>;

// Passes all reports on to `reports`, and the summary with its diagnosis. For rank 0.
std::unique_ptr<TrainingObserver> with_diagnosis(std::unique_ptr<TrainingObserver> reports,
                                                 const LoadedJob& loaded,
                                                 EarlierEvaluations earlier);

}  // namespace lockstep
