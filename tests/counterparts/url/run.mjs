// What our egress list allows, Node's URL reads the same way: scheme, host and port; and the host is in the list by a
// matcher of its own. Over the corpus with its verdicts by hand, and over URLs made of tricks.
//
//   node run.mjs <egress_driver> [--count N] [--seed N] [--verbose]

import { execFileSync } from 'node:child_process';
import { check, run, signet as driver } from '../command_line.mjs';
import { seedOfTree } from '../seed.mjs';
import { UrlGenerator } from './generate.mjs';

const options = { count: 150000, seed: seedOfTree() };
for (let i = 3; i + 1 < process.argv.length; i++) {
  if (process.argv[i] === '--count' || process.argv[i] === '--seed') options[process.argv[i].slice(2)] = Number(process.argv[i + 1]);
}

const base64 = (text) => Buffer.from(text, 'utf8').toString('base64');
const judge = (lines) => execFileSync(driver, { input: lines.join('\n') + '\n', maxBuffer: 1 << 28 }).toString().trimEnd().split('\n');

// The policy of tests/unit/router/http/url_corpus.hpp, written once more.
const listed = new Set(['https://good.test:443', 'https://pay.example:8443', 'http://products:4001', 'https://10.1.2.3:443',
  'http://127.0.0.1:4001', 'https://8.8.8.8:443']);
const wildcard = /^https:\/\/[a-z0-9-]+\.shop\.internal:443$/;

const kDefaultPorts = { 'http:': '80', 'https:': '443' };

/** What Node makes of it: "scheme host port", or what else stands in it that must not. */
function nodeSees(text) {
  let url;
  try {
    url = new URL(text);
  } catch (error) {
    return `no URL: ${error.code}`;
  }
  if (url.username || url.password || url.hash) return `more than a place: ${url.href}`;
  if (url.protocol === 'unix:') return `unix ${url.pathname} 0`;
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
  return `${url.protocol.slice(0, -1)} ${host} ${url.port || kDefaultPorts[url.protocol]}`;
}

function inList(seen) {
  const [scheme, host, port] = seen.split(' ');
  if (scheme === 'unix') return host === '/run/a.sock';
  const origin = `${scheme}://${host}:${port}`;
  return listed.has(origin) || wildcard.test(origin);
}

/** Why what we say is wrong; undefined: it is not. */
function wrong(text, verdict) {
  if (!verdict.startsWith('allowed ')) return ['denied', 'malformed'].includes(verdict) ? undefined : `the driver says ${verdict}`;
  const ours = verdict.slice('allowed '.length);
  const seen = nodeSees(text);
  if (seen !== ours) return `we see ${ours}, Node ${seen}`;
  return inList(seen) ? undefined : `${seen} is not in the list`;
}

// How many URLs would pass that should not, were hosts read by a regular expression, as is often done.
function naiveAllows(text) {
  const parts = /^(https?):\/\/([^/:?#]+)(?::(\d+))?/i.exec(text);
  if (!parts) return false;
  const scheme = parts[1].toLowerCase();
  const origin = `${scheme}://${parts[2].toLowerCase()}:${parts[3] ?? kDefaultPorts[`${scheme}:`]}`;
  return listed.has(origin) || /^https:\/\/.*\.shop\.internal:443$/.test(origin);
}

function corpus() {
  const rows = execFileSync(driver, ['corpus']).toString().trimEnd().split('\n').map((line) => line.split(' '));
  check(rows.length >= 80, `the corpus has ${rows.length} rows`);
  const verdicts = judge(rows.map(([url]) => url));
  rows.forEach(([url, expected], at) => {
    const text = Buffer.from(url, 'base64').toString('utf8');
    const why = wrong(text, verdicts[at]);
    check(verdicts[at].split(' ')[0] === expected && !why, `${JSON.stringify(text)}: ${verdicts[at]}, expected ${expected} ${why ?? ''}`);
  });
}

function generated() {
  console.log(`seed ${options.seed}, ${options.count} URLs`);
  const generator = new UrlGenerator(options.seed);
  const texts = Array.from({ length: options.count }, () => generator.next());
  const verdicts = judge(texts.map(base64));
  check(verdicts.length === texts.length, `${verdicts.length} verdicts on ${texts.length} URLs`);
  const disagreements = texts.map((text, at) => [text, wrong(text, verdicts[at])]).filter(([, why]) => why);
  disagreements.slice(0, 20).forEach(([text, why]) => console.log(`     ${JSON.stringify(text)}: ${why}`));
  check(disagreements.length === 0, `${disagreements.length} disagreements`);
  // The tricks are worth something: some URLs pass, and many would fool a simpler reader.
  const allowed = verdicts.filter((verdict) => verdict.startsWith('allowed')).length;
  const fooled = texts.filter((text) => naiveAllows(text) && !inList(nodeSees(text))).length;
  const distinct = new Set(texts).size;
  console.log(`${distinct} distinct, ${allowed} allowed; a regular expression would be fooled ${fooled} times`);
  check(distinct >= options.count / 2, `${distinct} distinct URLs`);
  check(allowed >= options.count / 100, `${allowed} allowed`);
  check(fooled >= options.count / 1000, `${fooled} would fool a regular expression`);
}

await run(() => {
  corpus();
  generated();
});
