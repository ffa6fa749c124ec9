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

/** The logger, a shorter way for the one line that every call pays for, and how to write out what is still buffered. */
export interface Log {
  readonly logger: Logger;
  /** Writes the line of a call as the logger would at `info`. MUST only be given fields of plain JSON and no secrets: none is looked for. */
  call(fields: object, atMs: number): void;
  flush(): void;
}

/** The line of a call, its members first to last as the logger writes them. */
const callLine = (fields: object, time: string): string =>
  `{"level":30,"time":"${time}",${JSON.stringify(fields).slice(1, -1)},"msg":"call"}\n`;

/** Times as text; calls come many to a millisecond. */
const isoTimes = (): ((atMs: number) => string) => {
  let [lastMs, text] = [Number.NaN, ''];
  return (atMs) => {
    if (atMs !== lastMs) [lastMs, text] = [atMs, new Date(atMs).toISOString()];
    return text;
  };
};

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
  const isoTime = isoTimes();
  const call = (fields: object, atMs: number): void => {
    if (logger.isLevelEnabled('info')) destination.write(callLine(fields, isoTime(atMs)));
  };
  return { logger, call, flush: () => destination.flushSync() };
};
