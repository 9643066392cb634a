// The demo's subgraphs, composed by Cosmo's packages: `signet dev` on the execution config answers what `signet demo`
// promises, and shows clients the schema that the config has for them.
//
//   node demo.mjs <signet binary> [--verbose]

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { buildClientSchema, buildSchema, getIntrospectionQuery, lexicographicSortSchema, printSchema } from 'graphql';
import { check, run, signet } from '../command_line.mjs';
import { executionConfig } from './execution-config.mjs';

const QUERY =
  '{ me { name reviews(first: 2) { body author { username } product { name inStock shippingEstimate warehouses { city manager { name } } } } } }';
const ANSWER = {
  data: {
    me: {
      name: 'Ada Lovelace',
      reviews: [
        {
          body: 'Love it! Seats the whole Analytical Engine.',
          author: { username: 'ada' },
          product: {
            name: 'Table',
            inStock: true,
            shippingEstimate: 10500,
            warehouses: [
              { city: 'Porto', manager: { name: 'Grace Hopper' } },
              { city: 'Hamburg', manager: { name: 'Barbara Liskov' } },
            ],
          },
        },
        {
          body: 'Too expensive.',
          author: { username: 'ada' },
          product: { name: 'Couch', inStock: false, shippingEstimate: 0, warehouses: [] },
        },
      ],
    },
  },
};

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}

/** The answer to `query`, asked again until somebody listens. */
async function ask(url, query) {
  for (let attempt = 0; ; attempt++) {
    try {
      const answer = await fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ query }),
      });
      if (answer.status !== 503) return await answer.json();
    } catch (error) {
      if (attempt === 100) throw error;
    }
    if (attempt === 100) throw new Error(`${url} is not ready`);
    await pause(100);
  }
}

const sorted = (schema) => printSchema(lexicographicSortSchema(schema));

await run(async () => {
  const folder = mkdtempSync(join(tmpdir(), 'cosmo-demo-'));
  const children = [];
  try {
    const [subgraphs, router] = [await freePort(), await freePort()];
    children.push(spawn(signet, ['demo', '--subgraphs-only', '--port', subgraphs], { stdio: 'ignore' }));
    const places = new URL('../../../router/demo/subgraphs/', import.meta.url);
    const config = executionConfig(
      ['accounts', 'inventory', 'products', 'reviews'].map((name) => ({
        name,
        url: `http://127.0.0.1:${subgraphs}/${name}`,
        sdl: readFileSync(new URL(`${name}.graphql`, places), 'utf8'),
      })),
    );
    const file = join(folder, 'demo.json');
    writeFileSync(file, config);
    children.push(spawn(signet, ['dev', '--supergraph', file, '--listen', `127.0.0.1:${router}`], { stdio: 'ignore' }));
    const url = `http://127.0.0.1:${router}/graphql`;
    const answer = await ask(url, QUERY);
    check(JSON.stringify(answer) === JSON.stringify(ANSWER), `the demo answers: ${JSON.stringify(answer)}`);
    const shown = await ask(url, getIntrospectionQuery({ inputValueDeprecation: true, specifiedByUrl: true }));
    const meant = buildSchema(JSON.parse(config).engineConfig.graphqlClientSchema);
    check(sorted(buildClientSchema(shown.data)) === sorted(meant), 'clients see the schema that is meant for them');
  } finally {
    for (const child of children) child.kill();
    rmSync(folder, { recursive: true });
  }
});
