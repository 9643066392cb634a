// Compares our front end with graphql-js on random documents: what parses, what is valid, what variables become.
//
//   npm ci && node run.mjs <path of graphql_driver> [--count N] [--seed N] [--show N]

import { isDeepStrictEqual } from 'node:util';
import {
  buildSchema, getNamedType, getVariableValues, GraphQLError, isAbstractType, isLeafType, Kind, parse, specifiedRules,
  typeFromAST, validate,
} from 'graphql';
import collecting from 'graphql/execution/collectFields.js';
import { finish, readOptions, startDriver } from '../driver.mjs';
import { DocumentGenerator, mutate, VariablesGenerator } from './generate.mjs';
import { Rng } from './rng.mjs';
import { schemas } from './schemas.mjs';
import { syntaxCases } from './syntax-cases.mjs';

const { collectFields, collectSubfields } = collecting;
const options = readOptions('graphql_driver', { count: 4000, show: 10 });
console.log(`seed ${options.seed}, ${options.count} documents`);
const { ask, end } = startDriver();

const score = { passed: 0, failed: 0 };
const tally = {};
function compare(what, expected, actual, detail) {
  tally[`${what}: ${typeof expected === 'boolean' ? expected : 'values'}`] ??= 0;
  tally[`${what}: ${typeof expected === 'boolean' ? expected : 'values'}`]++;
  if (isDeepStrictEqual(expected, actual)) {
    score.passed++;
    return true;
  }
  score.failed++;
  if (score.failed <= options.show) {
    console.log(`--- ${what}: graphql-js says ${JSON.stringify(expected)}, we say ${JSON.stringify(actual)}`);
    console.log(typeof detail === 'string' ? detail : JSON.stringify(detail, null, 1));
  }
  return false;
}

function parses(text) {
  try {
    return parse(text);
  } catch (error) {
    if (error instanceof GraphQLError) return null;
    throw error;
  }
}

// Differences that are meant: our parser takes executable documents only; a subscription may have no condition at its
// root (September 2025), which graphql-js 16 does not check; and `a: __typename` is a String! that other fields `a` must
// match in shape, where graphql-js 16 knows no type.
function outOfScope(document, text) {
  if (/:\s*__typename|__typename\s*:/.test(text)) return true;
  return document.definitions.some((definition) =>
    (definition.kind !== Kind.OPERATION_DEFINITION && definition.kind !== Kind.FRAGMENT_DEFINITION) ||
    (definition.operation === 'subscription' && /@(skip|include)/.test(definition.loc.source.body)));
}

async function checkDocument(name, schema, text, variablesGenerator) {
  const document = parses(text);
  if (document && outOfScope(document, text)) return;
  const ours = await ask({ do: 'validate', schema: name, document: text });
  if (!compare('parse', document !== null, ours.parsed, { text, ours }) || !document) return;
  const errors = validate(schema, document, specifiedRules);
  const detail = { text, graphqljs: errors.map((e) => e.message), ours };
  if (!compare('validate', errors.length === 0, ours.valid, detail) || errors.length > 0) return;
  const operation = document.definitions.find((d) => d.kind === Kind.OPERATION_DEFINITION);
  await checkNormalized(name, schema, text, document, operation);
  if ((operation.variableDefinitions ?? []).length > 0) {
    await checkVariables(name, schema, text, operation, variablesGenerator);
  }
}

async function checkVariables(name, schema, text, operation, generator) {
  const types = operation.variableDefinitions.map((d) => [d.variable.name.value, typeFromAST(schema, d.type)]);
  for (let i = 0; i < 3; i++) {
    const variables = generator.variables(types);
    const theirs = getVariableValues(schema, operation.variableDefinitions, JSON.parse(variables));
    const ours = await ask({ do: 'coerce', schema: name, document: text, variables });
    const detail = { text, variables, theirs: theirs.coerced ?? theirs.errors.map((e) => e.message), ours };
    if (!compare('coerce', theirs.errors === undefined, ours.ok, detail) || !ours.ok) continue;
    compare('coerced values', JSON.parse(JSON.stringify(theirs.coerced)), ours.variables, detail);
  }
}

// What each object type collects, against the collecting step of graphql-js's executor, with all conditions false.
async function checkNormalized(name, schema, text, document, operation) {
  const ours = await ask({ do: 'normalize', schema: name, document: text, mask: 0 });
  if (!compare('normalize', true, ours.ok, { text, ours })) return;
  const fragments = {};
  for (const d of document.definitions) if (d.kind === Kind.FRAGMENT_DEFINITION) fragments[d.name.value] = d;
  const variables = {};
  for (const d of operation.variableDefinitions ?? []) variables[d.variable.name.value] = false;
  const problems = [];
  const walk = (type, collect, tree, path) => {
    const possible = isAbstractType(type) ? schema.getPossibleTypes(type) : [type];
    for (const runtime of possible) {
      const classes = Object.entries(tree).filter(([types]) => types.split(',').includes(runtime.name));
      if (classes.length !== 1) {
        problems.push(`${path}: ${runtime.name} is in ${classes.length} classes`);
        continue;
      }
      const fields = classes[0][1];
      const expected = [...collect(runtime)];
      const told = JSON.stringify(expected.map(([key, nodes]) => [key, nodes[0].name.value]));
      const mine = JSON.stringify(fields.map(([key, field]) => [key, field]));
      if (told !== mine) {
        problems.push(`${path} on ${runtime.name}: graphql-js ${told}, we ${mine}`);
        continue;
      }
      expected.forEach(([key, nodes], i) => {
        const field = runtime.getFields()[nodes[0].name.value];
        if (!field || isLeafType(getNamedType(field.type))) return;
        const collectInner = (inner) => collectSubfields(schema, fragments, variables, inner, nodes);
        walk(getNamedType(field.type), collectInner, fields[i][2], `${path}.${key}`);
      });
    }
  };
  const root = schema.getRootType(operation.operation);
  walk(root, (type) => collectFields(schema, fragments, variables, type, operation.selectionSet), ours.tree, '');
  compare('collected fields', 0, problems.length, { text, problems, ours });
}

for (const text of syntaxCases) {
  const ours = await ask({ do: 'parse', document: text });
  compare('syntax', parses(text) !== null, ours.parsed, text);
}

const rng = new Rng(options.seed);
const variablesGenerator = new VariablesGenerator(rng);
const names = Object.keys(schemas);
const built = new Map();
for (const name of names) {
  built.set(name, buildSchema(schemas[name]));
  const answer = await ask({ do: 'schema', name, sdl: schemas[name] });
  compare('schema', true, answer.ok ?? false, answer);
}
for (let i = 0; i < options.count && score.failed < 1000; i++) {
  const name = names[i % names.length];
  const schema = built.get(name);
  let text = new DocumentGenerator(rng, schema).document();
  const mutations = rng.pick([0, 0, 0, 1, 1, 2]);
  for (let m = 0; m < mutations; m++) text = mutate(rng, text, schema);
  await checkDocument(name, schema, text, variablesGenerator);
}

end();
for (const [what, count] of Object.entries(tally).sort()) console.log(`  ${what} ${count}`);
finish(score, options);
