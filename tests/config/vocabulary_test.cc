// The schema and the rooms' own tables name the same things.

#include <set>
#include <string>
#include <type_traits>
#include <variant>

#include <google/protobuf/descriptor.h>
#include <gtest/gtest.h>

#include "job_text.h"
#include "nn/activations.h"
#include "nn/dense_network.h"
#include "optim/optimizer.h"
#include "proto/job.pb.h"

namespace lockstep {
namespace {

namespace pb = google::protobuf;

TEST(Vocabulary, EveryActivationOfTheSchemaHasARow) {
  const pb::EnumDescriptor& type = *proto::Activation_descriptor();
  EXPECT_EQ(static_cast<std::size_t>(type.value_count()), kActivations.size());
  std::set<Activation> kinds;
  for (int i = 0; i < type.value_count(); ++i) {
    const std::string& name = type.value(i)->name();
    const auto activation = enum_named<Activation>(name);
    ASSERT_TRUE(activation.has_value()) << name;
    EXPECT_EQ(facts_of(*activation).name, name);
    EXPECT_TRUE(kinds.insert(*activation).second) << name << " has the kind of another row";
    const auto loaded = parse(kSmallJob, {"network.layer[0].activation=" + name});
    EXPECT_EQ(loaded.job.network.hidden[0].epilogue.activation, *activation);
    EXPECT_EQ(dense(loaded.job.network.hidden[0]).initializer.variance,
              facts_of(*activation).rectifies ? WeightVariance::he : WeightVariance::xavier);
  }
}

template <typename Kind>
void expect_fields_and_defaults_of_the_schema() {
  const pb::OneofDescriptor& kinds = *proto::Optimizer::descriptor()->FindOneofByName("kind");
  const auto* field = proto::Optimizer::descriptor()->FindFieldByName(Kind::kName);
  ASSERT_TRUE(field != nullptr && field->containing_oneof() == &kinds) << Kind::kName;
  const pb::Descriptor& type = *field->message_type();
  EXPECT_EQ(static_cast<std::size_t>(type.field_count()), Kind::fields().size()) << Kind::kName;
  double given = 0.5;
  for (const auto& [name, member] : Kind::fields()) {
    const auto* of_schema = type.FindFieldByName(name);
    ASSERT_NE(of_schema, nullptr) << Kind::kName << "." << name;
    EXPECT_EQ(of_schema->default_value_double(), Kind{}.*member) << Kind::kName << "." << name;
    given /= 2;
    const std::string path = std::string("optimizer.") + Kind::kName + "." + name;
    const auto loaded = parse(kSmallJob, {path + "=" + std::to_string(given)});
    EXPECT_EQ(std::get<Kind>(loaded.job.optimizer).*member, given) << path;
  }
}

template <typename... Kinds>
void expect_all_of_the_schema(std::type_identity<std::variant<Kinds...>> /*kinds*/) {
  (expect_fields_and_defaults_of_the_schema<Kinds>(), ...);
  EXPECT_EQ(static_cast<std::size_t>(
                proto::Optimizer::descriptor()->FindOneofByName("kind")->field_count()),
            sizeof...(Kinds));
}

TEST(Vocabulary, EveryOptimizerHasTheFieldsAndDefaultsOfTheSchema) {
  expect_all_of_the_schema(std::type_identity<Optimizer>{});
}

}  // namespace
}  // namespace lockstep
