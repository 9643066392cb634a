#include "tests/oracle/services.hpp"

#include <algorithm>
#include <fmt/format.h>

#include "tests/oracle/evaluate.hpp"

namespace signet::oracle {

using demo::List;
using demo::Number;
using demo::Object;
using demo::Resolved;
using demo::Value;

namespace {

constexpr std::string_view kRepresentation = "#representation";
constexpr std::string_view kGranted = "#granted";

/// A receipt carries the number of its mutation, so that order and once-ness show in the answer.
Resolved mutate(const World& world, const FieldDef& field, const Object& arguments, Ledger& ledger) {
  const auto number = ++ledger.mutations;
  const size_t mutation_row = world.rows_of("Mutation").front();
  if (world.rows[mutation_row].failing.contains(field.name)) return std::unexpected(std::string(kPlanted));
  if (field.type.name == "Int") return Value(number);
  const size_t row = world.rows_of("Receipt").front();
  auto receipt = std::make_shared<Object>();
  receipt->type = "Receipt";
  receipt->fields.emplace_back("#", static_cast<int64_t>(row));
  receipt->fields.emplace_back("count", number);
  const Value& entity = world.rows[row].cells.at("entity");
  if (entity.object() != nullptr) {
    // Arguments decide which entity it is about.
    const std::vector<size_t> rows = world.rows_of(entity.object()->type);
    size_t sum = 0;
    for (const auto& [name, value] : arguments.fields) sum += canonical(value).size();
    receipt->fields.emplace_back("entity", reference(entity.object()->type, rows[sum % rows.size()]));
  }
  return Value(std::shared_ptr<const Object>(std::move(receipt)));
}

Object at_row(const Object& self, const World& world) {
  if (self.find("#") != nullptr) return self;
  Object root = self;  // operations start at objects that the demo makes
  root.fields.emplace_back("#", static_cast<int64_t>(world.rows_of(self.type).front()));
  return root;
}

class FederatedService {
 public:
  FederatedService(const World& world, const Split& split, size_t number, Ledger& ledger)
      : world_(world), service_(split.services[number]), name_(Split::name(number)), ledger_(ledger) {}

  Resolved resolve(const TypeDef& type, const FieldDef& field, const Object& given, const Object& arguments) const {
    const Part& part = *service_.part(type.name);
    if (type.name == "Mutation" && part.resolves.contains(field.name)) {
      return finish(mutate(world_, field, arguments, ledger_), field, {});
    }
    const Object self = at_row(given, world_);
    // Grants add up: those of this field itself, and what the way here granted below it.
    const std::vector<const SetNode*> granted = find_grants(self, field.name);
    Grants below;
    for (const SetNode* node : granted) {
      if (!node->children.empty()) below.push_back(&node->children);
    }
    if (const auto own = part.provides.find(field.name); own != part.provides.end()) below.push_back(&own->second);
    if (part.represented.contains(field.name)) {
      const Value* representation = self.find(kRepresentation);
      if (representation == nullptr) return violation(type, field, "asked without a representation");
      return finish(evaluate_represented(world_, self, field, arguments, *representation->object()), field, below);
    }
    if (part.resolves.contains(field.name) || !granted.empty()) {
      return finish(evaluate(world_, self, field, arguments), field, below);
    }
    return violation(type, field, "asked of a subgraph that does not resolve it");
  }

  Value enter(const TypeDef& type, const Object& representation) const {
    const Part& part = *service_.part(type.name);
    for (const auto& [member, unused] : representation.fields) {
      if (member != "__typename" && !part.has(member)) {
        complain(fmt::format("{}: a representation of {} with unknown field {}", name_, type.name, member));
      }
    }
    for (const KeyUse& use : part.keys) {
      const FieldSet& key = type.keys[use.key];
      if (!use.resolvable || !has_key(key, representation)) continue;
      const int64_t row = find_row(world_, type, key, representation);
      if (row < 0) break;
      if (service_.unknown.contains(static_cast<size_t>(row))) return {};
      auto entity = std::make_shared<Object>();
      entity->type = type.name;
      entity->fields.emplace_back("#", row);
      entity->fields.emplace_back(kRepresentation, std::make_shared<const Object>(representation));
      return Value(std::shared_ptr<const Object>(std::move(entity)));
    }
    complain(fmt::format("{}: no {} for representation {}", name_, type.name,
                         canonical(std::make_shared<const Object>(representation))));
    return {};
  }

