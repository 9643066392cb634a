#include "router/demo/subgraph_server.hpp"

#include <atomic>
#include <fmt/format.h>

namespace signet::demo {
namespace {

constexpr uint64_t kRequestBytesMax = 16u << 20;
constexpr size_t kAnswersMax = 256;

net::ServerResponse json_answer(int status, std::string body) {
  return {.status = status, .fields = "content-type: application/json\r\n", .body = std::move(body)};
}

net::ServerResponse error_answer(int status, std::string_view message) {
  return json_answer(status, fmt::format(R"({{"errors":[{{"message":"{}"}}]}})", message));
}

std::string_view path_of(std::string_view target) {
  return target.substr(0, target.find('?'));
}

}  // namespace

class SubgraphServer::Handler final : public net::ServerHandler {
 public:
  explicit Handler(std::vector<SubgraphDefinition> definitions) {
    for (SubgraphDefinition& definition : definitions) {
      places_.push_back(std::make_unique<Place>(std::move(definition)));
    }
  }

  std::optional<net::ServerResponse> admit(const net::ServerRequest& head) override {
    if (find(head.target) == nullptr) return error_answer(404, "there is no subgraph at this path");
    if (head.method == http::Method::post) return std::nullopt;
    net::ServerResponse response = error_answer(405, "send a GraphQL request by POST");
    response.fields += "allow: POST\r\n";
    return response;
  }

  void handle(const net::ServerRequest& request, net::Responder responder) override {
    requests_.fetch_add(1, std::memory_order_relaxed);
    responder.send(json_answer(200, find(request.target)->answer(request.body)));
  }

  net::ServerResponse refuse(int status, ErrorCode, std::string_view message, const net::ServerRequest*) override {
    return error_answer(status, message);
  }

  std::vector<std::string> names() const {
    std::vector<std::string> names;
    names.reserve(places_.size());
    for (const auto& place : places_) names.push_back(place->subgraph.name());
    return names;
  }
  uint64_t requests() const { return requests_.load(std::memory_order_relaxed); }

 private:
  // A subgraph and its latest answers: equal requests have equal answers until a mutation, and a benchmark is to
  // measure the router, not this.
  struct Place {
    Subgraph subgraph;
    std::unordered_map<std::string, std::string> answers;

    explicit Place(SubgraphDefinition definition) : subgraph(std::move(definition)) {}

    std::string answer(std::string_view body) {
      const std::string request(body);
      if (const auto found = answers.find(request); found != answers.end()) return found->second;
      Subgraph::Answer answer = subgraph.execute(body);
      if (answer.mutation || answers.size() >= kAnswersMax) answers.clear();
      if (!answer.mutation) answers.emplace(request, answer.body);
      return std::move(answer.body);
    }
  };

  Place* find(std::string_view target) const {
    const std::string_view path = path_of(target);
    for (const auto& place : places_) {
      if (path.size() > 1 && path.substr(1) == place->subgraph.name()) return place.get();
    }
    return nullptr;
  }

  std::vector<std::unique_ptr<Place>> places_;
  std::atomic<uint64_t> requests_ = 0;
};

SubgraphServer::SubgraphServer(std::vector<SubgraphDefinition> definitions)
    : handler_(std::make_unique<Handler>(std::move(definitions))) {}

SubgraphServer::~SubgraphServer() {
  stop();
}

std::expected<void, std::string> SubgraphServer::start(uint16_t port) {
  server_ = std::make_unique<net::HttpServer>(thread_.loop, std::vector<net::EventLoop*>{&thread_.loop},
                                              std::vector<net::ServerHandler*>{handler_.get()},
                                              net::ServerSettings{.body_bytes_max = kRequestBytesMax});
  if (auto bound = server_->listen({.host = "127.0.0.1", .port = port, .unix_path = {}}); !bound) return bound;
  try {
    thread_.start();
  } catch (const std::system_error& error) {
    return std::unexpected(error.what());
  }
  return {};
}

void SubgraphServer::stop() {
  thread_.stop();
}

uint16_t SubgraphServer::port() const {
  return server_->port();
}

std::vector<std::string> SubgraphServer::urls() const {
  std::vector<std::string> urls;
  for (const std::string& name : handler_->names()) urls.push_back(fmt::format("http://127.0.0.1:{}/{}", port(), name));
  return urls;
}

uint64_t SubgraphServer::requests() const {
  return handler_->requests();
}

}  // namespace signet::demo
