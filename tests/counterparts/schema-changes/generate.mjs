// Random schemas as models, changes to them, and their SDL. What is `hidden` is @inaccessible for us and absent for
// graphql-js.

const SCALARS = ['Int', 'Float', 'String', 'Boolean', 'ID'];
const LOCATIONS = ['FIELD', 'QUERY', 'FRAGMENT_SPREAD', 'INLINE_FRAGMENT', 'VARIABLE_DEFINITION', 'MUTATION'];

/** A model: types by name and directives by name; its lists are small, so that random changes meet. */
export function randomModel(rng) {
  const model = { types: {}, directives: {} };
  const make = (names, kind, fill) => {
    for (const name of names) if (rng.chance(0.75)) model.types[name] = { name, kind, ...fill(name) };
  };
  make(['Red', 'Blue'], 'enum', () => ({ values: some(rng, ['A', 'B', 'C', 'D']).map((name) => ({ name })) }));
  make(['Json', 'Date'], 'scalar', () => ({}));
  make(['Filter', 'Page'], 'input', () => ({ fields: [] }));
  make(['Node', 'Named'], 'interface', () => ({ fields: [], interfaces: [] }));
  make(['Cat', 'Dog', 'Cow'], 'object', () => ({ fields: [], interfaces: [] }));
  const objects = () => Object.values(model.types).filter((t) => t.kind === 'object').map((t) => t.name);
  make(['Pet', 'Any'], 'union', () => ({ members: some(rng, objects()) }));
  model.types.Query = { name: 'Query', kind: 'object', fields: [], interfaces: [] };
  for (const type of Object.values(model.types)) {
    if (type.kind === 'union' && type.members.length === 0) delete model.types[type.name];
  }
  for (const type of Object.values(model.types)) if (type.fields) fillFields(rng, model, type);
  for (const type of Object.values(model.types)) if (type.kind === 'object') implement(rng, model, type);
  for (const name of ['note', 'mark']) {
    if (rng.chance(0.6)) model.directives[name] = directive(rng, model, name);
  }
  return model;
}

function some(rng, list) {
  const picked = list.filter(() => rng.chance(0.6));
  return picked.length > 0 || list.length === 0 ? picked : [rng.pick(list)];
}

function namedTypes(model, input) {
  const fit = input ? ['enum', 'scalar', 'input'] : ['enum', 'scalar', 'interface', 'object', 'union'];
  return [...SCALARS, ...Object.values(model.types).filter((t) => fit.includes(t.kind)).map((t) => t.name)];
}

function typeRef(rng, model, input) {
  let text = rng.pick(namedTypes(model, input));
  if (rng.chance(0.35)) text += '!';
  for (let depth = 0; depth < 2 && rng.chance(0.3); depth++) {
    text = `[${text}]`;
    if (rng.chance(0.4)) text += '!';
  }
  return text;
}

const nameOf = (ref) => ref.replace(/[[\]!]/g, '');

function fillFields(rng, model, type) {
  const input = type.kind === 'input';
  for (const name of some(rng, ['a', 'b', 'c', 'd', 'e'])) type.fields.push(field(rng, model, name, input));
}

function field(rng, model, name, input) {
  if (input) return inputValue(rng, model, name);
  const args = rng.chance(0.4) ? some(rng, ['x', 'y', 'z']).map((arg) => inputValue(rng, model, arg)) : [];
  return { name, type: typeRef(rng, model, false), args };
}

function inputValue(rng, model, name) {
  const type = typeRef(rng, model, true);
  return { name, type, default: rng.chance(0.35) ? value(rng, model, type, 0) : undefined };
}

function directive(rng, model, name) {
  return {
    name, repeatable: rng.chance(0.5), locations: some(rng, LOCATIONS),
    args: some(rng, ['p', 'q']).map((arg) => inputValue(rng, model, arg)),
  };
}

function implement(rng, model, type) {
  for (const name of ['Node', 'Named']) {
    const wanted = model.types[name];
    if (!wanted || !rng.chance(0.4)) continue;
    type.interfaces.push(name);
    for (const f of wanted.fields) {
      type.fields = type.fields.filter((own) => own.name !== f.name);
      type.fields.push(structuredClone(f));
    }
  }
}

/** A literal for a type, in one of its spellings. */
function value(rng, model, type, depth) {
  if (type.endsWith('!')) return literal(rng, model, type.slice(0, -1), depth);
  return rng.chance(0.1) ? 'null' : literal(rng, model, type, depth);
}

