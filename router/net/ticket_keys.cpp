#include "router/net/ticket_keys.hpp"

#include <algorithm>
#include <openssl/crypto.h>
#include <openssl/rand.h>
#include <stdexcept>

namespace signet::net {
namespace {

void fill(std::span<uint8_t> bytes) {
  if (RAND_priv_bytes(bytes.data(), static_cast<int>(bytes.size())) != 1) {
    throw std::runtime_error("the system gives no random bytes");
  }
}

}  // namespace

TicketKeys::Key::~Key() {
  OPENSSL_cleanse(cipher.data(), cipher.size());
  OPENSSL_cleanse(mac.data(), mac.size());
}

TicketKeys::TicketKeys(const Clock& clock, std::chrono::milliseconds rotation) : clock_(clock), rotation_(rotation) {}

void TicketKeys::rotate_if_due() {
  const SteadyTime now = clock_.steady();
  if (keys_.empty() || now - keys_.front().made >= rotation_) {
    Key key;
    fill(key.name);
    fill(key.cipher);
    fill(key.mac);
    key.made = now;
    keys_.push_front(key);
  }
  // By age as well: after a quiet night the keys of the evening open nothing.
  while (keys_.size() > 1 + kOlder || now - keys_.back().made >= rotation_ * (1 + kOlder)) keys_.pop_back();
}

TicketKeys::Key TicketKeys::newest() {
  const std::scoped_lock lock(mutex_);
  rotate_if_due();
  return keys_.front();
}

std::optional<TicketKeys::Found> TicketKeys::find(std::span<const uint8_t> name) {
  const std::scoped_lock lock(mutex_);
  rotate_if_due();
  for (const Key& key : keys_) {
    if (std::ranges::equal(key.name, name)) return Found{key, &key == &keys_.front()};
  }
  return std::nullopt;
}

}  // namespace signet::net
