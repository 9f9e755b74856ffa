#include "config/resolve.h"

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include "base/check.h"
#include "config/from_proto.h"
#include "config/to_network.h"
#include "nn/activations.h"
#include "proto/job.pb.h"
#include "proto/rule.pb.h"

namespace lockstep {

namespace pb = google::protobuf;

namespace {

void add_optional_sections(proto::Job& job) {
  job.mutable_regularization();
  job.mutable_training();
  if (job.training().on_nonfinite() == proto::Training::ROLLBACK) {
    job.mutable_training()->mutable_rollback();
  }
  job.mutable_evaluation();
  job.mutable_checkpointing();
  job.mutable_exchange();
  job.mutable_diagnosis();
  job.mutable_data()->mutable_split();
  auto& normalization = *job.mutable_data()->mutable_normalization();
  if (normalization.kind_case() == proto::Normalization::KIND_NOT_SET) {
    normalization.mutable_standardize();
  }
  if (job.has_network()) {
    for (auto& layer : *job.mutable_network()->mutable_layer()) layer.mutable_initializer();
    if (job.network().has_output()) {
      job.mutable_network()->mutable_output()->mutable_initializer();
    }
  }
  if (job.has_optimizer()) {
    auto& schedule = *job.mutable_optimizer()->mutable_schedule();
    if (schedule.kind_case() == proto::Schedule::KIND_NOT_SET) schedule.mutable_constant();
  }
}

void set_to_default(const pb::FieldDescriptor& field, pb::Message& message) {
  const pb::Reflection& reflection = *message.GetReflection();
  switch (field.cpp_type()) {
    case pb::FieldDescriptor::CPPTYPE_UINT32:
      return reflection.SetUInt32(&message, &field, field.default_value_uint32());
    case pb::FieldDescriptor::CPPTYPE_UINT64:
      return reflection.SetUInt64(&message, &field, field.default_value_uint64());
    case pb::FieldDescriptor::CPPTYPE_DOUBLE:
      return reflection.SetDouble(&message, &field, field.default_value_double());
    case pb::FieldDescriptor::CPPTYPE_BOOL:
      return reflection.SetBool(&message, &field, field.default_value_bool());
    case pb::FieldDescriptor::CPPTYPE_STRING:
      return reflection.SetString(&message, &field, field.default_value_string());
    case pb::FieldDescriptor::CPPTYPE_ENUM:
      return reflection.SetEnum(&message, &field, field.default_value_enum());
    default:
      check(false, "the schemas have defaults only for types that set_to_default knows");
  }
}

// He et al. 2015 for the rectifiers, Xavier (1 / inputs) otherwise (1.11).
proto::Initializer::Kind initializer_for(proto::Activation activation) {
  return facts_of(from_proto<Activation>(activation)).rectifies ? proto::Initializer::HE
                                                                : proto::Initializer::XAVIER;
}

void resolve_auto(proto::Initializer& initializer, proto::Initializer::Kind kind) {
  if (initializer.kind() == proto::Initializer::AUTO) initializer.set_kind(kind);
}

void resolve_initializers(proto::Network& network) {
  for (auto& layer : *network.mutable_layer()) {
    resolve_auto(*layer.mutable_initializer(), initializer_for(layer.activation()));
  }
  // No output activation (softmax, sigmoid, identity) is a rectifier.
  if (network.has_output()) {
    resolve_auto(*network.mutable_output()->mutable_initializer(), proto::Initializer::XAVIER);
  }
}

// A layer that has its own lambdas shows both; the others follow the job's.
void resolve_penalty(proto::LayerRegularization& own, const proto::Regularization& of_job) {
  if (!own.has_l2_lambda()) own.set_l2_lambda(of_job.l2_lambda());
  if (!own.has_l1_lambda()) own.set_l1_lambda(of_job.l1_lambda());
}

void resolve_penalties(proto::Job& job) {
  for (auto& layer : *job.mutable_network()->mutable_layer()) {
    if (layer.has_regularization()) {
      resolve_penalty(*layer.mutable_regularization(), job.regularization());
    }
  }
  if (job.network().output().has_regularization()) {
    resolve_penalty(*job.mutable_network()->mutable_output()->mutable_regularization(),
                    job.regularization());
  }
}

void resolve_loss(proto::Job& job) {
  proto::Output& output = *job.mutable_network()->mutable_output();
  if (output.loss() == proto::Output::HUBER && !output.has_huber_delta()) {
    output.set_huber_delta(1);
  }
  if (job.data().targets() != proto::Data::AUTO) return;
  job.mutable_data()->set_targets(predicts_values(output) ? proto::Data::STANDARDIZED
                                                          : proto::Data::AS_GIVEN);
}

// Other sets code their labels and tables like the training set, unless they state their
// own settings.
void inherit_from_train(proto::Data& data) {
  const proto::Source& train = data.train();
  const auto inherit = [&](proto::Source& source) {
    if (!source.has_label_coding() && !source.has_synthetic()) {
      source.set_label_coding(train.label_coding());
    }
    if (!source.has_csv() || !train.has_csv()) return;
    proto::Csv& csv = *source.mutable_csv();
    if (!csv.has_header()) csv.set_header(train.csv().header());
    if (!csv.has_delimiter()) csv.set_delimiter(train.csv().delimiter());
  };
  if (data.has_dev()) inherit(*data.mutable_dev());
  if (data.has_test()) inherit(*data.mutable_test());
  if (data.has_held_out()) inherit(*data.mutable_held_out());
}

// Makes every path in this message and those it contains absolute. A missing path stays
// missing.
void make_absolute(pb::Message& message, const std::filesystem::path& base_dir) {
  const pb::Reflection& reflection = *message.GetReflection();
  std::vector<const pb::FieldDescriptor*> fields;
  reflection.ListFields(message, &fields);
  for (const pb::FieldDescriptor* field : fields) {
    if (field->options().GetExtension(proto::rule).is_path()) {
      const std::string path = reflection.GetString(message, field);
      if (path.empty()) continue;
      reflection.SetString(&message, field, (base_dir / path).lexically_normal().string());
    } else if (field->message_type() != nullptr && field->is_repeated()) {
      for (int i = 0; i < reflection.FieldSize(message, field); ++i) {
        make_absolute(*reflection.MutableRepeatedMessage(&message, field, i), base_dir);
      }
    } else if (field->message_type() != nullptr) {
      make_absolute(*reflection.MutableMessage(&message, field), base_dir);
    }
  }
}

constexpr std::uint32_t kMostUsualShards = 64;

// Many ranks can train with these shards, and each has rows enough to be multiplied at good speed.
std::uint32_t usual_shards(const proto::Training& training) {
  constexpr std::uint32_t kFewestRows = 4;
  if (!training.has_batch_size()) return kMostUsualShards;
  const std::uint32_t rows = training.batch_size();
  std::uint32_t shards = std::clamp(rows / kFewestRows, 1U, kMostUsualShards);
  while (rows % shards != 0) --shards;
  return shards;
}

}  // namespace

void fill_scalar_defaults(pb::Message& message) {
  const pb::Descriptor& type = *message.GetDescriptor();
  const pb::Reflection& reflection = *message.GetReflection();
  for (int i = 0; i < type.field_count(); ++i) {
    const pb::FieldDescriptor& field = *type.field(i);
    if (field.is_repeated()) {
      if (field.cpp_type() != pb::FieldDescriptor::CPPTYPE_MESSAGE) continue;
      for (int k = 0; k < reflection.FieldSize(message, &field); ++k) {
        fill_scalar_defaults(*reflection.MutableRepeatedMessage(&message, &field, k));
      }
    } else if (reflection.HasField(message, &field)) {
      if (field.cpp_type() == pb::FieldDescriptor::CPPTYPE_MESSAGE) {
        fill_scalar_defaults(*reflection.MutableMessage(&message, &field));
      }
    } else if (field.has_default_value()) {
      set_to_default(field, message);
    }
  }
}

void fill_defaults(proto::Job& job) {
  add_optional_sections(job);
  inherit_from_train(*job.mutable_data());
  fill_scalar_defaults(job);
  proto::Training& training = *job.mutable_training();
  if (!training.has_shards()) training.set_shards(usual_shards(training));
  if (job.has_network()) {
    resolve_initializers(*job.mutable_network());
    resolve_penalties(job);
    if (job.network().has_output()) resolve_loss(job);
  }
}

void expand_repeated_layers(proto::Job& job) {
  if (!job.has_network()) return;
  google::protobuf::RepeatedPtrField<proto::DenseLayer> layers;
  for (const proto::DenseLayer& layer : job.network().layer()) {
    proto::DenseLayer one = layer;
    one.clear_repeat();
    for (std::uint32_t i = 0; i < layer.repeat(); ++i) *layers.Add() = one;
  }
  job.mutable_network()->mutable_layer()->Swap(&layers);
}

void make_paths_absolute(proto::Job& job, const std::filesystem::path& base_dir) {
  // Not absolute(): it refuses "", the directory of "job.textproto".
  const std::filesystem::path base =
      base_dir.is_absolute() ? base_dir : std::filesystem::current_path() / base_dir;
  make_absolute(job, base);
}

}  // namespace lockstep
