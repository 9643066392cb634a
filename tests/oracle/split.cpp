#include "tests/oracle/split.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace signet::oracle {

namespace {

class Splitter {
 public:
  Splitter(const World& world, Random& random) : world_(world), random_(random) {}

  Split split() {
    services().resize(random_.chance(10) ? random_.between(6, 9) : random_.between(2, 5));
    for (Service& service : services()) {
      service.parts["Query"];
      service.numeric_ids = random_.chance(25);
      service.restyles = random_.chance(25);
    }
    for (const TypeDef& type : world_.types) {
      if (type.kind == TypeKind::entity) place_entity(type);
    }
    for (const TypeDef& type : world_.types) {
      for (const Part* part : parts_of(type)) base_.insert(part);
    }
    for (const TypeDef& type : world_.types) {
      if (type.kind == TypeKind::root || type.kind == TypeKind::entity) place_fields(type);
    }
    for (const TypeDef& type : world_.types) {
      if (type.kind == TypeKind::entity) place_computed(type);
    }
    for (size_t service = 0; service < services().size(); ++service) provide(service);
    for (const TypeDef& type : world_.types) {
      if (type.kind == TypeKind::entity) override_fields(type);
    }
    for (const TypeDef& type : world_.types) result_.order.push_back(type.name);
    if (random_.chance(50)) random_.shuffle(result_.order);
    return std::move(result_);
  }

 private:
  std::vector<Service>& services() { return result_.services; }
  Part* part(std::string_view type, size_t service) {
    const auto found = services()[service].parts.find(type);
    return found == services()[service].parts.end() ? nullptr : &found->second;
  }
  std::vector<const Part*> parts_of(const TypeDef& type) const {
    std::vector<const Part*> all;
    for (const Service& service : result_.services) {
      if (const Part* found = service.part(type.name)) all.push_back(found);
    }
    return all;
  }
  /// Whether some subgraph that can be entered, or needs not be, resolves the field.
  bool reachable(const TypeDef& type, const std::string& field) const {
    return std::ranges::any_of(parts_of(type), [&](const Part* each) {
      return each->resolves.contains(field) && (type.kind == TypeKind::root || each->enterable());
    });
  }

  // --- presence and keys

  /// Some subgraphs with one key each; for each further key one that also has the first, so that all keys lead to all.
  void place_entity(const TypeDef& type) {
    std::vector<size_t> chosen;
    for (size_t i = 0; i < services().size(); ++i) {
      if (random_.chance(60)) chosen.push_back(i);
    }
    if (chosen.empty()) chosen.push_back(random_.below(services().size()));
    random_.shuffle(chosen);
    std::set<size_t> used;
    for (size_t i = 0; i < chosen.size(); ++i) {
      const size_t key = i == 0 ? 0 : random_.below(type.keys.size());
      use_key(type, chosen[i], key, true);
      used.insert(key);
      if (random_.chance(15)) {
        const size_t second = random_.below(type.keys.size());
        use_key(type, chosen[i], second, true);
        used.insert(second);
      }
    }
    for (const size_t key : used) {
      const size_t bridge = random_.pick(chosen);
      use_key(type, bridge, 0, true);
      use_key(type, bridge, key, true);
    }
  }

  void use_key(const TypeDef& type, size_t service, size_t key, bool resolvable) {
    Part& mine = services()[service].parts[type.name];
    const auto known = std::ranges::find(mine.keys, key, &KeyUse::key);
    if (known != mine.keys.end()) {
      known->resolvable = known->resolvable || resolvable;
      return;
    }
    mine.keys.push_back({key, resolvable});
    own_set(type, type.keys[key], service);
  }

  void own_set(const TypeDef& type, const FieldSet& set, size_t service) {
    for (const SetNode& node : set) {
      own(type, node.field, service);
      if (!node.children.empty()) own_set(*world_.type(type.field(node.field)->type.name), node.children, service);
    }
  }

  /// Makes `type` known in `service`: values with all their fields, entities at least by a key.
  void need(const std::string& name, size_t service) {
    const TypeDef* type = world_.type(name);
    if (type == nullptr || part(name, service) != nullptr) return;
    if (type->kind == TypeKind::entity) {
      std::vector<size_t> usable;
      for (const Part* each : parts_of(*type)) {
        for (const KeyUse& use : each->keys) {
          if (use.resolvable) usable.push_back(use.key);
        }
      }
      const size_t key = usable.empty() ? 0 : random_.pick(usable);
      use_key(*type, service, key, random_.chance(50));
      return;
    }
    services()[service].parts[name];
    if (type->kind == TypeKind::root) return;
    if (type->abstract()) return need_members(*type, service);
    for (const FieldDef& field : type->fields) own(*type, field.name, service);
  }

