// Names for the resolver that a test decides: what they resolve to, why not, and when.
#pragma once

#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "router/net/resolver.hpp"

namespace signet::testing_support {

inline http::IpAddress ip(const char* text) {
  return *http::IpAddress::parse(text);
}

/// Threads: any. Copies share one script, which lives as long as a lookup needs it.
class ScriptedNames {
 public:
  void set(const std::string& name, const std::vector<const char*>& addresses) {
    net::Addresses parsed;
    for (const char* address : addresses) parsed.push_back(ip(address));
    const std::lock_guard lock(script_->mutex);
    script_->answers[name] = std::move(parsed);
  }
  void fail(const std::string& name, const std::string& problem) {
    const std::lock_guard lock(script_->mutex);
    script_->answers[name] = std::unexpected(problem);
  }
  /// Lookups of `name` hang until release().
  void hold(const std::string& name) {
    const std::lock_guard lock(script_->mutex);
    script_->held.insert(name);
  }
  void release(const std::string& name) {
    const std::lock_guard lock(script_->mutex);
    script_->held.erase(name);
    script_->changed.notify_all();
  }
  int lookups(const std::string& name) const {
    const std::lock_guard lock(script_->mutex);
    return script_->lookups[name];
  }
  /// Until `count` lookups of `name` have begun, or ten seconds have passed.
  void wait_begun(const std::string& name, int count) const {
    std::unique_lock lock(script_->mutex);
    script_->changed.wait_for(lock, std::chrono::seconds(10), [&] { return script_->lookups[name] >= count; });
  }

  std::expected<net::Addresses, std::string> operator()(const std::string& name) const {
    std::unique_lock lock(script_->mutex);
    ++script_->lookups[name];
    script_->changed.notify_all();
    script_->changed.wait(lock, [&] { return !script_->held.contains(name); });
    const auto found = script_->answers.find(name);
    return found == script_->answers.end() ? std::unexpected(std::string("no such name")) : found->second;
  }

 private:
  struct Script {
    std::mutex mutex;
    std::condition_variable changed;
    std::map<std::string, std::expected<net::Addresses, std::string>> answers;
    std::map<std::string, int> lookups;
    std::set<std::string> held;
  };
  std::shared_ptr<Script> script_ = std::make_shared<Script>();
};

}  // namespace signet::testing_support
