// What Node has compiled is kept between the processes of a test run: tests start the product hundreds of times, and with this a start takes
// half the processor.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Makes the folder and names it to all processes that are started after it; returns what removes it. Vitest calls it as a global set-up. */
export default function keepCompiledCode(): (() => void) | undefined {
  if (process.env.NODE_COMPILE_CACHE !== undefined) return;
  const folder = mkdtempSync(join(tmpdir(), 'valetkey-compiled-'));
  process.env.NODE_COMPILE_CACHE = folder;
  return () => rmSync(folder, { recursive: true, force: true });
}

/** The part of an environment that lets a process use what others have compiled. */
export const compiledCode = (): Record<string, string> => {
  const { NODE_COMPILE_CACHE } = process.env;
  return NODE_COMPILE_CACHE ? { NODE_COMPILE_CACHE } : {};
};
