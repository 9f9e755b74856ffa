#pragma once
// Scalars for TensorBoard: an event file in the run directory's tb/.
//
// Format: TFRecord framing, that is little-endian u64 length, masked CRC-32C of
// the length bytes, data, masked CRC-32C of the data; the data are Event
// messages (proto/tensorboard.proto), the first of them the file version.

#include <memory>
#include <string>
#include <string_view>

#include "records/observer.h"
#include "report/append_file.h"

namespace lockstep {

// `data` framed as a record.
std::string tensorboard_record(std::string_view data);

// Writes cost/J, cost/penalty, cost/dev, error/train, error/dev, learning_rate
// and speed/examples_per_second against the step, at each evaluation. Also writes
// values of each layer, such as flow_activation_rms/layer1, at the steps that the
// signal-flow monitor observes.
//
// Every run, resumed or not, opens its own file, whose first event after the version is
// session_log START at the first step that it will log. TensorBoard then hides that step
// and later ones of earlier files. It treats the very first START of a directory as a
// plain beginning, so a new run also needs one.
class TensorboardReport : public TrainingObserver {
 public:
  // All throw Error(io); a record that could not be written is retried with
  // the next one.
  void on_start(const RunStart& start) override;
  void on_evaluation(const Evaluation& evaluation) override;
  void on_flow(const FlowRecord& record) override;

 private:
  std::unique_ptr<AppendFile> file_;
};

}  // namespace lockstep
