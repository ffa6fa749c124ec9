#!/usr/bin/env node
// The entry of the command line: joins it to this process.

import { runCli } from './cli.ts';
import { EXIT } from './failure.ts';
import { processWorld } from './process-world.ts';

process.once('SIGINT', () => process.exit(EXIT.interrupted));
// The reader of a pipe may have seen enough (`valetkey logs | head`).
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(EXIT.ok);
});

process.exitCode = await runCli(process.argv.slice(2), processWorld());
