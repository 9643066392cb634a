// Random documents over a schema, mostly valid, and mutations that often are not; random variables for them.

import {
  getNamedType, getNullableType, isAbstractType, isCompositeType, isEnumType, isInputObjectType, isLeafType, isListType,
  isNonNullType, isObjectType, isScalarType,
} from 'graphql';

export class DocumentGenerator {
  constructor(rng, schema) {
    this.rng = rng;
    this.schema = schema;
    this.composites = Object.values(schema.getTypeMap()).filter((t) => isCompositeType(t) && !t.name.startsWith('__'));
    this.inputs = Object.values(schema.getTypeMap())
      .filter((t) => (isLeafType(t) || isInputObjectType(t)) && !t.name.startsWith('__'));
  }

  document() {
    const { rng } = this;
    this.variables = new Map();
    this.fragments = new Map();
    this.budget = 8 + rng.int(40);
    const kinds = ['query', 'query', 'query', 'mutation', 'subscription'];
    let kind = rng.pick(kinds);
    const roots = { query: this.schema.getQueryType(), mutation: this.schema.getMutationType(), subscription: this.schema.getSubscriptionType() };
    if (!roots[kind]) kind = 'query';
    const body = this.selectionSet(roots[kind], 0, kind === 'subscription');
    const fragments = [];
    for (const [name, fragment] of this.fragments) {
      fragments.push(`fragment ${name} on ${fragment.type}${this.directives('FRAGMENT_DEFINITION')} ${fragment.body}`);
    }
    const variables = [...this.variables].map(([name, v]) => `$${name}: ${v.type}${v.default}`).join(', ');
    const name = variables || rng.chance(0.5) ? ` Q${rng.int(3)}` : '';
    return `${kind}${name}${variables ? `(${variables})` : ''}${kind === 'query' ? this.directives('QUERY') : ''} ${body}\n${fragments.join('\n')}`;
  }

  selectionSet(type, depth, single = false) {
    const { rng } = this;
    const count = single ? 1 : 1 + rng.int(5);
    const parts = [];
    for (let i = 0; i < count; i++) parts.push(this.selection(type, depth, single));
    return `{ ${parts.join(' ')} }`;
  }

  selection(type, depth, single) {
    const { rng } = this;
    this.budget--;
    const stop = this.budget <= 0 || depth > 7;
    if (!stop && !single && rng.chance(isAbstractType(type) ? 0.45 : 0.15)) return this.fragment(type, depth);
    const fields = isAbstractType(type) && !type.getFields ? [] : Object.values(type.getFields());
    const usable = stop ? fields.filter((f) => isLeafType(getNamedType(f.type))) : fields;
    if (usable.length === 0 || (!single && rng.chance(0.1))) return '__typename';
    const field = rng.pick(usable);
    const alias = rng.chance(0.25) ? `${rng.pick(['a', 'b', 'c', field.name, 'name', 'value'])}: ` : '';
    const named = getNamedType(field.type);
    const children = isLeafType(named) ? '' : ` ${this.selectionSet(named, depth + 1)}`;
    return `${alias}${field.name}${this.arguments(field.args)}${single ? '' : this.directives('FIELD')}${children}`;
  }

  fragment(type, depth) {
    const { rng } = this;
    const overlapping = this.composites.filter((t) => this.overlap(t, type));
    const condition = rng.chance(0.85) ? rng.pick(overlapping) : type;
    if (rng.chance(0.4)) {
      const reuse = [...this.fragments].filter(([, f]) => f.done && this.overlap(this.schema.getType(f.type), type));
      if (reuse.length > 0 && rng.chance(0.6)) return `...${rng.pick(reuse)[0]}${this.directives('FRAGMENT_SPREAD')}`;
      const name = `F${this.fragments.size}`;
      const fragment = { type: condition.name, body: '', done: false };
      this.fragments.set(name, fragment);
      fragment.body = this.selectionSet(condition, depth + 1);
      fragment.done = true;
      return `...${name}`;
    }
    const on = condition === type && rng.chance(0.5) ? '' : ` on ${condition.name}`;
    return `...${on}${this.directives('INLINE_FRAGMENT')} ${this.selectionSet(condition, depth + 1)}`;
  }

