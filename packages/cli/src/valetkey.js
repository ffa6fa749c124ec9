#!/usr/bin/env node
// What `valetkey` runs. It is JavaScript that every Node understands, because an older one cannot even read the TypeScript of the rest: it
// MUST end here in a sentence, not in a stack trace.

// Before anything is loaded: a SIGUSR1 would open the inspector, which shows the memory and with it provider keys.
process.on('SIGUSR1', () => undefined);

const OLDEST_NODE = 24;

if (Number.parseInt(process.versions.node, 10) >= OLDEST_NODE) {
  await import('./main.ts');
} else {
  process.stderr.write(
    `valetkey: needs Node ${OLDEST_NODE} or newer, this is ${process.versions.node}. Without installing one: npx --package node@26 --package valetkey valetkey\n`,
  );
  process.exitCode = 1;
}
