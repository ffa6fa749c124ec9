// The room that is kept: taken once, real bytes, given up and taken again.

import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { FileHeadroom } from './headroom.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'valetkey-headroom-'));
});
afterEach(() => rmSync(folder, { recursive: true }));
const file = () => join(folder, 'valetkey.reserve');

it('takes real bytes, private ones, at its first restore', () => {
  const headroom = new FileHeadroom(folder);
  expect([headroom.isHeld, existsSync(file())]).toEqual([true, false]);
  expect(headroom.restore()).toBe(true);
  const { size, blocks, mode } = statSync(file());
  expect([size, blocks * 512 >= size, mode & 0o777]).toEqual([8 * 1024 * 1024, true, 0o600]);
});

it('gives the room up and takes it again', () => {
  const headroom = new FileHeadroom(folder);
  headroom.restore();
  headroom.release();
  expect([headroom.isHeld, existsSync(file())]).toEqual([false, false]);
  expect([headroom.restore(), headroom.isHeld, existsSync(file())]).toEqual([true, true, true]);
});

it('finds the room that an earlier process took', () => {
  new FileHeadroom(folder).restore();
  const { ino } = statSync(file());
  const headroom = new FileHeadroom(folder);
  expect([headroom.restore(), statSync(file()).ino]).toEqual([true, ino]);
});
