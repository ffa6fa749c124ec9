#!/usr/bin/env node
// The entry of `valetkey`: joins the command line to this process. An older Node MUST end here in a sentence, not in a stack trace.

const OLDEST_NODE = 26;

if (Number.parseInt(process.versions.node, 10) < OLDEST_NODE) {
  process.stderr.write(
    `valetkey: needs Node ${OLDEST_NODE} or newer, this is ${process.versions.node}. Run "npx valetkey", which uses the Node in node_modules.\n`,
  );
  process.exit(1);
}

const { runCli } = await import('./cli.ts');
const { EXIT } = await import('./failure.ts');
const { processWorld } = await import('./process-world.ts');

process.once('SIGINT', () => process.exit(EXIT.interrupted));
// The reader of a pipe may have seen enough (`valetkey logs | head`).
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(EXIT.ok);
  throw error;
});

process.exitCode = await runCli(process.argv.slice(2), processWorld());