  /// All members, so that subgraphs agree about what may come. The first subgraph declares all fields of an interface,
  /// further ones perhaps fewer.
  void need_members(const TypeDef& type, size_t service) {
    for (const std::string& member : type.members) need(member, service);
    const bool first = parts_of(type).size() == 1;
    for (size_t i = 0; i < type.fields.size(); ++i) {
      if (!first && i > 0 && random_.chance(60)) continue;
      const std::string& field = type.fields[i].name;
      own(type, field, service);
      for (const std::string& member : type.members) own(*world_.type(member), field, service);
    }
  }

  void own(const TypeDef& type, const std::string& field, size_t service) {
    Part& mine = services()[service].parts[type.name];
    mine.external.erase(field);
    if (!mine.resolves.insert(field).second) return;
    need(type.field(field)->type.name, service);
  }

  // --- who resolves what

  std::vector<size_t> candidates(const TypeDef& type) {
    std::vector<size_t> result;
    for (size_t i = 0; i < services().size(); ++i) {
      const Part* mine = part(type.name, i);
      const bool base = mine != nullptr && base_.contains(mine);
      if (type.name == "Mutation" || (mine != nullptr && (type.name == "Query" || (base && mine->enterable())))) {
        result.push_back(i);
      }
    }
    return result;
  }

  void place_fields(const TypeDef& type) {
    const std::vector<size_t> places = candidates(type);
    for (const FieldDef& field : type.fields) {
      if (!field.required.empty()) continue;
      if (halve(type, field, places)) continue;
      if (!reachable(type, field.name)) own(type, field.name, random_.pick(places));
      if (type.name == "Mutation") continue;
      while (random_.chance(20)) own(type, field.name, random_.pick(places));
      if (random_.chance(20)) result_.spelled.insert(type.name + "." + field.name);
      // A subgraph that only refers to the entity may still know more about it.
      for (size_t i = 0; i < services().size(); ++i) {
        if (type.kind == TypeKind::entity && part(type.name, i) != nullptr && random_.chance(4))
          own(type, field.name, i);
      }
    }
  }

  /// Two subgraphs resolve the field, each with some fields of its type: only both together have all.
  bool halve(const TypeDef& type, const FieldDef& field, const std::vector<size_t>& places) {
    const TypeDef* target = world_.type(field.type.name);
    if (target == nullptr || !target->halved || places.size() < 2) return false;
    std::vector<size_t> chosen = places;
    random_.shuffle(chosen);
    for (size_t half = 0; half < 2; ++half) {
      services()[chosen[half]].parts[target->name];  // known, so that need() does not add everything
      own(type, field.name, chosen[half]);
      own(*target, target->fields[half == 0 ? 0 : 2].name, chosen[half]);
      if (half == 0 || random_.chance(50)) own(*target, target->fields[1].name, chosen[half]);
    }
    return true;
  }

  void place_computed(const TypeDef& type) {
    for (const FieldDef& field : type.fields) {
      if (field.required.empty()) continue;
      std::vector<size_t> places;
      for (const size_t service : candidates(type)) {
        const Part& mine = *part(type.name, service);
        if (std::ranges::none_of(field.required,
                                 [&](const SetNode& node) { return mine.resolves.contains(node.field); })) {
          places.push_back(service);
        }
      }
      if (places.empty() || random_.chance(10)) {
        own(type, field.name, random_.pick(candidates(type)));  // computed from what it has at home
        continue;
      }
      const size_t service = random_.pick(places);
      own(type, field.name, service);
      services()[service].parts[type.name].represented.insert(field.name);
      borrow(type, field.required, service);
    }
  }

  /// Declares the fields of `set` in `service`, as external ones where it does not resolve them.
  void borrow(const TypeDef& type, const FieldSet& set, size_t service) {
    for (const SetNode& node : set) {
      if (!node.on.empty()) {
        borrow(*world_.type(node.on), node.children, service);
        continue;
      }
      Part& mine = services()[service].parts[type.name];
      if (!mine.resolves.contains(node.field)) mine.external.insert(node.field);
      const std::string& target = type.field(node.field)->type.name;
      need(target, service);
      if (!node.children.empty()) borrow(*world_.type(target), node.children, service);
    }
  }

  // --- grants and take-overs

  void provide(size_t service) {
    std::vector<std::pair<const TypeDef*, std::string>> fields;
    for (const auto& [name, mine] : services()[service].parts) {
      for (const std::string& field : mine.resolves) fields.emplace_back(world_.type(name), field);
    }
    for (const auto& [type, name] : fields) {
      const TypeDef* target = world_.type(type->field(name)->type.name);
      if (target == nullptr || target->kind == TypeKind::value || !random_.chance(20)) continue;
      FieldSet granted;
      if (target->kind == TypeKind::entity) granted = grant(*target, service, 0);
      for (const std::string& member : target->members) {
        SetNode part{.on = member, .field = {}, .arguments = {}, .given = {}, .children = {}};
        if (world_.type(member)->kind == TypeKind::entity) part.children = grant(*world_.type(member), service, 0);
        if (!part.children.empty()) granted.push_back(std::move(part));
      }
      if (granted.empty()) continue;
      borrow(*target, granted, service);
      services()[service].parts[type->name].provides[name] = std::move(granted);
    }
  }

