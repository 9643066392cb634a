// Compares our classes of schema change with findBreakingChanges and findDangerousChanges of graphql-js, on random pairs.
//
//   npm ci && node run.mjs <path of schema_changes_driver> [--count N] [--seed N] [--show N]

import { buildSchema, findBreakingChanges, findDangerousChanges, validateSchema } from 'graphql';
import { Rng } from '../graphql-js/rng.mjs';
import { finish, readOptions, startDriver } from '../driver.mjs';
import { change, mayBeHidden, print, randomModel } from './generate.mjs';

const options = readOptions('schema_changes_driver', { count: 3000, show: 5 });
console.log(`seed ${options.seed}, ${options.count} pairs`);
const { ask, end } = startDriver();

// What a sentence of graphql-js is about, as [where, what]; `@` before directives as in schema coordinates.
const SENTENCES = [
  [/^Standard scalar (\w+) was removed/, (m) => [m[1], '']],
  [/^Repeatable flag was removed from (\w+)\.$/, (m) => [`@${m[1]}`, '']],
  [/^A required arg (\w+) on directive (\w+) was added\.$/, (m) => [`@${m[2]}(${m[1]}:)`, '']],
  [/^An? (?:required|optional) arg (\w+) on (\w+\.\w+) was added\.$/, (m) => [`${m[2]}(${m[1]}:)`, '']],
  [/^An? (?:required|optional) field (\w+) on input type (\w+) was added\.$/, (m) => [`${m[2]}.${m[1]}`, '']],
  [/^(\w+) was (?:removed from|added to) union type (\w+)\.$/, (m) => [m[2], m[1]]],
  [/^(\w+) was (?:removed from|added to) enum type (\w+)\.$/, (m) => [`${m[2]}.${m[1]}`, '']],
  [/^(\w+) no longer implements interface (\w+)\.$/, (m) => [m[1], m[2]]],
  [/^(\w+) added to interfaces implemented by (\w+)\.$/, (m) => [m[2], m[1]]],
  [/^(\w+\.\w+) arg (\w+) (?:was removed|has changed|defaultValue)/, (m) => [`${m[1]}(${m[2]}:)`, '']],
  [/^(\w+\.\w+) (?:was removed|changed type)/, (m) => [m[1], '']],
  [/^(\w+) changed from an? /, (m) => [m[1], '']],
];
function place({ type, description }) {
  if (type === 'DIRECTIVE_ARG_REMOVED') return description.replace(/^(\w+) was removed from (\w+)\.$/, '@$2($1:)|').split('|');
  if (type === 'DIRECTIVE_LOCATION_REMOVED') return description.replace(/^(\w+) was removed from (\w+)\.$/, '@$2|$1').split('|');
  if (type === 'DIRECTIVE_REMOVED') return [`@${description.split(' ')[0]}`, ''];
  if (type === 'TYPE_REMOVED' && !description.startsWith('Standard')) return [description.split(' ')[0], ''];
  for (const [form, about] of SENTENCES) {
    const match = form.exec(description);
    if (match) return about(match);
  }
  throw new Error(`no place in: ${type} ${description}`);
}
const theirs = (list, group) => list.map((c) => [c.type, group, ...place(c)].join(' '));

const tally = {};
const score = { passed: 0, failed: 0 };
// graphql-js takes a default that does not fit its type for none; composition lets none through.
function hasBadDefault(schema) {
  const bad = (value) => value.astNode?.defaultValue !== undefined && value.defaultValue === undefined;
  const types = Object.values(schema.getTypeMap()).flatMap((t) => (t.getFields ? Object.values(t.getFields()) : []));
  return types.some((f) => bad(f) || (f.args ?? []).some(bad)) || schema.getDirectives().some((d) => d.args.some(bad));
}
function build(sdl) {
  try {
    const schema = buildSchema(sdl);
    return validateSchema(schema).length === 0 && !hasBadDefault(schema) ? schema : null;
  } catch {
    return null;
  }
}
// Valid with and without what is hidden.
const valid = (model) => mayBeHidden(model) && build(print(model, true, true)) && build(print(model, false));
// Nothing where graphql-js gives up: it cannot print objects as defaults of custom scalars.
function changesOf(oldSchema, newSchema) {
  try {
    return [
      ...theirs(findBreakingChanges(oldSchema, newSchema), 'breaking'),
      ...theirs(findDangerousChanges(oldSchema, newSchema), 'dangerous'),
    ].sort();
  } catch (error) {
    if (error instanceof TypeError && error.message.startsWith('Cannot convert value to AST')) return null;
    throw error;
  }
}

const rng = new Rng(options.seed);
async function validPair() {
  for (;;) {
    const before = randomModel(rng);
    const oldSchema = valid(before);
    if (!oldSchema) continue;
    let after = structuredClone(before);
    let newSchema = oldSchema;
    const wanted = 1 + rng.int(6);
    for (let made = 0, tries = 0; made < wanted && tries < 60; tries++) {
      const next = structuredClone(after);
      change(rng, next);
      const schema = valid(next);
      if (!schema) continue;
      [after, newSchema, made] = [next, schema, made + 1];
    }
    return rng.chance(0.5) ? { before, after, oldSchema, newSchema } : { before: after, after: before, oldSchema: newSchema, newSchema: oldSchema };
  }
}

for (let i = 0; i < options.count && score.failed < 200; i++) {
  const { before, after, oldSchema, newSchema } = await validPair();
  const expected = changesOf(oldSchema, newSchema);
  if (!expected) continue;
  const request = { before: print(before, true), after: print(after, true) };
  const answer = await ask(request);
  const found = (answer.changes ?? []).filter(([, group]) => group !== 'safe').map((c) => c.join(' ')).sort();
  for (const line of expected) tally[line.split(' ')[0]] = (tally[line.split(' ')[0]] ?? 0) + 1;
  if (!answer.error && JSON.stringify(expected) === JSON.stringify(found)) {
    score.passed++;
    continue;
  }
  score.failed++;
  if (score.failed > options.show) continue;
  console.log(`--- pair ${i}: ${answer.error ?? ''}`);
  console.log('only graphql-js:', expected.filter((line) => !found.includes(line)));
  console.log('only we:', found.filter((line) => !expected.includes(line)));
  console.log(print(before, true).split('\n').slice(6).join('\n'));
  console.log('===>');
  console.log(print(after, true).split('\n').slice(6).join('\n'));
}

// A class that never came up was not compared.
const CLASSES = 22;
for (const [name, count] of Object.entries(tally).sort()) console.log(`  ${name} ${count}`);
if (options.count >= 3000 && Object.keys(tally).length !== CLASSES) {
  console.log(`${Object.keys(tally).length} of ${CLASSES} classes came up`);
  score.failed++;
}
end();
finish(score, options);
