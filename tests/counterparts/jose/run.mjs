// npm jose and signet read each other's statements:
//   - jose verifies what `signet sign` wrote: HS256, Ed25519, one signature and several, and nothing that was altered;
//   - `signet verify` takes what jose signed in our form (GeneralSign, protected header of typ, alg, kid);
//   - `signet verify` refuses what JOSE allows and our form does not, each variant signed with the right keys.
//
//   npm ci && node run.mjs <signet binary> [--verbose]

import { CompactSign, FlattenedSign, GeneralSign, base64url, generalVerify } from 'jose';
import { check, run, signet } from '../command_line.mjs';
import { World } from './world.mjs';

const kType = 'signet.statement.v1';
const kMalformed = 'statement_malformed';
const text = (value) => new TextEncoder().encode(value);

async function verifies(jws, key) {
  try {
    return await generalVerify(jws, key, { algorithms: ['HS256', 'Ed25519'] });
  } catch {
    return undefined;
  }
}

// jose takes a general JWS as soon as one signature is right, so that each is given to it alone.
async function joseReadsOurs(world) {
  const jws = world.signed();
  check(jws.signatures.length === 3, `${jws.signatures.length} signatures in what signet wrote, expected 3`);
  for (const [index, [kid, key]] of world.verifiers().entries()) {
    const alone = { payload: jws.payload, signatures: [jws.signatures[index]] };
    const alg = kid === 'approve-1' ? 'Ed25519' : 'HS256';
    const verified = await verifies(alone, key);
    check(verified !== undefined, `jose verifies ${kid} (${alg})`);
    if (!verified) continue;
    const { protectedHeader } = verified;
    check(Object.keys(protectedHeader).sort().join() === 'alg,kid,typ' && protectedHeader.typ === kType &&
      protectedHeader.kid === kid && protectedHeader.alg === alg, `jose reads the header of ${kid}: ${JSON.stringify(protectedHeader)}`);
    check(JSON.parse(new TextDecoder().decode(verified.payload)).graph === 'shop', `jose reads the statement that ${kid} signed`);
    check(await verifies(jws, key) !== undefined, `jose finds ${kid} among several signatures`);
    for (const [part, altered] of Object.entries(alterations(alone))) {
      check(await verifies(altered, key) === undefined, `jose refuses ${kid} with another ${part}`);
    }
    for (const [other, strange] of world.verifiers()) {
      if (other === kid) continue;
      check(await verifies(alone, strange) === undefined, `jose refuses ${kid} under the key of ${other}`);
    }
  }
}

function alterations({ payload, signatures: [{ protected: header, signature }] }) {
  const other = (value) => (value[5] === 'A' ? `${value.slice(0, 5)}B${value.slice(6)}` : `${value.slice(0, 5)}A${value.slice(6)}`);
  return {
    payload: { payload: other(payload), signatures: [{ protected: header, signature }] },
    header: { payload, signatures: [{ protected: other(header), signature }] },
    signature: { payload, signatures: [{ protected: header, signature: other(signature) }] },
  };
}

const release = (world, more = {}) => [{ typ: kType, alg: 'HS256', kid: 'release-1', ...more }, world.keys.release];
const approve = (world, more = {}) => [{ typ: kType, alg: 'Ed25519', kid: 'approve-1', ...more }, world.keys.approve];

// A general JWS by jose over `payload`, one signature for each [header, key, unprotected header].
async function general(payload, ...signers) {
  const sign = new GeneralSign(text(payload));
  for (const [header, key, unprotected, crit] of signers) {
    const signature = sign.addSignature(key, crit ? { crit } : undefined).setProtectedHeader(header);
    if (unprotected) signature.setUnprotectedHeader(unprotected);
  }
  return JSON.stringify(await sign.sign());
}

async function signetReadsJoses(world) {
  const payload = world.statement();
  const good = {
    Ed25519: await general(payload, release(world), approve(world)),
    'EdDSA, its older name': await general(payload, release(world), approve(world, { alg: 'EdDSA' })),
    'the approval first': await general(payload, approve(world), release(world)),
    'a signature by a stranger beside them': await general(payload, release(world), approve(world), release(world, { kid: 'stranger' })),
    'members of the header in another order': await general(payload, release(world),
      [{ kid: 'approve-1', typ: kType, alg: 'Ed25519' }, world.keys.approve]),
    'white space in the statement': await general(JSON.stringify(JSON.parse(payload), null, 2), release(world), approve(world)),
  };
  for (const [name, jws] of Object.entries(good)) {
    const { answer } = world.verify(jws);
    check(answer.verified === true && answer.approved === true, `signet takes jose's: ${name}: ${JSON.stringify(answer)}`);
  }
}

