#include "config/to_optimizer.h"

#include <optional>
#include <type_traits>
#include <variant>

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include "base/check.h"
#include "proto/job.pb.h"

namespace lockstep {
namespace {

// The fields of this kind's message, by their names.
template <typename Kind>
Kind read_optimizer(const google::protobuf::Message& message) {
  Kind kind;
  for (const auto& [name, member] : Kind::fields()) {
    const auto* field = message.GetDescriptor()->FindFieldByName(name);
    check(field != nullptr, "the schema has every field of an optimizer");
    kind.*member = message.GetReflection()->GetDouble(message, field);
  }
  return kind;
}

}  // namespace

Optimizer to_optimizer(const proto::Optimizer& optimizer) {
  const auto* oneof = proto::Optimizer::descriptor()->FindOneofByName("kind");
  const auto* field = optimizer.GetReflection()->GetOneofFieldDescriptor(optimizer, oneof);
  check(field != nullptr, "a validated job has an optimizer");
  const google::protobuf::Message& message =
      optimizer.GetReflection()->GetMessage(optimizer, field);
  std::optional<Optimizer> read;
  const auto read_if_named = [&]<typename Kind>() {
    if (field->name() == Kind::kName) read = read_optimizer<Kind>(message);
  };
  [&]<typename... Kinds>(std::type_identity<std::variant<Kinds...>>) {
    (read_if_named.template operator()<Kinds>(), ...);
  }(std::type_identity<Optimizer>{});
  check(read.has_value(), "every optimizer of the schema is one of optim/optimizer.h");
  return *read;
}

LearningRateSchedule to_schedule(const proto::Schedule& schedule) {
  LearningRateSchedule config{.warmup_epochs = schedule.warmup_epochs(), .kind = ConstantFactor{}};
  if (schedule.has_step()) {
    config.kind = StepDecay{.every_epochs = schedule.step().every_epochs(),
                            .factor = schedule.step().factor()};
  } else if (schedule.has_exponential()) {
    config.kind = ExponentialDecay{.factor_per_epoch = schedule.exponential().factor_per_epoch()};
  } else if (schedule.has_cosine()) {
    config.kind = CosineDecay{.final_factor = schedule.cosine().final_factor()};
  }
  return config;
}

}  // namespace lockstep