 private:
  using Grants = std::vector<const FieldSet*>;

  void complain(std::string text) const { ledger_.violations.push_back(std::move(text)); }

  Resolved violation(const TypeDef& type, const FieldDef& field, std::string_view what) const {
    complain(fmt::format("{}: {}.{} {}", name_, type.name, field.name, what));
    return std::unexpected("violation");
  }

  /// What fields on the way here granted for `field` of `self`. A grant is kept as the address of its field set.
  static std::vector<const SetNode*> find_grants(const Object& self, std::string_view field) {
    std::vector<const SetNode*> result;
    for (const auto& [name, value] : self.fields) {
      if (name != kGranted) continue;
      const auto& set = *reinterpret_cast<const FieldSet*>(std::stoull(value.number()->text));
      for (const SetNode& node : set) {
        if (node.on.empty() && node.field == field) result.push_back(&node);
        if (node.on != self.type) continue;
        const auto found = std::ranges::find(node.children, field, &SetNode::field);
        if (found != node.children.end()) result.push_back(&*found);
      }
    }
    return result;
  }

  Resolved finish(Resolved value, const FieldDef& field, const Grants& granted) const {
    if (!value || (granted.empty() && (field.type.name != "ID" || !service_.numeric_ids))) return value;
    return dress(*value, granted);
  }

  /// `value` with the grants in its objects, or an ID as a number where it looks like one.
  Value dress(const Value& value, const Grants& granted) const {
    if (const List* list = value.list()) {
      List items;
      for (const Value& item : *list) items.push_back(dress(item, granted));
      return items;
    }
    if (const Object* object = value.object(); object != nullptr && !granted.empty()) {
      auto copy = std::make_shared<Object>(*object);
      for (const FieldSet* set : granted) {
        copy->fields.emplace_back(kGranted, Number{std::to_string(reinterpret_cast<uintptr_t>(set))});
      }
      return std::shared_ptr<const Object>(std::move(copy));
    }
    const std::string* text = value.text();
    const bool number = text != nullptr && !text->empty() && text->size() < 9 && text->front() != '0' &&
                        text->find_first_not_of("0123456789") == std::string::npos;
    return number && granted.empty() ? Value(Number{*text}) : value;
  }

  const World& world_;
  const Service& service_;
  std::string name_;
  Ledger& ledger_;
};

}  // namespace

std::unique_ptr<demo::Subgraph> make_monolith(const World& world, Ledger& ledger) {
  demo::SubgraphDefinition definition{
      .name = "monolith", .sdl = print_monolith(world), .resolvers = {}, .entities = {}};
  for (const TypeDef& type : world.types) {
    if (type.abstract()) continue;
    for (const FieldDef& field : type.fields) {
      definition.resolvers[type.name + "." + field.name] = [&](const Object& self, const Object& arguments) {
        if (self.type == "Mutation") return mutate(world, field, arguments, ledger);
        return evaluate(world, at_row(self, world), field, arguments);
      };
    }
  }
  return std::make_unique<demo::Subgraph>(std::move(definition));
}

std::unique_ptr<demo::Subgraph> make_service(const World& world, const Split& split, size_t number, Ledger& ledger) {
  const auto service = std::make_shared<const FederatedService>(world, split, number, ledger);
  demo::SubgraphDefinition definition{
      .name = Split::name(number), .sdl = print_subgraph(world, split, number), .resolvers = {}, .entities = {}};
  for (const auto& [name, part] : split.services[number].parts) {
    const TypeDef& type = *world.type(name);
    if (type.abstract()) continue;
    for (const FieldDef& field : type.fields) {
      if (!part.has(field.name)) continue;
      definition.resolvers[name + "." + field.name] = [&type, &field, service](const Object& self,
                                                                               const Object& arguments) {
        return service->resolve(type, field, self, arguments);
      };
    }
    if (part.enterable()) {
      definition.entities[name] = [&type, service](const Object& representation) {
        return service->enter(type, representation);
      };
    }
  }
  return std::make_unique<demo::Subgraph>(std::move(definition));
}

}  // namespace signet::oracle
