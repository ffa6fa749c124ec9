import { mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createLog } from './logger.ts';

describe('the log', () => {
  let dir: string;
  beforeAll(() => {
    dir = mkdtempSync(join(tmpdir(), 'valetkey-log-'));
  });
  afterAll(() => rmSync(dir, { recursive: true, force: true }));

  const linesOf = (
    write: (log: ReturnType<typeof createLog>['logger'], call: ReturnType<typeof createLog>['call']) => void,
    level = 'info',
  ) => {
    const file = join(dir, `${Math.random()}.log`);
    // Stays open: the log looks for something to write twice a second, as long as the process runs.
    const fileDescriptor = openSync(file, 'w');
    const log = createLog(level, fileDescriptor);
    write(log.logger, log.call);
    log.flush();
    return readFileSync(file, 'utf8')
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line));
  };

  it.each(['authorization', 'cookie', 'password', 'token', 'key'])(
    'never holds a member named %s, on a line, one level below it or in an error',
    (name) => {
      const error = Object.assign(new Error('broke'), { [name]: 'secret' });
      const lines = linesOf((log) => {
        log.info({ [name]: 'secret', request: { [name]: 'secret', path: '/' } }, 'plain');
        log.warn({ err: error, [name]: 'secret' }, 'an error');
        log.error({ request: { [name]: 'secret' } });
      });
      expect(lines).toHaveLength(3);
      expect(JSON.stringify(lines)).not.toContain('secret');
      expect(lines[0]).toMatchObject({ [name]: '[redacted]', request: { [name]: '[redacted]', path: '/' } });
    },
  );

  it('leaves every other member as it is', () => {
    const fields = { status: 200, missing: undefined, usage: { input: 1 }, models: ['a'] };
    const [line] = linesOf((log) => log.info(fields, 'call'));
    const time = expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
    expect(line).toEqual({ level: 30, time, status: 200, usage: { input: 1 }, models: ['a'], msg: 'call' });
    expect(fields).toEqual({ status: 200, usage: { input: 1 }, models: ['a'] });
  });

  it.each(['info', 'warn'])('writes the line of a call as any other, at level %s', (level) => {
    const fields = { call_id: 'call_1', model: 'a "b"', outcome: undefined, status: null, cost_nanos: 5 };
    const lines = linesOf((log, call) => {
      log.info(fields, 'call');
      call(fields, Date.UTC(2026, 10, 22));
    }, level);
    const times = lines.map(({ time, ...line }) => [JSON.stringify(Object.keys(line)), line] as const);
    expect(times[1]).toEqual(times[0]);
    expect(lines.map(({ time }) => time)[1]).toBe(level === 'info' ? '2026-11-22T00:00:00.000Z' : undefined);
  });

  it('writes a line for what JSON cannot hold', () => {
    const circle: Record<string, unknown> = { name: 'round' };
    circle.self = circle;
    const lines = linesOf((log) => {
      log.info({ circle }, 'call');
      log.info({ big: 1n }, 'call');
    });
    expect(lines.map(({ msg }) => msg)).toEqual(['call', 'call']);
  });

  it('is silent below its level', () => {
    expect(linesOf((log) => log.info({ status: 200 }, 'call'), 'warn')).toEqual([]);
  });
});
