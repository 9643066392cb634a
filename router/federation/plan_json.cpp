#include "router/federation/plan_json.hpp"

#include <fmt/format.h>

#include "router/federation/plan_print.hpp"
#include "router/json/writer.hpp"

namespace signet::federation {

namespace {

class PlanJson {
 public:
  PlanJson(const Supergraph& supergraph, const Plan& plan) : supergraph_(supergraph), plan_(plan) {}

  std::string print() {
    writer_.begin_object();
    writer_.key("type").value(plan_.type == operation::OperationType::mutation ? "mutation" : "query");
    writer_.key("stages").begin_array();
    for (size_t i = 0; i < plan_.requests.size(); ++i) {
      const uint32_t stage = plan_.requests[RequestId(i)].stage;
      if (i == 0 || plan_.requests[RequestId(i - 1)].stage != stage) writer_.begin_array();
      print_request(RequestId(i));
      if (i + 1 == plan_.requests.size() || plan_.requests[RequestId(i + 1)].stage != stage) writer_.end_array();
    }
    writer_.end_array();
    writer_.end_object();
    return std::move(out_);
  }

 private:
  template <class AnyId>
  void print_ids(std::string_view key, const std::vector<AnyId>& ids) {
    writer_.key(key).begin_array();
    for (AnyId id : ids) writer_.value(static_cast<uint64_t>(id.value()));
    writer_.end_array();
  }

  void print_request(RequestId id) {
    const Request& request = plan_.requests[id];
    writer_.begin_object();
    writer_.key("id").value(static_cast<uint64_t>(id.value()));
    writer_.key("kind").value(request.mutation ? "mutation" : request.lists.empty() ? "query" : "entities");
    writer_.key("subgraph").value(supergraph_.subgraphs[request.subgraph].name);
    print_ids("after", request.dependencies);
    writer_.key("document").value(request.document);
    writer_.key("fetches").begin_array();
    for (FetchId fetch : request.fetches) print_fetch(fetch);
    writer_.end_array();
    writer_.end_object();
  }

  void print_fetch(FetchId id) {
    const Fetch& fetch = plan_.fetches[id];
    writer_.begin_object();
    writer_.key("id").value(static_cast<uint64_t>(id.value()));
    writer_.key("path").value(position_path(supergraph_, plan_, fetch.position));
    print_ids("dependencies", fetch.dependencies);
    if (fetch.kind == FetchKind::entity) {
      writer_.key("list").value(plan_.requests[fetch.request].lists[fetch.list].wire_name);
      writer_.key("type").value(plan_.cases[fetch.type_case].type_name);
      writer_.key("key").value(fetch.key_text);
      writer_.key("requires").value(fetch.required_text);
    }
    writer_.end_object();
  }

  const Supergraph& supergraph_;
  const Plan& plan_;
  std::string out_;
  json::Writer writer_{out_};
};

}  // namespace

std::string print_plan_json(const Supergraph& supergraph, const Plan& plan) {
  return PlanJson(supergraph, plan).print();
}

}  // namespace signet::federation
