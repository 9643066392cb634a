// Schema changes behind a pipe: one JSON request a line, {"before":SDL,"after":SDL}, answered by one JSON line,
// {"changes":[[class, group, where, what], …]} or {"error":…}.
#include <iostream>
#include <string>

#include "router/federation/supergraph.hpp"
#include "router/json/document.hpp"
#include "router/json/writer.hpp"
#include "signing/admission/schema_changes.hpp"

namespace signet {
namespace {

void respond(const json::Document& request, json::Writer& writer) {
  const auto load = [&request](std::string_view key) {
    const json::NodeId node = request.find(request.root(), key);
    return federation::load_schema(node.valid() ? request.string(node) : std::string());
  };
  const auto before = load("before"), after = load("after");
  for (const auto* loaded : {&before, &after}) {
    if (*loaded) continue;
    writer.key("error").value(loaded->error().front().message);
    return;
  }
  writer.key("changes").begin_array();
  for (const admission::Change& change : admission::schema_changes(*before, *after)) {
    writer.begin_array().value(to_text(change.change)).value(to_text(group_of(change.change)));
    writer.value(change.where).value(change.what).end_array();
  }
  writer.end_array();
}

}  // namespace
}  // namespace signet

int main() {
  std::string line;
  while (std::getline(std::cin, line)) {
    std::string out;
    signet::json::Writer writer(out);
    writer.begin_object();
    if (const auto request = signet::json::Document::parse(line)) {
      signet::respond(*request, writer);
    } else {
      writer.key("error").value(request.error().message);
    }
    writer.end_object();
    std::cout << out << std::endl;
  }
}