function literal(rng, model, type, depth) {
  if (type.startsWith('[')) {
    const inner = type.slice(1, -1);
    if (rng.chance(0.2)) return literal(rng, model, inner.replace(/!$/, ''), depth);
    return `[${Array.from({ length: depth > 2 ? 0 : rng.int(3) }, () => value(rng, model, inner, depth + 1)).join(', ')}]`;
  }
  switch (type) {
    case 'Int': return rng.pick(['0', '1', '-0', '-7', '2147483647']);
    case 'Float': return rng.pick(['1', '1.0', '10e-1', '-0.5', '1e3', '1000']);
    case 'String': return rng.pick(['"a"', '"""a"""', '"\\u0061"', '"b\\n"', '""']);
    case 'Boolean': return rng.pick(['true', 'false']);
    case 'ID': return rng.pick(['1', '"1"', '"x"', '-0', '0', '"-5"', '90071992547409931', '90071992547409933']);
    default: break;
  }
  const named = model.types[type];
  if (!named) return 'null';
  if (named.kind === 'enum') return rng.pick(named.values).name;
  // graphql-js cannot compare lists and objects of custom scalars: it throws.
  if (named.kind === 'scalar') return rng.pick(['1', '1.0', '"1"', 'true', 'E', '"E"']);
  const fields = named.fields.filter((f) => (f.type.endsWith('!') && f.default === undefined) || (depth < 2 && rng.chance(0.5)));
  if (depth > 4) return 'null';
  return `{${(rng.chance(0.5) ? fields : fields.reverse()).map((f) => `${f.name}: ${value(rng, model, f.type, depth + 1)}`).join(', ')}}`;
}

/** Changes the model in place at one random spot. */
export function change(rng, model) {
  const types = Object.values(model.types);
  const withFields = types.filter((t) => t.fields && t.fields.length > 0);
  const type = rng.pick(types);
  switch (rng.int(14)) {
    case 0: return void (type.name !== 'Query' && delete model.types[type.name]);
    case 1: return void (model.types.Extra = { name: 'Extra', kind: 'enum', values: [{ name: 'A' }] });
    case 2: return kindChange(rng, model, type);
    case 3: return remove(rng, rng.pick(withFields).fields);
    case 4: return addField(rng, model, rng.pick(withFields));
    case 5: return void (member(rng, rng.pick(withFields).fields).type = typeRef(rng, model, false));
    case 6: return argumentChange(rng, model, rng.pick(withFields));
    case 7: return listChange(rng, types.filter((t) => t.kind === 'enum').map((t) => t.values), ['A', 'B', 'C', 'D'].map((name) => ({ name })), 'name');
    case 8: return listChange(rng, types.filter((t) => t.kind === 'union').map((t) => t.members), ['Cat', 'Dog', 'Cow'], null);
    case 9: return listChange(rng, types.filter((t) => t.interfaces).map((t) => t.interfaces), ['Node', 'Named'], null);
    case 10: return directiveChange(rng, model);
    case 11: return wrapChange(rng, member(rng, rng.pick(withFields).fields));
    case 12: return void rng.pick(withFields).fields.reverse();
    default: return hide(rng, model);
  }
}

const member = (rng, list) => rng.pick(list);
const remove = (rng, list) => void list.splice(rng.int(list.length), 1);

function kindChange(rng, model, type) {
  if (type.name === 'Query') return;
  const other = rng.pick(['enum', 'scalar', 'object']);
  model.types[type.name] = {
    name: type.name, kind: other, values: [{ name: 'A' }], interfaces: [], fields: [{ name: 'a', type: 'Int', args: [] }],
  };
}

function addField(rng, model, type) {
  const name = rng.pick(['a', 'b', 'c', 'd', 'e', 'f']);
  if (!type.fields.some((f) => f.name === name)) type.fields.push(field(rng, model, name, type.kind === 'input'));
}

function argumentChange(rng, model, type) {
  const args = type.kind === 'input' ? type.fields : member(rng, type.fields).args;
  const name = rng.pick(['x', 'y', 'z']);
  const arg = args.find((a) => a.name === name);
  if (!arg) return void args.push(inputValue(rng, model, name));
  switch (rng.int(4)) {
    case 0: return void args.splice(args.indexOf(arg), 1);
    case 1: return void (arg.default = rng.chance(0.3) ? undefined : value(rng, model, arg.type, 0));
    case 2: return wrapChange(rng, arg);
    default: return void Object.assign(arg, inputValue(rng, model, name));
  }
}

function wrapChange(rng, element) {
  const text = element.type;
  switch (rng.int(3)) {
    case 0: element.type = text.endsWith('!') ? text.slice(0, -1) : `${text}!`; break;
    case 1: element.type = text.startsWith('[') ? text.replace(/^\[/, '').replace(/\]!?$/, '') : `[${text}]`; break;
    default: element.type = text.includes('!]') ? text.replace('!]', ']') : text.replace(']', '!]');
  }
}

