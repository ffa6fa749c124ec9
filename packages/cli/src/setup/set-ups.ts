// Remembers which tools are set up: on which grant, and what was written where, so that it can be taken back. What was replaced may have been
// a key, so the file MUST never be readable by anybody else.

import { dirname, join } from 'node:path';
import { type Result, succeed } from '@valetkey/core';
import { configPath, writePrivately } from '../config.ts';
import { type Failure, failSaying } from '../failure.ts';
import type { Env } from '../program-env.ts';
import { findFile } from '../write-whole.ts';
import type { KeptFile } from './plan-changes.ts';

/** A tool that is set up. */
export interface SetUp {
  /** The origin of the server, and the grant that the tool's tokens come from. */
  readonly server: string;
  readonly grantId: string;
  readonly files: readonly KeptFile[];
}

/** By the name of the tool. */
export type SetUps = Readonly<Record<string, SetUp>>;

/** The folder of the login file, and of what tools are given in files. */
export const ownFolder = (env: Env): string => dirname(configPath(env));

const pathOf = (env: Env): string => join(ownFolder(env), 'setups.json');

/** What is set up; nothing where nothing ever was. */
export function readSetUps(env: Env): Result<SetUps, Failure> {
  const found = findFile(pathOf(env));
  if (!found.ok) return found;
  try {
    const setUps: SetUps = found.value ? JSON.parse(found.value.text) : {};
    if (
      Object.values(setUps).every(({ server, grantId, files }) => server && grantId && Array.isArray(files))
    )
      return succeed(setUps);
  } catch {}
  return failSaying(({ toolFiles }) => toolFiles.damaged(pathOf(env)));
}

/** Remembers a tool; forgets it where `setUp` is null. */
export function keepSetUp(env: Env, tool: string, setUp: SetUp | null): Result<void, Failure> {
  const read = readSetUps(env);
  if (!read.ok) return read;
  const { [tool]: _, ...others } = read.value;
  return writePrivately(pathOf(env), { ...others, ...(setUp && { [tool]: setUp }) });
}
