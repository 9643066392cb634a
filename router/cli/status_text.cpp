#include "router/cli/status_text.hpp"

#include <array>
#include <fmt/format.h>
#include <vector>

#include "signing/core/refusal.hpp"

namespace signet::cli {
namespace {

using json::Document;
using json::Kind;
using json::NodeId;

constexpr size_t kColumns = 80;
constexpr size_t kIndent = 15;

// "91d 23h", "4m 10s": the two largest units.
std::string duration(int64_t seconds) {
  constexpr std::array<std::pair<char, int64_t>, 4> kUnits{{{'d', 86'400}, {'h', 3'600}, {'m', 60}, {'s', 1}}};
  if (seconds < 0) seconds = -seconds;
  for (size_t i = 0; i < kUnits.size(); ++i) {
    const auto [unit, length] = kUnits[i];
    if (seconds < length) continue;
    std::string text = fmt::format("{}{}", seconds / length, unit);
    if (i + 1 < kUnits.size() && seconds % length >= kUnits[i + 1].second) {
      text += fmt::format(" {}{}", seconds % length / kUnits[i + 1].second, kUnits[i + 1].first);
    }
    return text;
  }
  return "0s";
}

std::string several(int64_t count, std::string_view what) {
  return fmt::format("{} {}{}", count, what, count == 1 ? "" : "s");
}

// Lines of `label  text`, the text wrapped at words.
class Lines {
 public:
  void add(std::string_view label, std::string_view text) {
    std::string line = fmt::format("{:<{}}", label, kIndent);
    size_t words = 0;
    while (!text.empty()) {
      const size_t end = std::min(text.find(' '), text.size());
      const std::string_view word = text.substr(0, end);
      text.remove_prefix(std::min(end + 1, text.size()));
      if (words > 0 && line.size() + 1 + word.size() > kColumns) {
        out_ += line + "\n";
        line.assign(kIndent, ' ');
        words = 0;
      }
      if (words++ > 0) line += ' ';
      line += word;
    }
    out_ += line + "\n";
  }
  void add_if(std::string_view label, std::string_view text) {
    if (!text.empty()) add(label, text);
  }
  void blank() { out_ += "\n"; }
  std::string take() { return std::move(out_); }

 private:
  std::string out_;
};

class Page {
 public:
  explicit Page(const Document& json) : json_(json) {}

  std::string render() {
    head();
    alarms();
    refused_reload();
    refused_files("secrets", "SECRET REFUSED");
    if (const NodeId signed_one = at(json_.root(), "configuration"); is(signed_one, Kind::object)) {
      artifact("configuration", signed_one);
    }
    artifact("graph", json_.find(json_.root(), "graph"));
    artifact("operations", json_.find(json_.root(), "operations"));
    refusals();
    refused_files("tls", "TLS refused");
    posture();
    return lines_.take();
  }

  std::string render_reload() {
    lines_.add("configuration", text(json_.root(), "configuration"));
    why(text(json_.root(), "error"));
    if (is(at(json_.root(), "tls"), Kind::string)) {
      lines_.add("certificates", "refused; what was used before stays");
      why(text(json_.root(), "tls"));
    }
    for (const std::string_view kind : {"graph", "operations"}) {
      const NodeId artifact = at(json_.root(), kind);
      if (!is(artifact, Kind::object)) continue;
      const int64_t serial = number(artifact, "serial");
      lines_.add(kind, fmt::format("{}; {}", text(artifact, "outcome"),
                                   serial > 0 ? fmt::format("serial {} serves", serial) : "NONE serves"));
      refusal(at(artifact, "refusal"));
    }
    return lines_.take();
  }

 private:
  NodeId at(NodeId object, std::string_view key) const { return object.valid() ? json_.find(object, key) : object; }
  bool is(NodeId id, Kind kind) const { return id.valid() && json_.kind(id) == kind; }
  std::string text(NodeId object, std::string_view key) const {
    const NodeId id = at(object, key);
    return is(id, Kind::string) ? safe(json_.string(id)) : "";
  }
  // Whoever answers may not be a router: nothing that a terminal obeys.
  static std::string safe(std::string text) {
    for (char& c : text) {
      if ((static_cast<uint8_t>(c) < 0x20 && c != '\n') || c == 0x7F) c = '?';
    }
    return text;
  }
  int64_t number(NodeId object, std::string_view key) const {
    const NodeId id = at(object, key);
    return is(id, Kind::number) ? json_.integer(id).value_or(0) : 0;
  }
  bool truth(NodeId object, std::string_view key) const {
    const NodeId id = at(object, key);
    return is(id, Kind::boolean) && json_.boolean(id);
  }
  std::vector<NodeId> items(NodeId object, std::string_view key) const {
    std::vector<NodeId> found;
    if (const NodeId id = at(object, key); is(id, Kind::array)) {
      for (const NodeId item : json_.items(id)) found.push_back(item);
    }
    return found;
  }

  void head() {
    const NodeId root = json_.root();
    const std::string why = text(root, "not_ready_because");
    lines_.add("router",
               fmt::format("{}, version {}, up {}, {}{}", why.empty() ? "ready" : "NOT READY", text(root, "version"),
                           duration(number(root, "up_seconds")), several(number(root, "workers"), "worker"),
                           truth(root, "development") ? ", DEVELOPMENT" : ""));
    if (!why.empty()) lines_.add("  because", why);
  }

