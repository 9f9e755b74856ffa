#pragma once
// Names of the files in the directories of runs, sweeps and recipes.

#include <cstdint>
#include <string>
#include <string_view>

namespace lockstep {

// Files of a run, a sweep or a recipe.
inline constexpr const char* kLockFile = "lock";
inline constexpr const char* kStateFile = "state.json";
inline constexpr const char* kAttemptsFile = "attempts";  // written by the launch scripts

// Files of a run.
inline constexpr const char* kJobFile = "job.textproto";  // with every default
inline constexpr const char* kMetricsFile = "metrics.jsonl";
inline constexpr const char* kFlowFile = "flow.jsonl";
inline constexpr const char* kSummaryFile = "summary.json";
inline constexpr const char* kEnvironmentFile = "environment.json";
inline constexpr const char* kReportFile = "report.html";
inline constexpr const char* kDiagnosisText = "diagnosis.txt";
inline constexpr const char* kDiagnosisJson = "diagnosis.json";
inline constexpr const char* kAnswersFile = "answers.json";
// Why a rank failed: "error.rank0.json".
std::string error_file_name(int rank);
bool is_error_file_name(std::string_view name);
// Whether `name` is a number between the two texts.
bool is_numbered(std::string_view name, std::string_view before, std::string_view after);
// The job of the steps up to the last one before a run was resumed with another job:
// "job.until-step-00000120.textproto".
inline constexpr const char* kEarlierJobPrefix = "job.until-step-";
inline constexpr const char* kEarlierJobSuffix = ".textproto";
inline constexpr const char* kTensorBoardFolder = "tb";
inline constexpr const char* kTensorBoardPrefix = "events.out.tfevents.";

// The folder of a run's checkpoints, and the two names in it that point to others.
inline constexpr const char* kCheckpointFolder = "ckpt";
inline constexpr const char* kBestCheckpoint = "best";
inline constexpr const char* kLatestCheckpoint = "latest";
inline constexpr const char* kStepFilePrefix = "step-";
inline constexpr const char* kCheckpointExtension = ".ckpt";
// "step-00000120.ckpt"
std::string step_file_name(std::uint64_t step);
// The two names relative to the run's directory.
inline constexpr const char* kBestOfRun = "ckpt/best";
inline constexpr const char* kLatestOfRun = "ckpt/latest";

// Files of a sweep.
inline constexpr const char* kSweepFile = "sweep.textproto";
inline constexpr const char* kSweepCsv = "sweep.csv";
inline constexpr const char* kSweepJson = "sweep.json";
inline constexpr const char* kSweepText = "sweep.txt";
inline constexpr const char* kWinnerJob = "winner.textproto";
inline constexpr const char* kTrialFolder = "trials";
inline constexpr const char* kTrialRecord = "trial.json";  // in the directory of a trial
// The directory of a trial, or of a run of a cross-validation: "trials/0003".
std::string trial_directory(std::uint32_t number);

// Files of a part of a sweep.
inline constexpr const char* kPartFile = "part";  // which part it is, and its trials
inline constexpr const char* kPartText = "part.txt";
inline constexpr const char* kPartJson = "part.json";

// Files of a cross-validation.
inline constexpr const char* kCrossvalFile = "crossval.textproto";  // its job, and its folds
inline constexpr const char* kCrossvalCsv = "crossval.csv";
inline constexpr const char* kCrossvalJson = "crossval.json";
inline constexpr const char* kCrossvalText = "crossval.txt";
inline constexpr const char* kFoldPredictions = "predictions.csv";

// Files of a recipe.
inline constexpr const char* kRecipeJson = "recipe.json";
inline constexpr const char* kRecipeText = "recipe.txt";
inline constexpr const char* kBestJob = "best.textproto";
inline constexpr const char* kRecipeRunPrefix = "run-";
// The directory of run `number`, such as "run-01".
std::string recipe_run_name(int number);

}  // namespace lockstep
