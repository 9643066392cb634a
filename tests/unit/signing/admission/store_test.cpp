// An admission server that reads artifacts itself and remembers what it approved.
#include <gtest/gtest.h>
#include <map>
#include <set>

#include "tests/support/admission_world.hpp"

namespace signet::admission {
namespace {

using std::chrono::hours;
using testing_support::AdmissionWorld;

struct MemoryArtifacts final : ApprovedArtifacts {
  bool holds(const Line& line, std::string_view sha256) override {
    return artifacts.contains({line, std::string(sha256)});
  }
  std::expected<std::string, std::string> read(const Line& line, std::string_view sha256) override {
    const auto found = artifacts.find({line, std::string(sha256)});
    if (found == artifacts.end()) return std::unexpected(std::string("it was not approved"));
    return found->second;
  }
  uint64_t highest_serial(const Line& line) override { return serials[line]; }
  std::string problem(const Line&) override { return damage; }
  std::expected<void, std::string> keep(const signing::Statement& statement, std::string_view bytes) override {
    if (full) return std::unexpected(std::string("no space"));
    const Line line = Line::of(statement);
    if (!bytes.empty()) artifacts[{line, statement.sha256}] = bytes;
    serials[line] = std::max(serials[line], statement.serial);
    return {};
  }
  std::map<std::pair<Line, std::string>, std::string> artifacts;
  std::map<Line, uint64_t> serials;
  bool full = false;
  std::string damage;
};

std::string graph_of(std::string_view fields) {
  return fmt::format(R"(
    schema @link(url: "https://specs.apollo.dev/link/v1.0")
      @link(url: "https://specs.apollo.dev/join/v0.3", for: EXECUTION) {{ query: Query }}
    directive @link(url: String, as: String, for: link__Purpose, import: [link__Import]) repeatable on SCHEMA
    scalar link__Import enum link__Purpose {{ SECURITY EXECUTION }}
    directive @join__graph(name: String!, url: String!) on ENUM_VALUE
    enum join__Graph {{ A @join__graph(name: "a", url: "https://a.shop.internal/graphql") }}
    type Query {{ {} }})",
                     fields);
}

struct Site : AdmissionWorld {
  Site() {
    AdmissionGraph& graph = server_policy.graphs[0];
    graph.reads_artifact = true;
    graph.policy.forbid = *parse_change_classes("breaking");
    server.emplace(server_policy, &approved);
  }

  struct Signed {
    std::string artifact, jws;
    signing::Statement statement;
  };
  Signed publish(const std::string& artifact, const std::string& previous_artifact = "") {
    Signed made{.artifact = artifact, .jws = {}, .statement = statement(artifact, last_serial)};
    if (!previous_artifact.empty()) made.statement.previous = crypto::sha256_hex(previous_artifact);
    last_serial = made.statement.serial;
    made.jws = sign(made.statement, false);
    return made;
  }

  /// A pod asks; the server fetches when it has to. "allowed", or the message.
  std::string ask(const Signed& about) {
    signing::ReviewRequest request{.uid = "u",
                                   .statement = about.statement,
                                   .source = signing::SourceKind::cdn,
                                   .signed_by = {},
                                   .subgraphs = {{"the router's", "https://evil.test/"}},
                                   .jws = about.jws};
    const ReviewCall call = make_call(request, webhook_secret, clock.wall());
    auto heard = server->hear(call.headers, call.body, clock.wall());
    if (auto* hearing = std::get_if<Hearing>(&heard)) {
      ++fetches;
      heard = server->decide(*hearing, fetched ? *fetched : Fetched(about.artifact), clock.wall());
    }
    answer = std::get<ServerAnswer>(std::move(heard));
    EXPECT_EQ(answer.response.status, 200);
    return answer.log->allowed ? "allowed" : answer.log->message;
  }

