#!/usr/bin/env node
// The entry of the command line: joins it to this process.

import { languageOfTerminal } from '@valetkey/core';
import { EXIT } from './failure.ts';
import { speak, t } from './messages/messages.ts';

process.once('SIGINT', () => process.exit(EXIT.interrupted));
// The reader of a pipe may have seen enough (`valetkey logs | head`).
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(EXIT.ok);
  process.stderr.write(`valetkey: ${t.resultNotWritten(error.code)}\n`);
  process.exit(EXIT.error);
});
// Nobody listens any more: the work goes on, which may be to end a grant.
process.stderr.on('error', () => {});

await speak(languageOfTerminal(process.env));
// Only now: commands read their words when they are loaded.
const [{ runCli }, { processWorld }] = await Promise.all([import('./cli.ts'), import('./process-world.ts')]);
process.exitCode = await runCli(process.argv.slice(2), processWorld());
