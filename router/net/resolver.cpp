#include "router/net/resolver.hpp"

#include <algorithm>
#include <condition_variable>
#include <cstring>
#include <deque>
#include <mutex>
#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <thread>
#include <unordered_map>

namespace signet::net {
namespace {

constexpr size_t kAddressesMax = 64;  // of one name

SteadyTime now() {
  return std::chrono::steady_clock::now();
}

}  // namespace

// Shared with the threads: one that hangs in a lookup may outlive the resolver.
struct Resolver::State : std::enable_shared_from_this<Resolver::State> {
  struct Waiter {
    EventLoop* loop;
    Reply reply;
  };
  struct Name {
    Answer answer;  // of the last lookup that ended
    SteadyTime good{};
    SteadyTime begun{};  // the lookup under way
    bool under_way = false;
    bool again = false;  // somebody asked for something younger than what is under way
    std::vector<Waiter> waiters, waiters_for_next;
  };

  State(ResolverSettings given, Lookup function, Start threads_start)
      : settings(given), lookup(std::move(function)), start(std::move(threads_start)) {}

  static void post(Waiter waiter, Answer answer) {
    waiter.loop->post([reply = std::move(waiter.reply), answer = std::move(answer)] mutable { reply(answer); });
  }

  // Whether what is known answers one who wants nothing that began before `oldest`.
  bool recent(const Name& name, SteadyTime oldest) const {
    if (name.answer.looked_up == SteadyTime{}) return false;
    if (name.answer.looked_up >= oldest) return true;
    return !name.answer.problem.empty() && now() - name.answer.looked_up < settings.failure_pause;
  }

  // Why there is no lookup; empty: there is one.
  std::string_view begin(const std::string& text, Name& name) {
    if (queue.size() >= settings.waiting_max) return "too many names are being looked up";
    if (idle_threads <= queue.size() && threads < settings.threads_max && !start_thread() && threads == 0) {
      return "no thread can be started that looks names up";
    }
    name.under_way = true;
    name.begun = now();
    queue.push_back(text);
    wake.notify_one();
    return {};
  }

  bool start_thread() {
    try {
      start([self = shared_from_this()] { self->work(); });
    } catch (const std::system_error&) {  // the system's limits; the next lookup tries again
      return false;
    }
    ++threads;
    return true;
  }

  void work() {
    std::unique_lock lock(mutex);
    while (true) {
      ++idle_threads;
      wake.wait(lock, [this] { return stopped || !queue.empty(); });
      --idle_threads;
      if (stopped) break;
      const std::string text = std::move(queue.front());
      queue.pop_front();
      names[text].begun = now();  // what has waited is as young as its lookup
      lock.unlock();
      auto found = lookup(text);
      lock.lock();
      if (!stopped) finish(text, std::move(found));
    }
    --threads;
    ended.notify_all();
  }

  void finish(const std::string& text, std::expected<Addresses, std::string> found) {
    Name& name = names[text];
    name.under_way = false;
    name.answer.looked_up = name.begun;
    if (found && found->empty()) found = std::unexpected(std::string("the name has no address"));
    if (found) {
      if (found->size() > kAddressesMax) found->resize(kAddressesMax);
      name.answer.addresses = std::make_shared<const Addresses>(std::move(*found));
      name.answer.problem.clear();
      name.good = name.begun;
    } else {
      name.answer.problem = std::move(found.error());
      if (now() - name.good >= settings.kept) name.answer.addresses = nullptr;
    }
    for (Waiter& waiter : name.waiters) post(std::move(waiter), name.answer);
    name.waiters = std::exchange(name.waiters_for_next, {});
    if (std::exchange(name.again, false)) look_up(text, name);
  }

  // Who waits for a lookup that there is not is told so.
  void look_up(const std::string& text, Name& name) {
    const std::string_view problem = begin(text, name);
    if (problem.empty()) return;
    Answer answer = name.answer;
    answer.problem = problem;
    for (Waiter& waiter : name.waiters) post(std::move(waiter), answer);
    name.waiters.clear();
  }

  // Names that nobody can use any more make room.
  void forget_old() {
    std::erase_if(names, [this](const auto& entry) {
      return !entry.second.under_way && now() - entry.second.good >= settings.kept;
    });
  }

  const ResolverSettings settings;
  const Lookup lookup;
  const Start start;
  std::mutex mutex;
  std::condition_variable wake, ended;
  std::unordered_map<std::string, Name> names;
  std::deque<std::string> queue;
  size_t idle_threads = 0;
  size_t threads = 0;
  bool stopped = false;
};

Resolver::Resolver(ResolverSettings settings, Lookup lookup, Start start)
    : state_(std::make_shared<State>(settings, std::move(lookup), std::move(start))) {}

void Resolver::ask(const std::string& name, SteadyTime oldest, EventLoop& loop, Reply reply) {
  State& state = *state_;
  const std::lock_guard lock(state.mutex);
  if (state.stopped) return;
  if (state.names.size() >= state.settings.names_max) state.forget_old();
  State::Waiter waiter{&loop, std::move(reply)};
  if (state.names.size() >= state.settings.names_max && !state.names.contains(name)) {
    return State::post(std::move(waiter), Answer{nullptr, now(), "too many names are known"});
  }
  State::Name& entry = state.names[name];
  if (state.recent(entry, oldest)) return State::post(std::move(waiter), entry.answer);
  if (entry.under_way && entry.begun < oldest) {
    entry.waiters_for_next.push_back(std::move(waiter));
    entry.again = true;
    return;
  }
  entry.waiters.push_back(std::move(waiter));
  if (!entry.under_way) state.look_up(name, entry);
}

std::shared_ptr<const Addresses> Resolver::known(const std::string& name) const {
  const std::lock_guard lock(state_->mutex);
  const auto found = state_->names.find(name);
  if (found == state_->names.end() || now() - found->second.good >= state_->settings.kept) return nullptr;
  return found->second.answer.addresses;
}

void Resolver::stop() {
  constexpr std::chrono::milliseconds kPatience{200};
  State& state = *state_;
  std::unique_lock lock(state.mutex);
  state.stopped = true;
  state.names.clear();
  state.queue.clear();
  state.wake.notify_all();
  state.ended.wait_for(lock, kPatience, [&] { return state.threads == 0; });
}

void Resolver::detached(std::function<void()> work) {
  std::thread(std::move(work)).detach();
}

std::expected<Addresses, std::string> Resolver::system_lookup(const std::string& name) {
  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* results = nullptr;
  if (const int error = ::getaddrinfo(name.c_str(), nullptr, &hints, &results); error != 0) {
    return std::unexpected(std::string(error == EAI_SYSTEM ? std::strerror(errno) : gai_strerror(error)));
  }
  const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> owner(results, freeaddrinfo);
  Addresses addresses;
  for (const addrinfo* result = results; result != nullptr; result = result->ai_next) {
    http::IpAddress address;
    if (result->ai_family == AF_INET) {
      sockaddr_in from{};
      std::memcpy(&from, result->ai_addr, sizeof from);
      std::memcpy(address.bytes.data(), &from.sin_addr, sizeof from.sin_addr);
    } else if (result->ai_family == AF_INET6) {
      sockaddr_in6 from{};
      std::memcpy(&from, result->ai_addr, sizeof from);
      std::memcpy(address.bytes.data(), &from.sin6_addr, sizeof from.sin6_addr);
      address.v6 = true;
    } else {
      continue;
    }
    if (std::ranges::find(addresses, address) == addresses.end()) addresses.push_back(address);
  }
  return addresses;
}

}  // namespace signet::net
