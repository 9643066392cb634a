// A graph with its keys, a statement that `signet sign` signed three times, and `signet verify` for statements of others.

import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { importPKCS8, importSPKI } from 'jose';

const kGraph = new URL('../../e2e/graphs/small.graphql', import.meta.url);

function seconds(fromNow) {
  return new Date(Date.now() + fromNow * 1000).toISOString().replace(/\.\d+Z$/, 'Z');
}

export class World {
  static async make(signet) {
    const world = new World();
    world.signet = signet;
    world.folder = mkdtempSync(join(tmpdir(), 'signet-jose-'));
    world.graph = join(world.folder, 'graph.graphql');
    writeFileSync(world.graph, readFileSync(kGraph, 'utf8').replace(/http:\/\/subgraph-([ab])\.invalid\//g, 'https://$1.example/'));
    for (const [kind, name] of [['hmac', 'release.key'], ['hmac', 'next.key'], ['ed25519', 'approve.key']]) {
      world.run('keygen', kind, '--out', world.file(name));
    }
    world.run('sign', world.graph, '--graph', 'shop', '--environment', 'test', '--kid', 'release-1', '--key', world.file('release.key'));
    for (const [kid, key] of [['approve-1', 'approve.key'], ['release-2', 'next.key']]) {
      world.run('sign', '--add', `${world.graph}.jws`, '--kid', kid, '--key', world.file(key));
    }
    world.config = world.file('signet.yaml');
    writeFileSync(world.config, `version: 1
listen: { graphql: 127.0.0.1:4000 }
graph: { name: shop, environment: test, source: { file: ${world.graph} } }
trust:
  keys:
    - { kid: release-1, role: release, secret_file: ${world.file('release.key')} }
    - { kid: approve-1, alg: Ed25519, role: approve, public_key_file: ${world.file('approve.key.pub')} }
subgraphs: { allow: ["https://a.example", "https://b.example"] }
`);
    await world.readKeys();
    return world;
  }

  // An HMAC key is the text of its file without the final newline; it is not decoded.
  async readKeys() {
    const secret = (name) => new TextEncoder().encode(readFileSync(this.file(name), 'utf8').replace(/\n$/, ''));
    this.publicPem = readFileSync(this.file('approve.key.pub'), 'utf8');
    this.keys = {
      release: secret('release.key'),
      next: secret('next.key'),
      approve: await importPKCS8(readFileSync(this.file('approve.key'), 'utf8'), 'Ed25519'),
      approvePublic: await importSPKI(this.publicPem, 'Ed25519'),
    };
  }

  verifiers() {
    return [['release-1', this.keys.release], ['approve-1', this.keys.approvePublic], ['release-2', this.keys.next]];
  }

  file(name) {
    return join(this.folder, name);
  }

  run(...words) {
    const done = spawnSync(this.signet, words, { encoding: 'utf8' });
    if (done.status !== 0) throw new Error(`signet ${words.join(' ')}: exit ${done.status}\n${done.stdout}${done.stderr}`);
    return done.stdout;
  }

  signed() {
    return JSON.parse(readFileSync(`${this.graph}.jws`, 'utf8'));
  }

  // A statement about the graph, as docs/formats/statement.md has it.
  statement(changes = {}) {
    const bytes = readFileSync(this.graph);
    return JSON.stringify({
      artifact: 'graph',
      graph: 'shop',
      environment: 'test',
      serial: Math.floor(Date.now() / 1000) + 10,
      previous: '',
      issued: seconds(0),
      expires: seconds(3600),
      size: bytes.length,
      sha256: createHash('sha256').update(bytes).digest('hex'),
      ...changes,
    });
  }

  // What signet says of the graph under this statement.
  verify(jws) {
    const statement = this.file('theirs.jws');
    writeFileSync(statement, jws);
    const done = spawnSync(this.signet, ['verify', this.graph, '--statement', statement, '-c', this.config, '--json'], { encoding: 'utf8' });
    try {
      return { answer: JSON.parse(done.stdout), code: done.status };
    } catch {
      return { answer: { said: done.stdout + done.stderr }, code: done.status };
    }
  }

  remove() {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