function listChange(rng, lists, pool, key) {
  if (lists.length === 0) return;
  const list = rng.pick(lists);
  const item = rng.pick(pool);
  const at = list.findIndex((one) => (key ? one[key] === item[key] : one === item));
  if (at >= 0) list.splice(at, 1);
  else list.push(structuredClone(item));
}

function directiveChange(rng, model) {
  const name = rng.pick(['note', 'mark']);
  const known = model.directives[name];
  if (!known) return void (model.directives[name] = directive(rng, model, name));
  switch (rng.int(4)) {
    case 0: return void delete model.directives[name];
    case 1: return void (known.repeatable = !known.repeatable);
    case 2: return listChange(rng, [known.locations], LOCATIONS, null);
    default: return void (known.args = directive(rng, model, name).args);
  }
}

function hide(rng, model) {
  const type = rng.pick(Object.values(model.types).filter((t) => t.name !== 'Query'));
  if (!type) return;
  const inner = type.fields ?? type.values ?? [];
  const element = inner.length > 1 && rng.chance(0.7) ? rng.pick(inner) : type;
  element.hidden = !element.hidden;
}

/** Whether what is hidden may be: nothing that has to be given, and no argument of a directive. */
export function mayBeHidden(model) {
  const hidden = (v) => v.hidden || model.types[nameOf(v.type)]?.hidden;
  const required = (v) => v.type.endsWith('!') && v.default === undefined && hidden(v);
  const inputs = Object.values(model.types).filter((t) => t.kind === 'input' && !t.hidden).flatMap((t) => t.fields);
  const args = Object.values(model.types).filter((t) => !t.hidden).flatMap((t) => t.fields ?? []).filter((f) => !hidden(f)).flatMap((f) => f.args ?? []);
  return ![...inputs, ...args].some(required) && !Object.values(model.directives).some((d) => d.args.some(hidden));
}

/** SDL for graphql-js (what is hidden is left out) or for us (what is hidden is @inaccessible); `plain`: all of it. */
export function print(model, forUs, plain = false) {
  const hiddenType = (ref) => model.types[nameOf(ref)]?.hidden ?? false;
  const shown = (element) => forUs || !(element.hidden || (element.type && hiddenType(element.type)));
  const mark = (element) => (forUs && !plain && (element.hidden || (element.type && hiddenType(element.type))) ? ' @inaccessible' : '');
  const input = (v) => `${v.name}: ${v.type}${v.default === undefined ? '' : ` = ${v.default}`}${mark(v)}`;
  const args = (list) => {
    const listed = list.filter(shown);
    return listed.length > 0 ? `(${listed.map(input).join(' ')})` : '';
  };
  const parts = Object.values(model.types).filter(shown).map((t) => {
    const names = (list) => list.filter((name) => forUs || !model.types[name]?.hidden);
    switch (t.kind) {
      case 'enum': return `enum ${t.name}${mark(t)} { ${t.values.filter(shown).map((v) => v.name + mark(v)).join(' ')} }`;
      case 'scalar': return `scalar ${t.name}${mark(t)}`;
      case 'union': return `union ${t.name}${mark(t)} = ${names(t.members).join(' | ')}`;
      case 'input': return `input ${t.name}${mark(t)} { ${t.fields.filter(shown).map(input).join(' ')} }`;
      default: {
        const listed = names(t.interfaces ?? []);
        const implemented = listed.length > 0 ? ` implements ${listed.join(' & ')}` : '';
        const fields = t.fields.filter(shown).map((f) => `${f.name}${args(f.args ?? [])}: ${f.type}${mark(f)}`);
        return `${t.kind === 'object' ? 'type' : 'interface'} ${t.name}${implemented}${mark(t)} { ${fields.join(' ')} }`;
      }
    }
  });
  for (const d of Object.values(model.directives)) {
    parts.push(`directive @${d.name}${args(d.args)}${d.repeatable ? ' repeatable' : ''} on ${d.locations.join(' | ')}`);
  }
  return (forUs && !plain ? LINKS : '') + parts.join('\n');
}

const LINKS = `
  schema @link(url: "https://specs.apollo.dev/link/v1.0") @link(url: "https://specs.apollo.dev/join/v0.3", for: EXECUTION) @link(url: "https://specs.apollo.dev/inaccessible/v0.2", for: SECURITY) { query: Query }
  directive @link(url: String, as: String, for: link__Purpose, import: [link__Import]) repeatable on SCHEMA
  directive @inaccessible on FIELD_DEFINITION | OBJECT | INTERFACE | UNION | ARGUMENT_DEFINITION | SCALAR | ENUM | ENUM_VALUE | INPUT_OBJECT | INPUT_FIELD_DEFINITION
  scalar link__Import
  enum link__Purpose { SECURITY EXECUTION }
`;