  FieldSet grant(const TypeDef& type, size_t service, unsigned depth) {
    FieldSet set;
    for (const FieldDef& field : type.fields) {
      const Part* mine = part(type.name, service);
      const bool own = mine != nullptr && mine->resolves.contains(field.name);
      if (set.size() >= 2 || !field.arguments.empty() || !field.required.empty() || !random_.chance(40)) continue;
      SetNode node{.on = {}, .field = field.name, .arguments = {}, .given = {}, .children = {}};
      const TypeDef* target = world_.type(field.type.name);
      if (target == nullptr ? own && depth == 0 : target->kind != TypeKind::entity || depth > 0) continue;
      if (target != nullptr) {
        node.children = grant(*target, service, depth + 1);
        if (node.children.empty()) continue;
      }
      set.push_back(std::move(node));
    }
    return set;
  }

  void override_fields(const TypeDef& type) {
    for (const FieldDef& field : type.fields) {
      size_t owners = 0;
      for (const Part* each : parts_of(type)) owners += each->resolves.contains(field.name) ? 1 : 0;
      if (owners != 1 || field.key || field.shared || !field.required.empty() || !random_.chance(15)) continue;
      for (size_t i = 0; i < services().size(); ++i) {
        Part* mine = part(type.name, i);
        if (mine == nullptr || mine->has(field.name)) continue;
        mine->overridden.insert(field.name);
        need(field.type.name, i);
        if (random_.chance(40)) result_.used_overridden.insert(type.name + "." + field.name);
        break;
      }
    }
  }

  const World& world_;
  Random& random_;
  Split result_;
  std::set<const Part*> base_;  // where entities were placed first: all keys lead there
};

}  // namespace

namespace {

bool required_somewhere(const FieldSet& set, const std::string& field) {
  return std::ranges::any_of(
      set, [&](const SetNode& node) { return node.field == field || required_somewhere(node.children, field); });
}

/// Whether an entity of `type` may be unknown to the subgraph with `part`.
bool may_forget(const World& world, const Split& split, const TypeDef& type, const Part& part) {
  if (part.keys.size() != 1 || !part.enterable() || !part.represented.empty()) return false;
  // A composite key leads on: what stands behind it may be taken from here.
  const FieldSet& only_key = type.keys[part.keys.front().key];
  if (std::ranges::any_of(only_key, [](const SetNode& node) { return !node.children.empty(); })) return false;
  return std::ranges::all_of(part.resolves, [&](const std::string& name) {
    const FieldDef& field = *type.field(name);
    const bool key =
        std::ranges::any_of(type.keys[part.keys.front().key], [&](const SetNode& node) { return node.field == name; });
    if (key) return true;
    const bool alone = std::ranges::none_of(split.services, [&](const Service& other) {
      const Part* theirs = other.part(type.name);
      return theirs != nullptr && theirs != &part && theirs->resolves.contains(name);
    });
    const bool required = std::ranges::any_of(world.types, [&](const TypeDef& each) {
      return std::ranges::any_of(each.fields,
                                 [&](const FieldDef& other) { return required_somewhere(other.required, name); });
    });
    return alone && !required && !field.key && field.required.empty() && !(field.steady && field.type.required());
  });
}

}  // namespace

void forget_entities(World& world, Split& split, uint64_t seed) {
  Random random(seed ^ 0xf0f0ULL);
  for (Service& service : split.services) {
    for (const auto& [name, part] : service.parts) {
      const TypeDef& type = *world.type(name);
      if (type.kind != TypeKind::entity || !may_forget(world, split, type, part)) continue;
      for (const size_t row : world.rows_of(name)) {
        if (!random.chance(20)) continue;
        service.unknown.insert(row);
        for (const std::string& field : part.resolves) {
          const bool key = required_somewhere(type.keys[part.keys.front().key], field);
          if (!key) world.rows[row].cells[field] = {};
          if (!key) world.rows[row].failing.erase(field);
        }
      }
    }
  }
}

bool Part::enterable() const {
  return std::ranges::any_of(keys, &KeyUse::resolvable);
}

bool Part::has(std::string_view field) const {
  return resolves.contains(field) || external.contains(field) || overridden.contains(field);
}

const Part* Service::part(std::string_view type) const {
  const auto found = parts.find(type);
  return found == parts.end() ? nullptr : &found->second;
}

Split make_split(const World& world, uint64_t seed) {
  Random random(seed ^ 0x5e1ec7ULL);
  return Splitter(world, random).split();
}

}  // namespace signet::oracle
