// A world of the checker as an execution config, on standard output. Run in the checker's folder, which reads worlds.
//
//   node compose.mjs <base URL of the subgraphs> <folder of the world>
//
// Exit code 3: Cosmo's composition does not take the world.

import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { executionConfig, Refused } from './execution-config.mjs';

const { readWorld } = await import(pathToFileURL(join(process.cwd(), 'worlds.mjs')));
const [base, folder] = process.argv.slice(2);
const world = readWorld(folder);
try {
  console.log(executionConfig(world.subgraphs.map(({ name, sdl }) => ({ name, sdl, url: `${base}/${world.name}/${name}` }))));
} catch (error) {
  if (!(error instanceof Refused)) throw error;
  console.error(error.message);
  process.exitCode = 3;
}