  overlap(a, b) {
    const possible = (t) => (isAbstractType(t) ? this.schema.getPossibleTypes(t) : [t]);
    return possible(a).some((t) => possible(b).includes(t));
  }

  arguments(args) {
    const given = args.filter((a) => (isNonNullType(a.type) && a.defaultValue === undefined) || this.rng.chance(0.35));
    if (given.length === 0) return '';
    return `(${given.map((a) => `${a.name}: ${this.value(a.type, 0)}`).join(', ')})`;
  }

  directives(location) {
    const { rng } = this;
    if (!rng.chance(0.08)) return '';
    const note = this.schema.getDirective('note');
    if (note && note.locations.includes(location) && rng.chance(0.5)) {
      return ` @note${rng.chance(0.5) ? `(level: ${this.value(note.args[1].type, 0)})` : ''}`;
    }
    if (!['FIELD', 'FRAGMENT_SPREAD', 'INLINE_FRAGMENT'].includes(location)) return '';
    return ` @${rng.pick(['skip', 'include'])}(if: ${rng.chance(0.5) ? rng.pick(['true', 'false']) : this.variable('Boolean!')})`;
  }

  variable(type) {
    const { rng } = this;
    for (const [name, variable] of this.variables) if (variable.type === type && rng.chance(0.5)) return `$${name}`;
    const name = `v${this.variables.size}`;
    this.variables.set(name, { type, default: '' });
    return `$${name}`;
  }

  value(type, depth, constant = false) {
    const { rng } = this;
    if (!constant && rng.chance(0.25)) {
      let text = String(type);
      const nullable = String(getNullableType(type));
      const roll = rng.int(4);
      if (roll === 0 && !text.endsWith('!')) text += '!';
      const used = this.variable(text);
      if (roll === 1) {
        const variable = this.variables.get(used.slice(1));
        if (variable.default === '') variable.default = ` = ${this.value(getNullableType(type), 1, true)}`;
        if (variable.default !== ' = null' && rng.chance(0.5)) variable.type = nullable;
      }
      return used;
    }
    if (isNonNullType(type)) return this.literal(type.ofType, depth, constant);
    if (rng.chance(0.07)) return 'null';
    return this.literal(type, depth, constant);
  }

  literal(type, depth, constant) {
    const { rng } = this;
    if (isListType(type)) {
      if (rng.chance(0.15) && !isNonNullType(type.ofType)) return this.literal(type.ofType, depth, constant);
      const items = depth > 3 ? 0 : rng.int(3);
      return `[${Array.from({ length: items }, () => this.value(type.ofType, depth + 1, constant)).join(', ')}]`;
    }
    if (isEnumType(type)) return rng.pick(type.getValues()).name;
    if (isInputObjectType(type)) {
      const fields = Object.values(type.getFields());
      if (type.isOneOf) {
        const field = rng.pick(fields);
        return `{${field.name}: ${this.literal(field.type, depth + 1, constant)}}`;
      }
      const given = fields.filter((f) => (isNonNullType(f.type) && f.defaultValue === undefined) || (depth < 3 && rng.chance(0.4)));
      return `{${given.map((f) => `${f.name}: ${this.value(f.type, depth + 1, constant)}`).join(', ')}}`;
    }
    switch (type.name) {
      case 'Int': return rng.pick(['0', '7', '-3', '2147483647', '-2147483648']);
      case 'Float': return rng.pick(['1.5', '2', '-0.25', '1e3', '6.02e23']);
      case 'String': return rng.pick(['"text"', '""', '"\\u{1F600}"', '"a\\n\\"b\\""']);
      case 'Boolean': return rng.pick(['true', 'false']);
      case 'ID': return rng.pick(['"id"', '12', '"5"']);
      default: return rng.pick(['1', '"s"', '{a: [1, {b: 2.5}]}', 'true', '[ENUM]', 'null']);
    }
  }
}

