// The audit of npm graphql-http (61 checks of GraphQL over HTTP) against a running `signet dev`, three times:
//   - CSRF prevention off, the audit's requests as they are: 61 of 61;
//   - the defaults, with the header that CSRF prevention asks for on GET: 61 of 61;
//   - the defaults, the audit's requests as they are: the same but for the three GETs that a page of another site could
//     send, which are refused for that reason and no other.
//
//   npm ci && node run.mjs <signet binary> [--verbose]

import { spawn } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { auditServer } from 'graphql-http';
import { check, run, signet } from '../command_line.mjs';

const kChecks = 61;
const kPatienceMs = 15000;
const kSimpleGets = ['5A70', 'D6D5', '6A70'];
const graph = new URL('../../e2e/graphs/small.graphql', import.meta.url);

function listen(server) {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => resolve(server.address().port));
  });
}

async function freePort() {
  const probe = createServer();
  const port = await listen(probe);
  await new Promise((done) => probe.close(done));
  return port;
}

// The audit asks for __typename alone, which no subgraph sees; one is there all the same, and counts.
let fetches = 0;
const subgraph = createServer((request, response) => {
  fetches++;
  request.resume().on('end', () => {
    response.setHeader('content-type', 'application/json');
    response.end('{"data":{"me":{"id":"1"}}}');
  });
});

async function startRouter(folder, subgraphPort, csrf) {
  const supergraph = join(folder, 'supergraph.graphql');
  const text = readFileSync(graph, 'utf8').replace(/http:\/\/subgraph-[ab]\.invalid\//g, `http://127.0.0.1:${subgraphPort}/`);
  writeFileSync(supergraph, text);
  const port = await freePort();
  const options = ['dev', '--supergraph', supergraph, '--listen', `127.0.0.1:${port}`];
  if (!csrf) {
    const config = join(folder, 'signet.yaml');
    const others = `health: 127.0.0.1:${await freePort()}, admin: 127.0.0.1:${await freePort()}`;
    writeFileSync(config, `version: 1\nlisten: { ${others} }\ncsrf: { enabled: false }\n`);
    options.push('-c', config);
  }
  const log = join(folder, 'router.log');
  const fd = openSync(log, 'w');
  const router = spawn(signet, options, { stdio: ['ignore', fd, fd] });
  closeSync(fd);
  const gone = new Promise((resolve) => {
    router.once('exit', resolve);
    router.once('error', resolve);
  });
  let ended = false;
  gone.then(() => (ended = true));
  const url = `http://127.0.0.1:${port}/graphql`;
  const limit = Date.now() + kPatienceMs;
  for (;;) {
    try {
      const body = JSON.stringify({ query: '{ me { id } }' });
      const answer = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
      if ((await answer.json()).data?.me?.id === '1') break;
    } catch {
      // not listening yet
    }
    if (ended || Date.now() > limit) {
      router.kill('SIGKILL');
      throw new Error(`signet dev did not come up:\n${readFileSync(log, 'utf8').slice(-2000)}`);
    }
    await new Promise((resume) => setTimeout(resume, 20));
  }
  return { url, stop: async () => (router.kill('SIGTERM'), gone) };
}

// Adds the header to GET requests, as the documentation tells clients to.
function fetchWithHeader(url, init = {}) {
  if (init.method && init.method !== 'GET') return fetch(url, init);
  return fetch(url, { ...init, headers: { ...init.headers, 'apollo-require-preflight': '1' } });
}

async function refusedForCsrf(result) {
  if (!kSimpleGets.includes(result.id) || result.status === 'ok' || result.response.status !== 400) return false;
  const body = JSON.parse(await result.response.text());
  return body.errors?.[0]?.extensions?.code === 'CSRF_ERROR' && !('data' in body);
}

async function audit(name, { url }, { fetchFn = fetch, csrf }) {
  const before = fetches;
  const results = await auditServer({ url, fetchFn });
  let ok = 0;
  for (const result of results) {
    const simple = csrf && kSimpleGets.includes(result.id);
    const good = simple ? await refusedForCsrf(result) : result.status === 'ok';
    if (good) ok++;
    const why = result.status === 'ok' ? '' : ` (${result.reason}; status ${result.response?.status})`;
    check(good, `${name}: ${result.id} ${result.name}${why}`);
  }
  // A version of the audit that lost checks must not pass for the whole.
  check(results.length === kChecks, `${name}: ${results.length} checks, expected ${kChecks}`);
  check(fetches === before, `${name}: ${fetches - before} fetches for operations that need none`);
  console.log(`${name}: ${ok} of ${results.length}${csrf ? `, ${kSimpleGets.length} of them GETs refused with CSRF_ERROR` : ''}`);
}

async function main() {
  const folder = mkdtempSync(join(tmpdir(), 'signet-graphql-http-'));
  const subgraphPort = await listen(subgraph);
  let router;
  try {
    router = await startRouter(folder, subgraphPort, false);
    await audit('CSRF prevention off', router, {});
    await router.stop();
    router = await startRouter(folder, subgraphPort, true);
    await audit('defaults, with the header on GET', router, { fetchFn: fetchWithHeader });
    await audit('defaults', router, { csrf: true });
  } finally {
    await router?.stop();
    subgraph.close();
    subgraph.closeAllConnections?.();
    rmSync(folder, { recursive: true, force: true });
  }
}

await run(main);
