#include "router/execution/workspace.hpp"

#include <gtest/gtest.h>

#include "tests/support/golden.hpp"
#include "tests/support/planning.hpp"

namespace signet::execution {
namespace {

class WorkspaceTest : public ::testing::Test {
 protected:
  std::shared_ptr<const Plan> plan(std::string_view operation) const {
    const auto planned = testing::plan_text(graph, operation);
    EXPECT_TRUE(planned.plan) << planned.error;
    return planned.plan;
  }

  federation::Supergraph graph = *federation::load_supergraph(testing::golden_supergraph("shop"));
  Workspace workspace;
};

TEST_F(WorkspaceTest, StoresComeBackAsIfTheyWereNew) {
  const auto large = plan("{ products { name count reviews { stars } } }");
  const auto small = plan("{ __typename }");
  ASSERT_TRUE(large && small);
  auto store = workspace.take_store(*large);
  Store* const same = store.get();
  store->keep(R"({"data":null})");
  store->expect(1'000);
  store->slots.extend(10);
  store->blocks.extend(3);
  store->links.extend(3);
  store->add_list({});
  store->walked = 7;
  for (auto& result : store->results) result.assign(5, StoredValue(ValueKind::failed));
  for (auto& bits : store->wanted) bits.assign(5, true);
  for (auto& chain : store->chains) chain = {.first = 1, .last = 2};
  for (const auto& next : {large, small}) {
    workspace.give_back(std::move(store));
    store = workspace.take_store(*next);
    ASSERT_EQ(store.get(), same);
    EXPECT_EQ(store->texts.size() + store->answer_bytes + store->walked, 0u);
    EXPECT_EQ(store->slots.size() + store->blocks.size() + store->links.size(), 0u);
    EXPECT_EQ(store->lists.size() + store->items.size(), 0u);
    EXPECT_EQ(store->results.size(), next->fetches.size());
    EXPECT_EQ(store->wanted.size(), next->fetches.size());
    EXPECT_EQ(store->chains.size(), next->shapes.size());
    for (const auto& result : store->results) EXPECT_TRUE(result.empty());
    for (const auto& bits : store->wanted) EXPECT_TRUE(bits.empty());
    for (const auto& chain : store->chains) EXPECT_EQ(chain.first, kNone);
  }
}

// One client's vast answer is not to be carried along for ever.
TEST_F(WorkspaceTest, WhatIsLargeIsNotKept) {
  const auto some = plan("{ __typename }");
  ASSERT_TRUE(some);
  auto store = workspace.take_store(*some);
  store->slots.extend(Workspace::kStoreBytesMax);
  workspace.give_back(std::move(store));
  EXPECT_LT(workspace.take_store(*some)->room_bytes(), Workspace::kStoreBytesMax);

  store = workspace.take_store(*some);
  store->keep(std::string(Workspace::kStoreBytesMax + 1, 'x'));
  workspace.give_back(std::move(store));
  EXPECT_LT(workspace.take_store(*some)->room_bytes(), Workspace::kStoreBytesMax);

  workspace.body.reserve(Workspace::kScratchBytesMax + 1);
  workspace.written.reserve(Workspace::kScratchBytesMax);
  workspace.pending.reserve(10);
  workspace.trim();
  EXPECT_LT(workspace.body.capacity(), 100u);
  EXPECT_EQ(workspace.written.capacity(), 0u);
  EXPECT_EQ(workspace.pending.capacity(), 10u) << "what is small stays";
}

TEST_F(WorkspaceTest, KeepsAsManyStoresAsAreUsual) {
  const auto some = plan("{ __typename }");
  ASSERT_TRUE(some);
  std::vector<std::unique_ptr<Store>> stores;
  for (size_t i = 0; i < Workspace::kStoresMax + 1; ++i) {
    stores.push_back(workspace.take_store(*some));
    stores.back()->slots.extend(1);
  }
  for (auto& store : stores) workspace.give_back(std::move(store));
  size_t kept = 0;
  for (auto& store : stores) {
    store = workspace.take_store(*some);
    kept += store->slots.room_bytes() > 0 ? 1 : 0;
  }
  EXPECT_EQ(kept, Workspace::kStoresMax);
}

}  // namespace
}  // namespace signet::execution