// A change at a random token: what comes out may still be valid.
export function mutate(rng, text, schema) {
  const tokens = text.match(/"(?:\\.|[^"\\\n])*"|\.\.\.|[A-Za-z_][A-Za-z0-9_]*|-?[0-9][0-9.eE+-]*|[^\s]/g) ?? [];
  if (tokens.length === 0) return text;
  const names = Object.keys(schema.getTypeMap());
  const i = rng.int(tokens.length);
  const j = rng.int(tokens.length);
  switch (rng.int(7)) {
    case 0: tokens.splice(i, 1); break;
    case 1: tokens.splice(i, 0, tokens[j]); break;
    case 2: [tokens[i], tokens[j]] = [tokens[j], tokens[i]]; break;
    case 3: tokens[i] = tokens[j]; break;
    case 4: tokens[i] = rng.pick(['null', '1', '2147483648', '1.5', '"x"', 'true', '$v0', '$u', '{', '}', '[', ']', '@skip', '@once', '!', '...', 'on', '{}', '[null]', 'HAPPY', '01', '"""b"""', '__typename', '__schema { types { name } }', '&', '|']); break;
    case 5: tokens[i] = rng.pick(names); break;
    default: {
      const same = tokens.map((t, at) => at).filter((at) => /^[A-Za-z_]/.test(tokens[at]));
      if (same.length > 1) tokens[rng.pick(same)] = tokens[rng.pick(same)];
    }
  }
  return tokens.join(' ');
}

export class VariablesGenerator {
  constructor(rng) { this.rng = rng; }

  // JSON text, so that spellings of numbers survive.
  value(type, depth = 0) {
    const { rng } = this;
    if (rng.chance(0.04)) return rng.pick(['null', '1', '"x"', 'true', '[]', '{}', '1.5', '[[1]]', '{"a":1}']);
    if (isNonNullType(type)) return this.value(type.ofType, depth);
    if (rng.chance(0.06)) return 'null';
    if (isListType(type)) {
      if (rng.chance(0.2)) return this.value(type.ofType, depth + 1);
      return `[${Array.from({ length: depth > 3 ? 0 : rng.int(3) }, () => this.value(type.ofType, depth + 1)).join(',')}]`;
    }
    if (isEnumType(type)) return rng.chance(0.05) ? '"NOPE"' : JSON.stringify(rng.pick(type.getValues()).name);
    if (isInputObjectType(type)) {
      const fields = Object.values(type.getFields());
      const given = type.isOneOf
        ? fields.filter(() => rng.chance(0.45))
        : fields.filter((f) => (isNonNullType(f.type) && f.defaultValue === undefined && rng.chance(0.95)) || (depth < 4 && rng.chance(0.4)));
      const members = given.map((f) => `"${f.name}":${this.value(f.type, depth + 1)}`);
      if (rng.chance(0.03)) members.push('"unknown":1');
      return `{${members.join(',')}}`;
    }
    if (isScalarType(type)) {
      switch (type.name) {
        case 'Int': return rng.pick(['0', '-5', '1.0', '1e3', '12e-1', '2147483647', '2147483648', '-2147483648', '-2147483649', '10e-1', '1.5']);
        case 'Float': return rng.pick(['0', '1.5', '-2e3', '1e400', '123456789012', '1e-400']);
        case 'String': return rng.pick(['""', '"text"', '"\\u00e9\\n"', '"\\ud83d\\ude00"']);
        case 'Boolean': return rng.pick(['true', 'false']);
        case 'ID': return rng.pick(['"id"', '""', '5', '-7', '3.0', '1.5']);
        default: return rng.pick(['null', '1.5', '{"a":[1,{"b":null}]}', '"s"', '[]']);
      }
    }
    return 'null';
  }

  variables(types) {
    const members = [];
    for (const [name, type] of types) {
      if (this.rng.chance(0.12)) continue;
      members.push(`${JSON.stringify(name)}:${this.value(type)}`);
    }
    return `{${members.join(',')}}`;
  }
}
