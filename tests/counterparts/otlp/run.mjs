// OTLP, checked with the published protocol files that npm @elastic/mockotlpserver carries:
//   - tests/e2e/otlp/otlp.proto says nothing that they do not say (name, number, type, repeated, oneof of every field);
//     what is newer than they are is checked with the codec that npm @opentelemetry/otlp-transformer was generated with;
//   - what a running `signet dev` exports decodes with them, whole, and means what it should.
//
//   npm ci && node run.mjs <signet binary> [--verbose]

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import protobuf from 'protobufjs';
import { check, run, signet } from '../command_line.mjs';
import { World } from './world.mjs';

const kServices = ['trace', 'metrics', 'logs'];
// Fields of opentelemetry-proto that the published files are too old for: where, and as what.
const kNewer = [{ package: 'logs', message: 'LogRecord', name: 'event_name', id: 12, type: 'string', sample: 'signet.test' }];
const require = createRequire(import.meta.url);

function published() {
  const folder = dirname(require.resolve('@elastic/mockotlpserver/package.json'));
  const root = new protobuf.Root();
  root.resolvePath = (_, target) => (target.startsWith(folder) ? target : join(folder, target));
  root.loadSync(kServices.map((name) => `opentelemetry/proto/collector/${name}/v1/${name}_service.proto`), { keepCase: true });
  return root.resolveAll();
}

function ours() {
  const root = new protobuf.Root();
  const file = fileURLToPath(new URL('../../e2e/otlp/otlp.proto', import.meta.url));
  protobuf.parse(readFileSync(file, 'utf8'), root, { keepCase: true });
  return root.resolveAll();
}

// The second source is code only: what it writes for a newer field, our file must read, whole and under its name.
function addNewer(mine, theirs) {
  const folder = dirname(require.resolve('@opentelemetry/otlp-transformer'));
  const generated = require(join(folder, 'generated/root.js'));
  for (const { package: room, message, name, id, type, sample } of kNewer) {
    const codec = generated.opentelemetry.proto[room].v1[message];
    const bytes = codec.encode({ [protobuf.util.camelCase(name)]: sample }).finish();
    const our = mine.lookupType(message);
    check(bytes[0] >> 3 === id && our.decode(bytes)[name] === sample, `${message}.${name} = ${id} ${type} in the generated codec`);
    const their = theirs.lookupType(`opentelemetry.proto.${room}.v1.${message}`);
    check(their.fields[name] === undefined, `${message}.${name}: the published files know it now; drop it from kNewer`);
    if (!their.fields[name]) their.add(new protobuf.Field(name, id, type));
  }
}

// All message types by their last name; nested ones too.
function messages(namespace, found = new Map()) {
  for (const nested of namespace.nestedArray ?? []) {
    if (nested instanceof protobuf.Type) found.set(nested.name, [...(found.get(nested.name) ?? []), nested]);
    messages(nested, found);
  }
  return found;
}

const isEnum = (field) => field.resolvedType instanceof protobuf.Enum;

// An enum's values by number, without the prefix that protobuf style repeats in each name.
function values(enumeration, prefix = '') {
  return Object.entries(enumeration.values).map(([name, number]) => `${number} ${name.replace(prefix, '')}`).sort().join(', ');
}

function sameType(our, their) {
  if (our.resolvedType instanceof protobuf.Type) return their.resolvedType?.name === our.resolvedType.name;
  if (isEnum(our)) return isEnum(their) && values(our.resolvedType) === values(their.resolvedType, 'SPAN_KIND_');
  // Where the checks want numbers, our file writes int32 for an enum: the same on the wire.
  if (isEnum(their)) return our.type === 'int32';
  return our.type === their.type;
}

function compareFiles(mine, theirs) {
  const known = messages(theirs);
  let fields = 0;
  for (const [name, [message]] of messages(mine)) {
    const candidates = known.get(name) ?? [];
    check(candidates.length === 1, `message ${name}: ${candidates.length} published messages of that name`);
    if (candidates.length !== 1) continue;
    for (const field of message.fieldsArray) {
      fields++;
      const other = candidates[0].fields[field.name];
      const same = other && other.id === field.id && other.repeated === field.repeated && sameType(field, other) &&
        Boolean(other.options?.proto3_optional) === Boolean(field.options?.proto3_optional) &&
        (!field.repeated || other.packed === field.packed) && (other.partOf?.name ?? '') === (field.partOf?.name ?? '');
      check(same, `${name}.${field.name} = ${field.id} ${field.repeated ? 'repeated ' : ''}${field.type}` +
        (same ? '' : `; published: ${other ? `${other.id} ${other.repeated ? 'repeated ' : ''}${other.type}` : 'no such field'}`));
    }
  }
  console.log(`otlp.proto: ${messages(mine).size} messages, ${fields} fields compared with the published files`);
}

const kOptions = { longs: Number, enums: String, bytes: String };

// protobufjs passes over fields that it does not know. What it read is written again: nothing may be missing then.
function decode(type, { body, type: mediaType, coding }) {
  check(mediaType === 'application/x-protobuf', `${type.name}: content type ${mediaType}`);
  const bytes = coding === 'gzip' ? gunzipSync(body) : body;
  let message;
  try {
    message = type.decode(bytes);
  } catch (error) {
    check(false, `${type.name} of ${bytes.length} bytes: ${error.message}`);
    return {};
  }
  const again = type.encode(message).finish();
  check(again.length === bytes.length, `${type.name}: ${bytes.length} bytes, ${again.length} when written again`);
  return type.toObject(message, kOptions);
}

