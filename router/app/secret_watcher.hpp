// SecretWatcher: the files of secrets and keys that the configuration names, as they are in use, and looked at each
// second. A file counts when two looks found the same in it, so that one that is half written does not; one that turns
// bad leaves in use what it held before. TLS files, which count in sets, are the CertificateWatcher's.
#pragma once

#include <expected>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "router/app/journal.hpp"
#include "router/app/secret_files.hpp"
#include "router/json/writer.hpp"

namespace signet::app {

/// Threads: the control thread.
class SecretWatcher {
 public:
  struct Held;
  using Set = std::vector<std::shared_ptr<Held>>;

  /// `apply` makes use of the texts in the set; `values`: some of them are values of the configuration itself. It is
  /// called when files have changed for good. Errors: nothing has changed then, and the old texts stay.
  using Apply = std::function<std::expected<void, std::string>(const Set& set, bool values)>;

  SecretWatcher(net::EventLoop& loop, const Clock& clock, Journal& journal, Apply apply)
      : loop_(loop), clock_(clock), journal_(journal), apply_(std::move(apply)) {}

  /// Reads every file, for the start and for reloads, to be adopted or dropped. Errors: all problems, in one text.
  std::expected<Set, std::string> prepare(std::vector<SecretFile> files) const;
  void adopt(Set set) { set_ = std::move(set); }
  /// Reads what `set` holds, in place of the disk. Lifetime: borrows `set`.
  static ReadSecret reader(const Set& set);
  const Set& set() const { return set_; }

  /// Looks at the files from now on.
  void start();
  /// One look at all files.
  void check();

  void set_gauges(telemetry::MetricShard& metrics) const;
  /// Writes one object: what is in use since when, and what was refused last.
  void write_status(json::Writer& writer) const;

 private:
  struct Change;
  void look(const std::shared_ptr<Held>& held, std::vector<Change>& changes);
  using Some = std::vector<Change*>;
  std::expected<void, FileProblem> try_changes(const Some& changes);
  void use_what_is_good(Some changes);
  void use_all_but_one(Some& changes);
  void use_pairs(Some& changes);
  void refused(Held& held, const FileProblem& problem);

  static constexpr size_t kPairedMax = 8;  // files that are tried two by two: each try loads the configuration

  net::EventLoop& loop_;
  const Clock& clock_;
  Journal& journal_;
  Apply apply_;
  Set set_;
  std::unique_ptr<net::Timer> timer_;
};

}  // namespace signet::app
