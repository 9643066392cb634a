#include "router/app/secret_watcher.hpp"

#include <algorithm>
#include <utility>

namespace signet::app {

using telemetry::MetricId;

struct SecretWatcher::Held {
  SecretFile file;
  crypto::SecretBytes text;  // in use
  FileWatch watch;
  std::optional<crypto::Sha256> seen;  // by the last look, and other than what is in use
};

struct SecretWatcher::Change {
  std::shared_ptr<Held> held;
  crypto::SecretBytes text;  // the new one; once it is tried, the old one
  crypto::Sha256 digest;
  void swap() { std::swap(held->text, text); }
};

namespace {

std::expected<crypto::SecretBytes, FileProblem> read_text(const SecretFile& file) {
  auto read = read_file_of(file.key, file.path, file.bytes_max);
  if (!read) return std::unexpected(std::move(read.error()));
  if (file.value) read = config::without_final_newline(std::move(*read));
  crypto::SecretBytes text(as_bytes(*read));
  crypto::wipe({reinterpret_cast<uint8_t*>(read->data()), read->size()});
  return text;
}

std::expected<void, FileProblem> check_text(const SecretFile& file, const crypto::SecretBytes& text) {
  const auto good = file.check(as_text(text.view()));
  if (!good) return std::unexpected(FileProblem{file.key, file.path, good.error()});
  return {};
}

// For the start and for reloads. What a value was made of is known, and was judged with the whole configuration.
std::expected<crypto::SecretBytes, FileProblem> read_first(const SecretFile& file) {
  if (file.value) return *file.value;
  auto text = read_text(file);
  if (!text) return text;
  if (auto good = check_text(file, *text); !good) return std::unexpected(good.error());
  return text;
}

}  // namespace

std::expected<SecretWatcher::Set, std::string> SecretWatcher::prepare(std::vector<SecretFile> files) const {
  Set set;
  std::string problems;
  for (SecretFile& file : files) {
    auto text = read_first(file);
    if (!text) {
      problems += (problems.empty() ? "" : "; ") + text.error().text();
      continue;
    }
    auto held =
        std::make_shared<Held>(Held{.file = std::move(file), .text = std::move(*text), .watch = {}, .seen = {}});
    held->watch.use(crypto::sha256(held->text.view()), clock_.wall());
    set.push_back(std::move(held));
  }
  if (!problems.empty()) return std::unexpected(std::move(problems));
  return set;
}

ReadSecret SecretWatcher::reader(const Set& set) {
  return [&set](const std::string& path) -> std::expected<std::string, std::string> {
    const auto held = std::ranges::find_if(set, [&](const auto& each) { return each->file.path == path; });
    if (held == set.end()) return std::unexpected(path + ": is not among the files that are watched");
    return std::string(as_text((*held)->text.view()));
  };
}

void SecretWatcher::start() {
  timer_ = loop_.after(FileWatch::kPoll, [this] {
    check();
    start();
  });
}

void SecretWatcher::look(const std::shared_ptr<Held>& held, std::vector<Change>& changes) {
  const auto last = std::exchange(held->seen, std::nullopt);
  auto text = read_text(held->file);
  if (!text) return refused(*held, text.error());
  const crypto::Sha256 digest = crypto::sha256(text->view());
  if (held->watch.holds(digest)) return;
  if (auto good = check_text(held->file, *text); !good) return refused(*held, good.error());
  held->seen = digest;
  const bool settled = last == digest;
  if (settled) changes.push_back({held, std::move(*text), digest});
}

// All together, so that keys that trade places do not stand twice in between.
std::expected<void, FileProblem> SecretWatcher::try_changes(const Some& changes) {
  for (Change* change : changes) change->swap();
  const bool values =
      std::ranges::any_of(changes, [](const Change* change) { return change->held->file.value.has_value(); });
  if (auto applied = apply_(set_, values); !applied) {
    for (Change* change : changes) change->swap();
    const SecretFile& first = changes.front()->held->file;
    return std::unexpected(FileProblem{first.key, first.path, applied.error()});
  }
  for (const Change* change : changes) {
    change->held->watch.use(change->digest, clock_.wall());
    change->held->seen.reset();
    journal_.secret_applied(change->held->file.key);
  }
  return {};
}

void SecretWatcher::check() {
  std::vector<Change> changes;
  for (const auto& held : set_) look(held, changes);
  Some all;
  for (Change& change : changes) all.push_back(&change);
  if (all.empty() || try_changes(all)) return;
  use_what_is_good(std::move(all));
}

// Some of them cannot be used. Those hold up no other, and what belongs together is still taken together.
void SecretWatcher::use_what_is_good(Some changes) {
  if (changes.size() > 2) use_all_but_one(changes);
  if (changes.size() > 1) std::erase_if(changes, [&](Change* change) { return try_changes({change}).has_value(); });
  if (changes.size() > 2) use_pairs(changes);
  for (Change* change : changes) {
    const auto tried = try_changes({change});  // says what is wrong with it, next to what is in use by now
    if (!tried) refused(*change->held, tried.error());
  }
}

void SecretWatcher::use_all_but_one(Some& changes) {
  for (size_t out = 0; out < changes.size(); ++out) {
    Some rest = changes;
    rest.erase(rest.begin() + static_cast<std::ptrdiff_t>(out));
    if (!try_changes(rest)) continue;
    changes = {changes[out]};
    return;
  }
}

// Each may be no good next to what the other replaces: two keys that trade places.
void SecretWatcher::use_pairs(Some& changes) {
  if (changes.size() > kPairedMax) return;
  Some left;
  while (!changes.empty()) {
    Change* const one = changes.back();
    changes.pop_back();
    const auto partner =
        std::ranges::find_if(changes, [&](Change* other) { return try_changes({one, other}).has_value(); });
    if (partner == changes.end()) {
      left.push_back(one);
    } else {
      changes.erase(partner);
    }
  }
  changes = std::move(left);
}

void SecretWatcher::refused(Held& held, const FileProblem& problem) {
  if (held.watch.refuse(problem, clock_.steady(), clock_.wall(), true)) journal_.secret_refused(problem);
}

void SecretWatcher::set_gauges(telemetry::MetricShard& metrics) const {
  metrics.set(MetricId::secrets_stale, {},
              std::ranges::count_if(set_, [](const auto& held) { return held->watch.refused(); }));
}

void SecretWatcher::write_status(json::Writer& writer) const {
  writer.begin_object();
  for (const auto& held : set_) {
    writer.key(held->file.key).begin_object();
    held->watch.write_status(writer, kSecretFileWhatToDo);
    writer.end_object();
  }
  writer.end_object();
}

}  // namespace signet::app