async function refusals(world) {
  const payload = world.statement();
  const both = JSON.parse(await general(payload, release(world), approve(world)));
  const [first, second] = both.signatures;
  const one = async (header, ...more) => general(payload, [header, ...more], approve(world));
  const [releaseHeader, releaseKey] = release(world);
  const unencoded = await new FlattenedSign(text(payload))
    .setProtectedHeader({ ...releaseHeader, b64: false, crit: ['b64'] }).sign(releaseKey);
  return {
    'an unprotected header': [await one(releaseHeader, releaseKey, { note: 'x' }), kMalformed],
    'kid in the unprotected header': [await one({ typ: kType, alg: 'HS256' }, releaseKey, { kid: 'release-1' }), kMalformed],
    'typ left out': [await one({ alg: 'HS256', kid: 'release-1' }, releaseKey), kMalformed],
    'typ JWT': [await one({ ...releaseHeader, typ: 'JWT' }, releaseKey), kMalformed],
    'typ in capitals': [await one({ ...releaseHeader, typ: kType.toUpperCase() }, releaseKey), kMalformed],
    'one more protected member': [await one({ ...releaseHeader, iat: 1 }, releaseKey), kMalformed],
    'an embedded key': [await one({ ...releaseHeader, jwk: { kty: 'oct', k: 'AAAA' } }, releaseKey), kMalformed],
    'a linked key': [await one({ ...releaseHeader, jku: 'https://keys.example' }, releaseKey), kMalformed],
    'a content type': [await one({ ...releaseHeader, cty: 'json' }, releaseKey), kMalformed],
    'crit, understood': [await one({ ...releaseHeader, note: 1, crit: ['note'] }, releaseKey, undefined, { note: true }), kMalformed],
    'b64 true': [await one({ ...releaseHeader, b64: true, crit: ['b64'] }, releaseKey), kMalformed],
    'b64 false': [JSON.stringify({ payload, signatures: [{ protected: unencoded.protected, signature: unencoded.signature }, second] }), kMalformed],
    'the flattened form': [JSON.stringify(await new FlattenedSign(text(payload)).setProtectedHeader(releaseHeader).sign(releaseKey)), kMalformed],
    'the compact form': [await new CompactSign(text(payload)).setProtectedHeader(releaseHeader).sign(releaseKey), kMalformed],
    'the compact form as a JSON string': [JSON.stringify(await new CompactSign(text(payload)).setProtectedHeader(releaseHeader).sign(releaseKey)), kMalformed],
    'HS384': [await one({ ...releaseHeader, alg: 'HS384' }, releaseKey), kMalformed],
    'HS512': [await one({ ...releaseHeader, alg: 'HS512' }, releaseKey), kMalformed],
    'HS256 under the kid of the Ed25519 key': [await general(payload, release(world), [{ typ: kType, alg: 'HS256', kid: 'approve-1' }, releaseKey]), 'signature'],
    'HS256 over the public key': [await general(payload, release(world), [{ typ: kType, alg: 'HS256', kid: 'approve-1' }, text(world.publicPem)]), 'signature'],
    'Ed25519 under the kid of the HS256 key': [await general(payload, [{ typ: kType, alg: 'Ed25519', kid: 'release-1' }, world.keys.approve], approve(world)), 'signature'],
    'another secret under the kid': [await general(payload, [releaseHeader, text('q8Zr1vT4wLx0NcYb7JmKfHs2PdGe5UaX')], approve(world)), 'signature'],
    'the release alone': [await general(payload, release(world)), 'admission_required'],
    'the approval alone': [await general(payload, approve(world)), 'roles_missing'],
    'strangers alone': [await general(payload, release(world, { kid: 'stranger' })), 'key_unknown'],
    'one signature twice': [JSON.stringify({ ...both, signatures: [first, second, second] }), kMalformed],
    'seventeen signatures': [await general(payload, ...Array.from({ length: 17 }, (_, i) => release(world, { kid: `k${i}` }))), kMalformed],
    'padding': [JSON.stringify({ ...both, signatures: [{ ...first, signature: `${first.signature}=` }, second] }), kMalformed],
    'another payload': [JSON.stringify({ ...both, payload: base64url.encode(world.statement({ previous: 'a'.repeat(64) })) }), 'signature'],
    'another graph, well signed': [await general(world.statement({ graph: 'other' }), release(world), approve(world)), 'wrong_graph'],
  };
}

async function signetRefuses(world) {
  for (const [name, [jws, reason]] of Object.entries(await refusals(world))) {
    const { answer, code } = world.verify(jws);
    check(answer.verified === false && answer.reason === reason && code === 1, `signet refuses ${name} with ${reason}: ${JSON.stringify(answer)}`);
  }
}

async function main() {
  const world = await World.make(signet);
  try {
    await joseReadsOurs(world);
    await signetReadsJoses(world);
    await signetRefuses(world);
  } finally {
    world.remove();
  }
}

await run(main);
