// A running `signet dev` between a stub subgraph and a collector that keeps what it is sent.

import { spawn } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const kPatienceMs = 15000;
const kGraph = new URL('../../e2e/graphs/small.graphql', import.meta.url);

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

function readAll(request) {
  return new Promise((resolve, reject) => {
    const pieces = [];
    request.on('data', (piece) => pieces.push(piece)).on('end', () => resolve(Buffer.concat(pieces))).on('error', reject);
  });
}

// Subgraphs a and b of graphs/small.graphql in one: entities where representations are asked for.
async function answerSubgraph(request, response) {
  const { query, variables } = JSON.parse(await readAll(request));
  const user = { id: '1', name: 'Ada' };
  const data = query.includes('_entities') ? { _entities: variables.representations.map(() => ({ score: 10 })) } : { me: user };
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify({ data }));
}

async function until(what, condition, problem = () => '') {
  const limit = Date.now() + kPatienceMs;
  for (;;) {
    const value = await condition();
    if (value) return value;
    if (Date.now() > limit) throw new Error(`timed out waiting for ${what}\n${problem()}`);
    await new Promise((resume) => setTimeout(resume, 20));
  }
}

export class World {
  bodies = { '/v1/traces': [], '/v1/metrics': [], '/v1/logs': [] };

  async start(signet) {
    this.folder = mkdtempSync(join(tmpdir(), 'signet-otlp-'));
    this.servers = [
      createServer((request, response) => void answerSubgraph(request, response)),
      createServer(async (request, response) => {
        const body = await readAll(request);
        this.bodies[request.url]?.push({ body, type: request.headers['content-type'], coding: request.headers['content-encoding'] });
        response.setHeader('content-type', 'application/x-protobuf');
        response.end();
      }),
    ];
    const [subgraph, collector] = await Promise.all(this.servers.map(listen));
    const supergraph = join(this.folder, 'supergraph.graphql');
    writeFileSync(supergraph, readFileSync(kGraph, 'utf8').replace(/http:\/\/subgraph-[ab]\.invalid\//g, `http://127.0.0.1:${subgraph}/`));
    const port = await freePort();
    const config = join(this.folder, 'signet.yaml');
    writeFileSync(config, `version: 1
listen: { health: 127.0.0.1:${await freePort()}, admin: 127.0.0.1:${await freePort()} }
telemetry:
  otlp: { endpoint: "http://127.0.0.1:${collector}", interval: 1s }
  traces: { sample: 1.0 }
  service_name: counterpart
`);
    this.log = join(this.folder, 'router.log');
    const fd = openSync(this.log, 'w');
    this.router = spawn(signet, ['dev', '--supergraph', supergraph, '--listen', `127.0.0.1:${port}`, '-c', config],
      { stdio: ['ignore', fd, fd] });
    closeSync(fd);
    this.gone = new Promise((resolve) => {
      this.router.once('exit', resolve);
      this.router.once('error', resolve);
    });
    this.url = `http://127.0.0.1:${port}/graphql`;
    await until('the router', () => this.ask('{ __typename }').then(() => true, () => false), () => this.text());
  }

  text() {
    return readFileSync(this.log, 'utf8').slice(-2000);
  }

  async ask(query) {
    const headers = { 'content-type': 'application/json' };
    return (await fetch(this.url, { method: 'POST', headers, body: JSON.stringify({ query }) })).json();
  }

  // The bodies of one path, as soon as `enough` of them says so.
  until(what, path, enough) {
    return until(what, () => enough(this.bodies[path]) && this.bodies[path], () => this.text());
  }

  async stop() {
    this.router?.kill('SIGTERM');
    await this.gone;
    for (const server of this.servers ?? []) {
      server.close();
      server.closeAllConnections?.();
    }
    rmSync(this.folder, { recursive: true, force: true });
  }
}
