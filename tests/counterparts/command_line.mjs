// What the runs against other programs have in common: their command line, and the count that deploy/test reads.
//
//   node run.mjs <signet binary> [--verbose]

const [binary, ...rest] = process.argv.slice(2);
if (!binary) {
  console.error('usage: node run.mjs <signet binary> [--verbose]');
  process.exit(2);
}
const verbose = rest.includes('--verbose');
const score = { passed: 0, failed: 0 };

export const signet = binary;

export function check(good, text) {
  good ? score.passed++ : score.failed++;
  if (!good || verbose) console.log(`${good ? 'ok   ' : 'FAIL '} ${text}`);
}

/** Runs it to its end, then tells the score: the last line, and the exit code. What it throws counts as a failure. */
export async function run(checks) {
  try {
    await checks();
  } catch (error) {
    console.log(error.stack);
    score.failed++;
  }
  console.log(`${score.passed} passed, ${score.failed} failed`);
  process.exitCode = score.failed === 0 ? 0 : 1;
}