const attributes = (list = []) => Object.fromEntries(list.map(({ key, value }) => [key, Object.values(value)[0]]));

function checkResources(name, resources) {
  for (const resource of resources) {
    check(attributes(resource.resource.attributes)['service.name'] === 'counterpart', `${name}: service.name`);
  }
}

function checkTraces(messages) {
  const resources = messages.flatMap((message) => message.resource_spans ?? []);
  checkResources('traces', resources);
  const spans = resources.flatMap((r) => r.scope_spans).flatMap((s) => s.spans);
  const clients = spans.filter((span) => span.kind === 'SPAN_KIND_CLIENT');
  const [first] = clients;
  const server = spans.find((span) => span.kind === 'SPAN_KIND_SERVER' && span.span_id === first?.parent_span_id);
  check(clients.length === 2 && server !== undefined, `traces: two fetches under one request (${clients.length})`);
  if (!server) return;
  check(clients.every((span) => span.parent_span_id === server.span_id && span.trace_id === server.trace_id), 'traces: parents');
  check(clients.map((span) => attributes(span.attributes)['signet.subgraph.name']).sort().join() === 'a,b', 'traces: subgraph names');
  for (const span of [server, ...clients]) {
    const bytes = (text) => Buffer.from(text, 'base64').length;
    check(bytes(span.trace_id) === 16 && bytes(span.span_id) === 8, 'traces: 16 and 8 bytes of ids');
    check(span.start_time_unix_nano > 1.7e18 && span.end_time_unix_nano >= span.start_time_unix_nano, 'traces: times');
  }
  check(attributes(server.attributes)['http.response.status_code'] === 200, 'traces: status code is a number');
}

function checkMetrics(messages) {
  const resources = messages.flatMap((message) => message.resource_metrics ?? []);
  checkResources('metrics', resources);
  const metrics = resources.flatMap((r) => r.scope_metrics).flatMap((s) => s.metrics);
  const histograms = metrics.filter((metric) => metric.histogram);
  for (const name of ['http.server.request.duration', 'http.client.request.duration']) {
    const metric = histograms.find((histogram) => histogram.name === name);
    check(metric !== undefined && metric.unit === 's', `metrics: ${name} in seconds`);
  }
  for (const { name, histogram } of histograms) {
    check(histogram.aggregation_temporality === 'AGGREGATION_TEMPORALITY_CUMULATIVE', `metrics: ${name} is cumulative`);
    for (const point of histogram.data_points) {
      const sum = point.bucket_counts.reduce((a, b) => a + b, 0);
      check(point.bucket_counts.length === point.explicit_bounds.length + 1, `metrics: ${name} has a bucket more than bounds`);
      check(sum === point.count && point.sum > 0, `metrics: ${name} counts ${point.count} in ${sum} buckets' entries`);
    }
  }
  for (const { name, sum } of metrics) if (sum) check(sum.is_monotonic, `metrics: ${name} is monotonic`);
  check(new Set(histograms.map((histogram) => histogram.name)).size >= 2, 'metrics: histograms');
}

function checkLogs(messages) {
  const resources = messages.flatMap((message) => message.resource_logs ?? []);
  checkResources('logs', resources);
  const records = resources.flatMap((r) => r.scope_logs).flatMap((s) => s.log_records);
  const text = JSON.stringify(records);
  check(records.some((record) => record.event_name === 'signet.schema.usage'), 'logs: an event signet.schema.usage');
  for (const field of ['Query.me', 'User.name', 'User.score']) check(text.includes(field), `logs: usage of ${field}`);
}

async function main() {
  const theirs = published();
  const mine = ours();
  addNewer(mine, theirs);
  compareFiles(mine, theirs);
  const type = (name) => theirs.lookupType(`opentelemetry.proto.collector.${name.toLowerCase()}.v1.Export${name}ServiceRequest`);
  const world = new World();
  try {
    await world.start(signet);
    const answer = await world.ask('{ me { id name score } }');
    check(answer.data?.me?.score === 10, `the query answers ${JSON.stringify(answer)}`);
    const read = (name, bodies) => bodies.map((body) => decode(type(name), body));
    const metricsSeen = (bodies) => bodies.some(({ body, coding }) =>
      (coding === 'gzip' ? gunzipSync(body) : body).includes('http.client.request.duration'));
    await world.until('metrics', '/v1/metrics', metricsSeen);
    await world.until('usage', '/v1/logs', (bodies) => bodies.length > 0);
    await world.until('spans', '/v1/traces', (bodies) => bodies.length > 0);
    await world.stop();  // what is still queued is sent
    checkTraces(read('Trace', world.bodies['/v1/traces']));
    checkMetrics(read('Metrics', world.bodies['/v1/metrics']));
    checkLogs(read('Logs', world.bodies['/v1/logs']));
    console.log(Object.entries(world.bodies).map(([path, bodies]) => `${path} ${bodies.length} bodies`).join(', '));
  } finally {
    await world.stop();
  }
}

await run(main);
