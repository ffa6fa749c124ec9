// The log: JSON lines on stdout, written in the background so that no request waits for it. What happened to money is in the journal.

import pino, { type Logger } from 'pino';

/** Members that never reach the log, on a line or one level below it, should code ever log a whole request. */
const SECRET_MEMBERS: ReadonlySet<string> = new Set(['authorization', 'cookie', 'password', 'token', 'key']);
const CENSORED = '[redacted]';

type Fields = Record<string, unknown>;

const isPlainObject = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !(value instanceof Error);

/** The members without secrets; the same object if there are none. By hand, because pino's own paths with `*` cost more than the line. */
const redact = (members: Fields, levels: number): Fields => {
  let clean = members;
  for (const name of Object.keys(members)) {
    const value = members[name];
    let shown = value;
    if (SECRET_MEMBERS.has(name)) shown = CENSORED;
    else if (levels > 1 && isPlainObject(value)) shown = redact(value, levels - 1);
    if (shown === value) continue;
    if (clean === members) clean = { ...members };
    clean[name] = shown;
  }
  return clean;
};

/** The logger, and how to write out what is still buffered. */
export interface Log {
  readonly logger: Logger;
  flush(): void;
}

/** Few large writes: each one wakes another thread. Lines wait half a second at most. */
const BUFFER = { minLength: 16_384, maxWrite: 65_536, periodicFlush: 500 } as const;

/** A logger at `level` that writes to an open file. */
export const createLog = (level: string, fileDescriptor = 1): Log => {
  const destination = pino.destination({ dest: fileDescriptor, sync: false, ...BUFFER });
  const logger = pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { log: (fields) => redact(fields, 2) },
      serializers: { err: (error: Error) => redact(pino.stdSerializers.err(error) as unknown as Fields, 1) },
    },
    destination,
  );
  return { logger, flush: () => destination.flushSync() };
};
