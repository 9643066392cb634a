#include "telemetry/record/label.hpp"

#include <gtest/gtest.h>

#include "telemetry/record/attributes.hpp"

namespace signet::telemetry {
namespace {

TEST(Labels, KeepWhatTheirClassAllows) {
  LabelTable labels;
  EXPECT_EQ(labels.text(labels.subgraph("products")), "products");
  EXPECT_EQ(labels.text(labels.route("/graphql")), "/graphql");
  EXPECT_EQ(labels.text(labels.coordinate("User", "name")), "User.name");
  EXPECT_EQ(labels.subgraph("products").id(), labels.subgraph("products").id());
}

TEST(Labels, AnythingElseIsOther) {
  LabelTable labels;
  for (std::string_view text : {"a b", "a\nb", "<script>", "", "\xC3\xA9", "a\"b"}) {
    EXPECT_EQ(labels.text(labels.subgraph(text)), "_other") << text;
  }
  EXPECT_EQ(labels.text(labels.subgraph(std::string(129, 'a'))), "_other");
  EXPECT_EQ(labels.text(labels.method("GETT")), "_OTHER");
}

TEST(Labels, OperationNamesNeedARegistration) {
  LabelTable labels;
  EXPECT_EQ(labels.text(labels.operation_name("Checkout", true)), "Checkout");
  EXPECT_EQ(labels.text(labels.operation_name("Secret4711", false)), "_other");
}

TEST(Labels, UserAgentsBecomeFamilies) {
  LabelTable labels;
  EXPECT_EQ(labels.text(labels.user_agent("Mozilla/5.0 (X11; Ada's laptop) Gecko Firefox/130.0")), "firefox");
  EXPECT_EQ(labels.text(labels.user_agent("curl/8.1")), "curl");
  EXPECT_EQ(labels.text(labels.user_agent("ada@example.com")), "_other");
}

TEST(Labels, AClassIsBounded) {
  LabelTable labels;
  for (size_t i = 0; i < LabelTable::kLabelsPerClassMax + 100; ++i) labels.operation_hash(std::to_string(i));
  EXPECT_EQ(labels.text(labels.operation_hash("one more")), "_other");
  EXPECT_EQ(labels.text(labels.subgraph("other_class")), "other_class");
}

TEST(Labels, IdsOfAnotherClassAreNothing) {
  LabelTable labels;
  const auto method = labels.method("GET");
  std::string_view text;
  EXPECT_FALSE(labels.text_of(method.id(), LabelClass::subgraph, text));
  EXPECT_FALSE(labels.text_of(0, LabelClass::method, text));
  EXPECT_FALSE(labels.text_of(99'999, LabelClass::method, text));
}

TEST(Attributes, AreCheckedOnTheWayOut) {
  LabelTable labels;
  const auto id = int64_t{labels.method("GET").id()};
  EXPECT_TRUE(conforms({AttributeKey::http_request_method, id}, labels));
  EXPECT_FALSE(conforms({AttributeKey::subgraph_name, id}, labels));
  EXPECT_TRUE(conforms({AttributeKey::http_response_status_code, 200}, labels));
  for (const int64_t status : {99, 600, -1}) {
    EXPECT_FALSE(conforms({AttributeKey::http_response_status_code, status}, labels)) << status;
  }
}

}  // namespace
}  // namespace signet::telemetry
