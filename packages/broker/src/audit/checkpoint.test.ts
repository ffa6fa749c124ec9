// A signature is a checkpoint's only if it says so and signs all of one, with a key that is given.

import { generateKeyPairSync } from 'node:crypto';
import { CompactSign } from 'jose';
import { describe, expect, it } from 'vitest';
import {
  type Checkpoint,
  checkpointLine,
  checkpointReader,
  findCheckpoint,
  signCheckpoint,
} from './checkpoint.ts';

const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const read = checkpointReader({ keys: [{ ...publicKey.export({ format: 'jwk' }), kid: 'k' }] });
const checkpoint: Checkpoint = { owner: 'o', seq: 1, hash: 'h', at: 1000, broker: 'https://broker.test' };

describe('what was signed with a key of ours', () => {
  it('is a checkpoint as it was signed', async () => {
    expect(await read(await signCheckpoint(checkpoint, 'k', privateKey))).toEqual(checkpoint);
  });

  it('is none where it is of another type', async () => {
    const text = new TextEncoder().encode(JSON.stringify(checkpoint));
    const sign = (header: object) =>
      new CompactSign(text).setProtectedHeader({ alg: 'ES256', kid: 'k', ...header }).sign(privateKey);
    expect(await read(await sign({ typ: 'valetkey-checkpoint+jws' }))).toEqual(checkpoint);
    expect(await read(await sign({ typ: 'valetkey-receipt+jwt' }))).toBeNull();
    expect(await read(await sign({}))).toBeNull();
  });

  it.each(Object.keys(checkpoint))(
    'is none where its %s is missing, null or of another kind',
    async (name) => {
      for (const value of [undefined, null, true, [1]]) {
        const signed = await signCheckpoint({ ...checkpoint, [name]: value }, 'k', privateKey);
        expect(await read(signed)).toBeNull();
      }
    },
  );

  it('is none where somebody else signed it', async () => {
    const other = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
    expect(await read(await signCheckpoint(checkpoint, 'k', other))).toBeNull();
  });
});

it('a checkpoint is found in a line of any text, by its owner alone, and not where it was cut off', async () => {
  const jws = await signCheckpoint(checkpoint, 'k', privateKey);
  expect(findCheckpoint(checkpointLine(jws), 'o')).toBe(jws);
  expect(findCheckpoint(`2026-11-23 {"level":30,"checkpoint":"${jws}"}`, 'o')).toBe(jws);
  expect(findCheckpoint(checkpointLine(jws), 'other')).toBeNull();
  expect(findCheckpoint(`{"checkpoint":"${jws.slice(0, -1)}`, 'o')).toBeNull();
});
