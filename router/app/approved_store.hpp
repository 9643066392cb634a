// ApprovedStore: the artifacts that an admission server approved, in files:
//
//   {folder}/{kind}/{graph}/{environment}/{sha256}    the bytes as stored, mode 0600
//   {folder}/{kind}/{graph}/{environment}/approved    the list: the highest serial, in the form of a router's state
//                                                     file, or that nothing was approved yet
//
// What is read is verified again. One server to a folder.
#pragma once

#include <functional>
#include <map>
#include <set>
#include <string>

#include "router/base/clock.hpp"
#include "signing/admission/approved_artifacts.hpp"

namespace signet::app {

class ApprovedStore final : public admission::ApprovedArtifacts {
 public:
  /// Told what is damaged, with the file.
  using OnProblem = std::function<void(const std::string&)>;

  /// `artifacts_max`: of each line; beyond it those that were approved first go. Lifetime: borrows the clock.
  ApprovedStore(std::string folder, size_t artifacts_max, const Clock& clock, OnProblem problem)
      : folder_(std::move(folder)), artifacts_max_(artifacts_max), clock_(clock), problem_(std::move(problem)) {}

  /// Whether files can be written there. Errors: the system's words, with the folder.
  std::expected<void, std::string> check() const;

  bool holds(const admission::Line& line, std::string_view sha256) override;
  std::expected<std::string, std::string> read(const admission::Line& line, std::string_view sha256) override;
  uint64_t highest_serial(const admission::Line& line) override;
  /// A list that is damaged, or missing beside artifacts. It is looked at again each time, until it is whole.
  std::string problem(const admission::Line& line) override;
  /// The same with the file, for who runs the server. Empty: none.
  std::string damage(const admission::Line& line) { return state(line).damage; }
  std::expected<void, std::string> keep(const signing::Statement& statement, std::string_view bytes) override;

 private:
  struct State {
    uint64_t highest_serial = 0;
    std::string highest_sha256;
    std::set<std::string, std::less<>> digests;
    std::string damage;  ///< of the list, with the file; empty: none
  };

  std::string path(const admission::Line& line, std::string_view name) const;
  State& state(const admission::Line& line);
  State load(const admission::Line& line) const;
  void load_list(const std::string& file, State& state) const;
  void prune(const admission::Line& line, State& state, std::string_view spared) const;

  std::string folder_;
  size_t artifacts_max_;
  const Clock& clock_;
  OnProblem problem_;
  std::map<admission::Line, State> states_;
};

}  // namespace signet::app
