#include "router/app/warm_up.hpp"

#include <algorithm>
#include <unordered_map>

namespace signet::app {
namespace {

// Its plans under `next`; nothing where it is not valid any more.
std::optional<Planned> plan_again(const Snapshot& next, const HotOperation& hot, size_t plans_max,
                                  telemetry::LabelTable& labels) {
  auto prepared = prepare(next, hot.operation->key(), labels);
  if (!prepared) return std::nullopt;
  Planned planned{.operation = std::move(*prepared), .variants = {}, .errors = {}, .cached = true};
  for (const uint32_t mask : std::span(hot.condition_masks).first(std::min(plans_max, hot.condition_masks.size()))) {
    auto variant = plan_variant(next, *planned.operation, mask, labels);
    if (variant) planned.variants.push_back(std::move(*variant));
  }
  if (planned.variants.empty()) return std::nullopt;
  return planned;
}

}  // namespace

std::vector<HotOperation> merge_hottest(std::span<const std::vector<HotOperation>> lists, size_t count) {
  std::vector<HotOperation> merged;
  std::unordered_map<OperationKey, size_t, OperationKeyHash> places;
  for (const std::vector<HotOperation>& list : lists) {
    for (const HotOperation& hot : list) {
      const auto [place, fresh] = places.try_emplace(hot.operation->key(), merged.size());
      if (fresh) {
        merged.push_back(hot);
        continue;
      }
      HotOperation& known = merged[place->second];
      known.uses += hot.uses;
      for (const uint32_t mask : hot.condition_masks) {
        auto& masks = known.condition_masks;
        if (std::ranges::find(masks, mask) == masks.end()) masks.push_back(mask);
      }
    }
  }
  std::ranges::sort(merged, std::greater(), &HotOperation::uses);
  if (merged.size() > count) merged.resize(count);
  return merged;
}

WarmedUp warm_up(const Snapshot& next, std::span<const HotOperation> operations, const WarmUpBounds& bounds,
                 const Clock& clock, telemetry::LabelTable& labels) {
  WarmedUp result;
  const SteadyTime started = clock.steady();
  if (next.graph == nullptr) operations = {};
  for (const HotOperation& hot : operations) {
    const bool in_time = clock.steady() - started < bounds.time_max;
    auto planned = in_time ? plan_again(next, hot, bounds.plans_per_operation_max, labels) : std::nullopt;
    if (planned) {
      result.planned.push_back(std::move(*planned));
    } else {
      ++result.left_out;
    }
  }
  result.took = clock.steady() - started;
  return result;
}

void WarmUp::watch(std::vector<Worker*> workers, PlannerPool& planners) {
  workers_ = std::move(workers);
  planners_ = &planners;
}

void WarmUp::run(std::shared_ptr<const Snapshot> next, std::function<void(WarmedUp)> done) {
  gather([this, next = std::move(next), done = std::move(done)](Lists lists) {
    builder_.post([this, next, done, lists = std::move(lists)] {
      const auto operations = merge_hottest(lists, bounds_.operations_max);
      auto warmed = std::make_shared<WarmedUp>(warm_up(*next, operations, bounds_, clock_, labels_));
      control_.post([done, warmed] { done(std::move(*warmed)); });
    });
  });
}

// The shared cache is asked too: what it holds and no worker has asked for since was hot before the last swap.
void WarmUp::gather(std::function<void(Lists)> done) {
  auto lists = std::make_shared<Lists>();
  const size_t askers = workers_.size() + 1;
  auto take = [lists, askers, done = std::move(done)](std::vector<HotOperation> list) {
    lists->push_back(std::move(list));
    if (lists->size() == askers) done(std::move(*lists));
  };
  for (Worker* worker : workers_) {
    worker->loop().post([this, worker, take] {
      control_.post([take, list = worker->hottest(bounds_.operations_max)] { take(list); });
    });
  }
  planners_->hottest(bounds_.operations_max, control_, take);
}

}  // namespace signet::app
