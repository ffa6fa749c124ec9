// The log: JSON lines on stdout, written in the background so that no request waits for it. What happened to money is in the journal.

import pino, { type Logger } from 'pino';

/** Members that never reach the log, wherever they stand, should code ever log a whole request. */
const SECRET_PATHS = [
  'authorization',
  'cookie',
  'password',
  'token',
  'key',
  '*.authorization',
  '*.cookie',
  '*.password',
  '*.token',
  '*.key',
];

/** The logger, and how to write out what is still buffered. */
export interface Log {
  readonly logger: Logger;
  flush(): void;
}

/** A logger at `level`. */
export const createLog = (level: string): Log => {
  const destination = pino.destination({ dest: 1, sync: false, minLength: 4096, periodicFlush: 500 });
  const logger = pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      redact: { paths: SECRET_PATHS, censor: '[redacted]' },
    },
    destination,
  );
  return { logger, flush: () => destination.flushSync() };
};
