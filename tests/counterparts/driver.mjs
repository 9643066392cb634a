// A driver: one of our programs that answers each line of JSON with a line of JSON. And the options of the runs that
// ask one.
//
//   node run.mjs <path of the driver> [--count N] [--seed N] [--show N]

import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { seedOfTree } from './seed.mjs';

const [driverPath, ...rest] = process.argv.slice(2);

/** The numbers of the command line over these; without a driver's path the usage, and exit code 2. */
export function readOptions(name, defaults) {
  if (!driverPath) {
    console.error(`usage: node run.mjs <path of ${name}> [--count N] [--seed N] [--show N]`);
    process.exit(2);
  }
  const options = { seed: seedOfTree(), ...defaults };
  for (let i = 0; i + 1 < rest.length; i += 2) options[rest[i].replace(/^--/, '')] = Number(rest[i + 1]);
  return options;
}

/** Starts the driver. A driver that ends while an answer is due ends the run as failed. */
export function startDriver() {
  const driver = spawn(driverPath, { stdio: ['pipe', 'pipe', 'inherit'] });
  const waiting = [];
  createInterface({ input: driver.stdout }).on('line', (line) => waiting.shift()(JSON.parse(line)));
  driver.on('exit', (code, signal) => {
    if (waiting.length === 0) return;
    console.log(`the driver ended with ${signal ?? code}`);
    console.log('0 passed, 1 failed');
    process.exit(1);
  });
  return {
    ask(request) {
      return new Promise((resolve) => {
        waiting.push(resolve);
        driver.stdin.write(`${JSON.stringify(request)}\n`);
      });
    },
    end() {
      driver.stdin.end();
    },
  };
}

/** The score, which is the last line, and the exit code. */
export function finish(score, { seed }) {
  if (score.failed > 0) console.log(`again: --seed ${seed}`);
  console.log(`${score.passed} passed, ${score.failed} failed`);
  process.exit(score.failed === 0 ? 0 : 1);
}