  MemoryArtifacts approved;
  std::optional<AdmissionServer> server;
  ServerAnswer answer;
  std::optional<Fetched> fetched;
  uint64_t last_serial = 0;
  int fetches = 0;
};

TEST(AdmissionStore, TheArtifactDecidesNotTheRoutersWord) {
  Site site;
  EXPECT_EQ(site.ask(site.publish(graph_of("a: Int"))), "allowed");  // whatever URL the router named
  std::string evil = graph_of("a: Int");
  evil.replace(evil.find("a.shop.internal"), 15, "b.evil.internal");
  EXPECT_NE(site.ask(site.publish(evil, graph_of("a: Int"))).find("subgraph a: "), std::string::npos);
}

TEST(AdmissionStore, BreakingChangesAreDeniedAgainstTheServersOwnCopy) {
  Site site;
  const std::string first = graph_of("a: Int b: Int"), second = graph_of("a: Int b: Int c: Int");
  EXPECT_EQ(site.ask(site.publish(first)), "allowed");
  EXPECT_EQ(site.ask(site.publish(second, first)), "allowed");
  const Site::Signed broken = site.publish(graph_of("a: Int"), second);
  EXPECT_EQ(site.ask(broken), "2 forbidden changes: FIELD_REMOVED Query.b, FIELD_REMOVED Query.c");
  EXPECT_EQ(site.ask(broken), "2 forbidden changes: FIELD_REMOVED Query.b, FIELD_REMOVED Query.c");
}

TEST(AdmissionStore, PodsGetOneVerdictFromOneEvaluation) {
  Site site;
  const Site::Signed first = site.publish(graph_of("a: Int b: Int"));
  for (int pod = 0; pod < 3; ++pod) EXPECT_EQ(site.ask(first), "allowed");
  EXPECT_EQ(site.fetches, 1);
  const Site::Signed broken = site.publish(graph_of("a: Int"), first.artifact);
  for (int pod = 0; pod < 3; ++pod) EXPECT_EQ(site.ask(broken), "1 forbidden change: FIELD_REMOVED Query.b");
  EXPECT_EQ(site.server->counts().evaluations, 2u);
  EXPECT_EQ(site.server->counts().allowed, 3u);
  EXPECT_EQ(site.server->counts().denied, 3u);
  // A server that was restarted knows what was approved, without asking the CDN.
  site.server.emplace(site.server_policy, &site.approved);
  site.fetched = Fetched(std::unexpect, "gone");
  EXPECT_EQ(site.ask(first), "allowed");
  // Another policy judges again.
  site.server_policy.graphs[0].policy.max_subgraphs = 0;
  site.server->set_policy(site.server_policy);
  EXPECT_EQ(site.ask(first), "1 subgraphs; at most 0 are allowed");
}

TEST(AdmissionStore, UnknownPredecessors) {
  Site site;
  const std::string never_approved = graph_of("a: Int z: Int");
  EXPECT_EQ(site.ask(site.publish(graph_of("a: Int"), never_approved)), "allowed");  // the first that is approved
  const Site::Signed next = site.publish(graph_of("a: Int b: Int"), never_approved);
  EXPECT_NE(site.ask(next).find("the previous artifact is not known here"), std::string::npos);
  EXPECT_NE(site.ask(site.publish(graph_of("a: Int b: Int c: Int"))).find("names no previous artifact"),
            std::string::npos);
  site.server_policy.graphs[0].policy.allow_unknown_previous = true;
  site.server->set_policy(site.server_policy);
  EXPECT_EQ(site.ask(next), "allowed");
}

TEST(AdmissionStore, ADenialForAnUnknownPredecessorEndsWhenThatIsApproved) {
  Site site;
  const Site::Signed first = site.publish(graph_of("a: Int"));
  const Site::Signed second = site.publish(graph_of("a: Int b: Int"), first.artifact);
  const Site::Signed third = site.publish(graph_of("a: Int b: Int c: Int"), second.artifact);
  EXPECT_EQ(site.ask(first), "allowed");
  EXPECT_NE(site.ask(third), "allowed");
  EXPECT_EQ(site.ask(second), "allowed");
  EXPECT_EQ(site.ask(third), "allowed");
}

TEST(AdmissionStore, NothingIsTheFirstForAServerThatLostItsMemory) {
  Site site;
  site.approved.damage = "the list is damaged; restore it";
  const Site::Signed first = site.publish(graph_of("a: Int"));
  EXPECT_EQ(site.ask(first), "the list is damaged; restore it");
  site.server_policy.graphs[0].policy.forbid = {};
  site.server->set_policy(site.server_policy);
  EXPECT_EQ(site.ask(first), "the list is damaged; restore it");  // the lowest serial is lost all the same
  EXPECT_EQ(find_predecessor(first.statement, site.approved).kind, Comparison::Kind::unknown);
  site.server_policy.graphs[0].policy.allow_unknown_previous = true;
  site.server->set_policy(site.server_policy);
  EXPECT_EQ(site.ask(first), "allowed");
  site.approved.damage.clear();
  EXPECT_EQ(find_predecessor(first.statement, site.approved).kind, Comparison::Kind::approved);
}

TEST(AdmissionStore, GoingBackToWhatWasApprovedIsNoChange) {
  Site site;
  const std::string first = graph_of("a: Int"), second = graph_of("a: Int b: Int");
  EXPECT_EQ(site.ask(site.publish(first)), "allowed");
  EXPECT_EQ(site.ask(site.publish(second, first)), "allowed");
  EXPECT_EQ(site.ask(site.publish(first, second)), "allowed");  // although it takes b away
}

TEST(AdmissionStore, WindowsHoldForWhatIsNew) {
  Site site;
  const Site::Signed first = site.publish(graph_of("a: Int"));
  EXPECT_EQ(site.ask(first), "allowed");
  site.server_policy.graphs[0].policy.times.freezes = {{site.clock.wall() - hours(1), site.clock.wall() + hours(1)}};
  site.server->set_policy(site.server_policy);
  EXPECT_EQ(site.ask(first), "allowed");
  const Site::Signed second = site.publish(graph_of("a: Int b: Int"), first.artifact);
  EXPECT_TRUE(site.ask(second).starts_with("changes are frozen until "));
  EXPECT_EQ(site.server->counts().evaluations, 3u);
  EXPECT_TRUE(site.ask(second).starts_with("changes are frozen until "));
  EXPECT_EQ(site.fetches, 2);  // one for each artifact
  site.clock.advance(hours(2));
  site.fetched = Fetched(std::in_place, site.publish(graph_of("a: Int b: Big")).artifact);
  EXPECT_TRUE(site.ask(second).starts_with("digest_mismatch: "));  // what was judged is what is kept
  site.fetched.reset();
  EXPECT_EQ(site.ask(second), "allowed");
  EXPECT_EQ(site.server->counts().evaluations, 3u);  // judged before; only the time had to pass
}

TEST(AdmissionStore, W5AnotherArtifactThanTheStatementsIsDenied) {
  Site site;
  site.fetched = graph_of("a: Int");
  EXPECT_TRUE(site.ask(site.publish(graph_of("a: Big"))).starts_with("digest_mismatch: "));
  EXPECT_TRUE(site.approved.artifacts.empty());
}

TEST(AdmissionStore, W6NothingIsApprovedThatCannotBeFetchedOrKept) {
  Site site;
  const Site::Signed first = site.publish(graph_of("a: Int"));
  site.fetched = Fetched(std::unexpect, "fetch_status: https://cdn.test/artifacts/x: status 404");
  EXPECT_EQ(site.ask(first),
            "the artifact could not be fetched: fetch_status: https://cdn.test/artifacts/x: status 404");
  site.fetched.reset();
  site.approved.full = true;
  EXPECT_EQ(site.ask(first), "the approval could not be kept: no space");
  EXPECT_EQ(site.answer.response.body.find("\"approval\""), std::string::npos);
  site.approved.full = false;
  EXPECT_EQ(site.ask(first), "allowed");
}

TEST(AdmissionStore, AnswersCarryTheHighestSerialThatWasApproved) {
  Site site;
  const Site::Signed first = site.publish(graph_of("a: Int"));
  const Site::Signed second = site.publish(graph_of("a: Int b: Int"), first.artifact);
  EXPECT_EQ(site.ask(first), "allowed");
  EXPECT_NE(site.answer.response.body.find(fmt::format("\"minSerial\":{}", first.statement.serial)), std::string::npos);
  EXPECT_EQ(site.ask(second), "allowed");
  EXPECT_EQ(site.ask(first), "allowed");
  EXPECT_NE(site.answer.response.body.find(fmt::format("\"minSerial\":{}", second.statement.serial)),
            std::string::npos);
}

TEST(AdmissionStore, RulesOfAnArtifactOffline) {
  Site site;
  const AdmissionGraph& graph = site.server_policy.graphs[0];
  const std::string first = graph_of("a: Int b: Int");
  const Site::Signed next = site.publish(graph_of("a: Int"), first);
  const auto rules = [&](const std::string* previous) {
    std::string told;
    for (const RuleResult& rule :
         review_offline({next.jws, next.artifact, previous}, graph, site.clock.wall()).verdict.rules) {
      told += rule.rule + (rule.passed ? "+ " : "- ");
    }
    return told;
  };
  const std::string kBefore = "statement+ kind+ required_signers+ approvers+ max_subgraphs+ allow+ ";
  EXPECT_EQ(rules(&first), kBefore + "changes- windows+ ");
  EXPECT_EQ(rules(nullptr), kBefore + "changes- windows+ ");
  EXPECT_EQ(rules(&next.artifact), kBefore + "changes- windows+ ");  // not what the statement names
  site.server_policy.graphs[0].policy.forbid = *parse_change_classes("dangerous");
  EXPECT_EQ(rules(&first), kBefore + "changes+ windows+ ");
}

}  // namespace
}  // namespace signet::admission
