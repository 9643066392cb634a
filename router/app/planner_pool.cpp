#include "router/app/planner_pool.hpp"

#include <algorithm>

namespace signet::app {

const std::shared_ptr<const Planned>& planner_busy() {
  static const auto kBusy = std::make_shared<const Planned>(Planned{
      .operation = nullptr,
      .variants = {},
      .errors = {{ErrorCode::PLANNER_BUSY, "too many new operations are waiting to be planned; try again", {}}}});
  return kBusy;
}

Planned plan_operation(const PlanQuestion& question, telemetry::LabelTable& labels) {
  Planned planned{.operation = question.operation, .variants = {}, .errors = {}};
  if (!planned.operation) {
    auto prepared = prepare(*question.snapshot, question.key(), labels);
    if (!prepared) {
      planned.errors = std::move(prepared.error());
      return planned;
    }
    planned.operation = std::move(*prepared);
    if (!planned.operation->conditions.empty()) return planned;
  }
  auto variant = plan_variant(*question.snapshot, *planned.operation, question.condition_mask, labels);
  if (variant) {
    planned.variants.push_back(std::move(*variant));
  } else {
    planned.errors.push_back(std::move(variant.error()));
  }
  return planned;
}

PlannerPool::PlannerPool(Settings settings, Work work, Report report, const Clock& clock)
    : settings_(settings),
      work_(std::move(work)),
      report_(std::move(report)),
      clock_(clock),
      cache_(settings.cache_bytes_max) {
  for (unsigned i = 0; i < std::max(1u, settings_.threads); ++i) {
    planners_.push_back(std::make_unique<net::LoopThread>());
    idle_.push_back(planners_.back().get());
  }
  keeper_.start();
  for (const auto& planner : planners_) planner->start();
}

void PlannerPool::stop() {
  // Planners first: what they finish is a message to the keeper, which may then stop without having read it.
  for (const auto& planner : planners_) planner->loop.stop();
  for (const auto& planner : planners_) planner->stop();
  keeper_.stop();
}

bool PlannerPool::ask(PlanQuestion question, SteadyTime deadline, net::EventLoop& loop, Reply reply) {
  if (waiting_.fetch_add(1, std::memory_order_relaxed) >= settings_.waiting_max) {
    waiting_.fetch_sub(1, std::memory_order_relaxed);
    return false;
  }
  keeper_.loop.post([this, question = std::move(question), waiter = Waiter{deadline, &loop, std::move(reply)}] mutable {
    take(std::move(question), std::move(waiter));
  });
  return true;
}

void PlannerPool::use(uint64_t generation, std::vector<Planned> warm) {
  keeper_.loop.post([this, generation, warm = std::move(warm)] {
    cache_.use(generation);
    // The last one that comes is the last one that goes.
    for (size_t i = warm.size(); i-- > 0;) cache_.insert(generation, warm[i].operation, warm[i].variants);
    show_size();
  });
}

void PlannerPool::hottest(size_t count, net::EventLoop& loop,
                          std::move_only_function<void(std::vector<HotOperation>)> reply) {
  keeper_.loop.post([this, count, &loop, reply = std::move(reply)] mutable {
    loop.post([reply = std::move(reply), hottest = cache_.hottest(count)] mutable { reply(std::move(hottest)); });
  });
}

PlannerPool::FlightKey PlannerPool::key_of(const PlanQuestion& question) {
  return {question.key(), question.snapshot->generation, question.operation == nullptr, question.condition_mask};
}

void PlannerPool::take(PlanQuestion question, Waiter waiter) {
  if (auto known = find(question)) return answer(std::move(waiter), std::move(known));
  if (const auto flight = flights_.find(key_of(question)); flight != flights_.end()) {
    flight->second->waiters.push_back(std::move(waiter));
    return;
  }
  if (idle_.empty() && queue_.size() >= settings_.queued_max) return answer(std::move(waiter), planner_busy());
  auto flight = std::make_shared<Flight>(std::move(question));
  flight->waiters.push_back(std::move(waiter));
  flights_.emplace(key_of(flight->question), flight);
  queue_.push_back(std::move(flight));
  dispatch();
}

// What the cache can answer. Those who ask for a plan get that one, all others all there are.
std::shared_ptr<const Planned> PlannerPool::find(const PlanQuestion& question) {
  CachedOperation* known = cache_.find(question.snapshot->generation, question.key());
  if (known == nullptr) return nullptr;
  Planned planned{.operation = known->operation(), .variants = {}, .errors = {}, .cached = true};
  if (question.operation) {
    const OperationVariant* variant = known->variant(question.condition_mask);
    if (variant == nullptr) return nullptr;
    planned.variants.push_back(*variant);
  } else {
    if (known->variants().empty() && known->operation()->conditions.empty()) return nullptr;
    planned.variants.assign(known->variants().begin(), known->variants().end());
  }
  return std::make_shared<const Planned>(std::move(planned));
}

void PlannerPool::dispatch() {
  while (!idle_.empty() && !queue_.empty()) {
    std::shared_ptr<Flight> flight = std::move(queue_.front());
    queue_.pop_front();
    // Under overload, do not plan for those who have left: the queue would never get shorter.
    const SteadyTime now = clock_.steady();
    if (std::ranges::all_of(flight->waiters, [now](const Waiter& waiter) { return waiter.deadline <= now; })) {
      flights_.erase(key_of(flight->question));
      for (Waiter& waiter : flight->waiters) answer(std::move(waiter), planner_busy());
      continue;
    }
    net::LoopThread* planner = idle_.back();
    idle_.pop_back();
    planner->loop.post([this, flight = std::move(flight), planner] mutable {
      const auto started = std::chrono::steady_clock::now();
      Planned planned = work_(flight->question);
      const std::chrono::nanoseconds took = std::chrono::steady_clock::now() - started;
      keeper_.loop.post([this, flight = std::move(flight), planned = std::move(planned), planner, took] mutable {
        finish(flight, std::move(planned), *planner, took);
      });
    });
  }
}

void PlannerPool::finish(const std::shared_ptr<Flight>& flight, Planned planned, net::LoopThread& planner,
                         std::chrono::nanoseconds took) {
  idle_.push_back(&planner);
  flights_.erase(key_of(flight->question));
  if (planned.operation && planned.errors.empty()) {
    cache_.insert(flight->question.snapshot->generation, planned.operation, planned.variants);
    show_size();
  }
  const auto shared = std::make_shared<const Planned>(std::move(planned));
  for (Waiter& waiter : flight->waiters) answer(std::move(waiter), shared);
  report_(took);
  dispatch();
}

void PlannerPool::answer(Waiter waiter, std::shared_ptr<const Planned> planned) {
  waiting_.fetch_sub(1, std::memory_order_relaxed);
  waiter.loop->post([reply = std::move(waiter.reply), planned = std::move(planned)] mutable { reply(*planned); });
}

void PlannerPool::show_size() {
  cached_bytes_.store(cache_.bytes(), std::memory_order_relaxed);
  cached_operations_.store(cache_.size(), std::memory_order_relaxed);
}

}  // namespace signet::app
