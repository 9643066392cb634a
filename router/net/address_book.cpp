#include "router/net/address_book.hpp"

#include <algorithm>

namespace signet::net {

AddressBook::AddressBook(Resolver& resolver, EventLoop& loop, std::string name, std::chrono::milliseconds refresh_after)
    : resolver_(&resolver), loop_(&loop), name_(std::move(name)), refresh_after_(refresh_after) {}

AddressBook::AddressBook(const http::IpAddress& literal)
    : addresses_(std::make_shared<const Addresses>(Addresses{literal})) {}

bool AddressBook::look_up_if_older(SteadyTime oldest) {
  if (resolver_ == nullptr) return false;
  if (asking_) return true;
  if (looked_up_ >= oldest) return false;
  asking_ = true;
  resolver_->ask(name_, oldest, *loop_, [weak = weak_from_this()](const Resolver::Answer& answer) {
    if (const auto self = weak.lock()) self->take(answer);
  });
  return true;
}

void AddressBook::take(const Resolver::Answer& answer) {
  asking_ = false;
  looked_up_ = answer.looked_up;
  problem_ = answer.problem;
  addresses_ = answer.addresses;
  for (const auto& waiting : std::exchange(waiters_, {})) {
    if (const auto waiter = waiting.lock()) waiter->wake();
  }
}

void AddressBook::use_known() {
  if (!addresses_ && resolver_ != nullptr) addresses_ = resolver_->known(name_);
}

bool AddressBook::lists(const http::IpAddress& address) const {
  return !known() || std::ranges::find(*addresses_, address) != addresses_->end();
}

std::vector<AddressBook::Candidate> AddressBook::candidates(SteadyTime now) {
  std::vector<Candidate> all;
  if (!known()) return all;
  std::erase_if(ejected_, [&](const Ejection& ejection) { return ejection.until <= now; });
  const size_t first = turn_++;
  for (const bool wanted : {false, true}) {
    for (size_t i = 0; i < addresses_->size(); ++i) {
      const http::IpAddress& address = (*addresses_)[(first + i) % addresses_->size()];
      const bool ejected = std::ranges::find(ejected_, address, &Ejection::address) != ejected_.end();
      if (ejected == wanted) all.push_back({address, ejected});
    }
  }
  return all;
}

void AddressBook::failed(const http::IpAddress& address, SteadyTime now) {
  const auto known = std::ranges::find(ejected_, address, &Ejection::address);
  if (known != ejected_.end()) {
    known->until = now + kEjected;
  } else {
    ejected_.push_back({address, now + kEjected});
  }
}

}  // namespace signet::net
