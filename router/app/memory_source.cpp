#include "router/app/artifact_source.hpp"

namespace signet::app {
namespace {

class MemorySource final : public ArtifactSource {
 public:
  MemorySource(std::string statement, std::string artifact)
      : statement_(std::move(statement)), artifact_(std::move(artifact)) {}
  signing::SourceKind kind() const override { return signing::SourceKind::development; }
  void fetch_statement(OnFetched done) override { done(statement_); }
  void fetch_artifact(const std::string&, OnFetched done) override { done(artifact_); }
  bool watchable() const override { return true; }
  bool may_have_changed() override { return false; }

 private:
  std::string statement_, artifact_;
};

}  // namespace

std::unique_ptr<ArtifactSource> make_memory_source(std::string statement, std::string artifact) {
  return std::make_unique<MemorySource>(std::move(statement), std::move(artifact));
}

}  // namespace signet::app
