// A real browser for tests: the machine's own Chromium where there is one, else the one that an npm package ships. Tests that need it
// fail where there is none; they are never skipped.

import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type Browser, chromium } from 'playwright-core';

const DEBIAN = '/usr/bin/chromium';

/** Nothing here talks to the browser's makers, and nothing needs a screen. */
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/**
 * Finds or unpacks Chromium and notes it in `CHROMIUM` and `CHROMIUM_LIBRARIES` for the processes started after it. MUST run once, before
 * tests run side by side: two at a time would unpack over each other. Vitest calls it as its global set-up.
 */
export default async function provideChromium(): Promise<void> {
  if (process.env.CHROMIUM) return;
  if (existsSync(DEBIAN)) {
    process.env.CHROMIUM = DEBIAN;
    return;
  }
  const { default: shipped, inflate } = await import('@sparticuz/chromium');
  process.env.CHROMIUM = await shipped.executablePath();
  // A bare machine lacks some libraries that the package brings as well, for the one system it is made for.
  const packageFolder = dirname(dirname(createRequire(import.meta.url).resolve('@sparticuz/chromium')));
  await inflate(join(packageFolder, 'bin', 'al2023.tar.br'));
  process.env.CHROMIUM_LIBRARIES = join(tmpdir(), 'al2023', 'lib');
}

/** Starts Chromium without a window. */
export const launchChromium = (): Promise<Browser> => {
  const { CHROMIUM: executablePath, CHROMIUM_LIBRARIES: libraries } = process.env;
  if (!executablePath || !existsSync(executablePath)) {
    throw new Error(
      `These tests need Chromium, and there is none at ${executablePath}. Install it or set CHROMIUM to its path.`,
    );
  }
  const own = Object.entries(process.env).filter(
    (entry): entry is [string, string] => entry[1] !== undefined,
  );
  const env = { ...Object.fromEntries(own), ...(libraries ? { LD_LIBRARY_PATH: libraries } : {}) };
  return chromium.launch({ executablePath, args: FLAGS, env });
};