  void artifact(std::string_view kind, NodeId id) {
    lines_.blank();
    if (!is(id, Kind::object)) return lines_.add(kind, kind == "graph" ? "NONE serves" : "none");
    std::string what = fmt::format("serial {}, {} old", number(id, "serial"), duration(number(id, "age_seconds")));
    if (kind == "graph") what = fmt::format("{} in {}, {}", text(id, "name"), text(id, "environment"), what);
    if (kind == "operations") what = fmt::format("{}, {}", several(number(id, "count"), "operation"), what);
    lines_.add(kind, what);
    lines_.add("  digest", text(id, "sha256"));
    lines_.add("  expires", expiry(id));
    if (is(at(id, "confirmed_seconds_ago"), Kind::number)) {
      const int64_t failed = number(id, "failed_polls");
      lines_.add("  source", fmt::format("{}, confirmed {} ago{}", text(id, "source"),
                                         duration(number(id, "confirmed_seconds_ago")),
                                         failed == 0 ? "" : fmt::format(", {} since", several(failed, "failed poll"))));
    }
    lines_.add("  signed by", signers(id));
    lines_.add("  approved", approval(id));
    if (kind == "graph") lines_.add("  subgraphs", subgraphs(id));
  }

  std::string expiry(NodeId artifact) const {
    if (is(at(artifact, "expires"), Kind::null)) return "never: nothing says when";
    const std::string in = duration(number(artifact, "expires_in_seconds"));
    return fmt::format("{} ({})", text(artifact, "expires"),
                       truth(artifact, "expired") ? fmt::format("EXPIRED {} ago", in) : "in " + in);
  }

  std::string signers(NodeId artifact) const {
    std::string all;
    for (const NodeId signer : items(artifact, "signers")) {
      all += fmt::format("{}{} ({})", all.empty() ? "" : ", ", text(signer, "kid"), text(signer, "role"));
    }
    return all;
  }

  std::string approval(NodeId artifact) const {
    const NodeId approval = at(artifact, "approval");
    const std::string how = text(approval, "how");
    if (how == "none") return "BY NOBODY";
    std::string by;
    for (const NodeId kid : items(approval, "by")) by += (by.empty() ? "" : ", ") + json_.string(kid);
    if (how == "body_signature") return fmt::format("before {} signed, says Cosmo (unsafe_compat)", by);
    return fmt::format("{} by {}", how == "webhook" ? "online" : "offline", by);
  }

  std::string subgraphs(NodeId artifact) const {
    std::string all;
    for (const NodeId subgraph : items(artifact, "subgraphs")) {
      all += (all.empty() ? "" : ", ") + signing::printable(text(subgraph, "name"));
    }
    return all;
  }

  void alarms() {
    lines_.blank();
    bool any = false;
    for (const std::string_view kind : {"graph", "operations"}) {
      for (const NodeId alarm : items(at(json_.root(), "alarms"), kind)) {
        lines_.add("ALARM", fmt::format("{} ({})", text(alarm, "alarm"), kind));
        lines_.add("  what to do", text(alarm, "what_to_do"));
        any = true;
      }
    }
    if (!any) lines_.add("alarms", "none");
  }

  void refused_reload() {
    const NodeId refused = at(json_.root(), "refused_reload");
    if (!is(refused, Kind::object)) return;
    lines_.blank();
    lines_.add("RELOAD REFUSED", text(refused, "at"));
    why(text(refused, "error"));
    lines_.add("  what to do", text(refused, "what_to_do"));
  }

  // Each line of an error by itself.
  void why(std::string_view error) {
    for (std::string_view label = "  why"; !error.empty(); label = "") {
      const size_t end = std::min(error.find('\n'), error.size());
      lines_.add(label, error.substr(0, end));
      error.remove_prefix(std::min(end + 1, error.size()));
    }
  }

  // Of the files that `section` tells of, those that cannot be used.
  void refused_files(std::string_view section, std::string_view label) {
    const NodeId all = at(json_.root(), section);
    if (!is(all, Kind::object)) return;
    for (const auto& member : json_.members(all)) {
      const NodeId refused = at(member.value, "refused");
      if (!is(refused, Kind::object)) continue;
      lines_.blank();
      lines_.add(label, fmt::format("{}, at {}", safe(json_.string(member.key)), text(refused, "at")));
      lines_.add("  why", fmt::format("{}: {}", text(refused, "file"), text(refused, "reason")));
      lines_.add("  what to do", text(refused, "what_to_do"));
    }
  }

  void refusals() {
    for (const std::string_view kind : {"graph", "operations"}) {
      const NodeId refusal = at(at(json_.root(), "last_refusal"), kind);
      if (!is(refusal, Kind::object)) continue;
      lines_.blank();
      lines_.add("last refusal", fmt::format("{}, at {}", kind, text(refusal, "at")));
      this->refusal(refusal);
    }
  }

  void refusal(NodeId id) {
    if (!is(id, Kind::object)) return;
    lines_.add("  reason", fmt::format("{}: {}", text(id, "reason"), text(id, "title")));
    lines_.add_if("  detail", text(id, "detail"));
    lines_.add("  what to do", text(id, "what_to_do"));
  }

  void posture() {
    const auto choices = items(json_.root(), "posture");
    for (const NodeId choice : choices) {
      lines_.blank();
      lines_.add("weak", text(choice, "path"));
      lines_.add("  why", text(choice, "message"));
    }
  }

  const Document& json_;
  Lines lines_;
};

}  // namespace

std::string render_status(const Document& page) {
  return Page(page).render();
}

std::string render_reload(const Document& page) {
  return Page(page).render_reload();
}

}  // namespace signet::cli
