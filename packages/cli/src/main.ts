#!/usr/bin/env node
// The entry of the command line: joins it to this process.

import { runCli } from './cli.ts';
import { EXIT } from './failure.ts';
import { processWorld } from './process-world.ts';

process.once('SIGINT', () => process.exit(EXIT.interrupted));
// The reader of a pipe may have seen enough (`valetkey logs | head`).
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(EXIT.ok);
  process.stderr.write(`valetkey: Cannot write the result (${error.code}).\n`);
  process.exit(EXIT.error);
});
// Nobody listens any more: the work goes on, which may be to end a grant.
process.stderr.on('error', () => {});

process.exitCode = await runCli(process.argv.slice(2), processWorld());
