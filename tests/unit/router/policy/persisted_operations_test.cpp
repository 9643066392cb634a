#include "router/policy/persisted_operations.hpp"

#include <gtest/gtest.h>

#include "router/crypto/crypto.hpp"

namespace signet::policy {
namespace {

using config::OperationsMode;

constexpr std::string_view kBody = "query Known { me { id } }";

std::string manifest(std::string_view id, std::string_view body = kBody) {
  return R"({"format":"apollo-persisted-query-manifest","version":1,"operations":[{"id":")" + std::string(id) +
         R"(","name":"Known","type":"query","body":")" + std::string(body) + "\"}]}";
}

ErrorCode refusal(const PersistedOperations& operations, OperationsMode mode, const RequestedOperation& requested) {
  const auto resolved = operations.resolve(mode, requested);
  return resolved ? ErrorCode::INTERNAL_ERROR : resolved.error().code;
}

TEST(PersistedOperations, ResolvesByIdAndByText) {
  const auto operations = PersistedOperations::parse(manifest("known-1"));
  ASSERT_TRUE(operations) << operations.error();
  EXPECT_EQ(operations->resolve(OperationsMode::ids_only, {.id = "known-1"}), kBody);
  // The stored text runs, not the one that was sent.
  EXPECT_EQ(operations->resolve(OperationsMode::safelist, {.text = "query Known\n{me,{id}}#x"}), kBody);
  EXPECT_TRUE(operations->knows_name("Known"));
  EXPECT_FALSE(operations->knows_name("Other"));
}

TEST(PersistedOperations, RefusesTheRest) {
  const auto operations = PersistedOperations::parse(manifest("known-1"));
  ASSERT_TRUE(operations);
  EXPECT_EQ(refusal(*operations, OperationsMode::ids_only, {.text = kBody}), ErrorCode::PERSISTED_QUERY_ID_REQUIRED);
  EXPECT_EQ(refusal(*operations, OperationsMode::ids_only, {.id = "other"}), ErrorCode::PERSISTED_QUERY_NOT_IN_LIST);
  EXPECT_EQ(refusal(*operations, OperationsMode::safelist, {.text = "{ x }"}), ErrorCode::QUERY_NOT_IN_SAFELIST);
  EXPECT_EQ(refusal(*operations, OperationsMode::safelist, {.text = "{"}), ErrorCode::QUERY_NOT_IN_SAFELIST);
  EXPECT_EQ(refusal(*operations, OperationsMode::safelist, {.text = "{ x }", .id = "known-1"}),
            ErrorCode::PERSISTED_QUERY_HASH_MISMATCH);
  EXPECT_EQ(refusal(*operations, OperationsMode::off, {.id = "known-1"}), ErrorCode::PERSISTED_QUERY_NOT_SUPPORTED);
  EXPECT_EQ(refusal(*operations, OperationsMode::off, {}), ErrorCode::BAD_REQUEST);
}

TEST(PersistedOperations, DigestsAreChecked) {
  const std::string digest = crypto::sha256_hex(kBody);
  EXPECT_TRUE(PersistedOperations::parse(manifest(digest)));
  EXPECT_TRUE(PersistedOperations::parse(manifest("sha256:" + digest)));
  EXPECT_FALSE(PersistedOperations::parse(manifest(digest, "query Known { me { nm } }")));
}

TEST(PersistedOperations, RefusesBrokenManifests) {
  for (const std::string& bad :
       {std::string("{"), std::string("[]"), std::string(R"({"format":"x","version":1,"operations":[]})"), manifest(""),
        manifest(std::string(200, 'a')), manifest("a b"), manifest("x", "{"),
        std::string(R"({"format":"apollo-persisted-query-manifest","version":2,"operations":[]})"),
        std::string(R"({"format":"apollo-persisted-query-manifest","version":1,"operations":[{"id":"a","body":"{a}"},)"
                    R"({"id":"a","body":"{b}"}]})")}) {
    EXPECT_FALSE(PersistedOperations::parse(bad)) << bad;
  }
}

}  // namespace
}  // namespace signet::policy
