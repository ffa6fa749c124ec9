// What a place to keep checkpoints promises: all of them or a failure, in whole lines, and no address in what it says.

import { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, describe, expect, it } from 'vitest';
import { openSink } from './checkpoint-sinks.ts';

const scratch = mkdtempSync(join(tmpdir(), 'valetkey-sinks-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));
const noLog = () => expect.unreachable();

describe('a file', () => {
  const path = join(scratch, 'new folder', 'checkpoints.jsonl');
  const sink = openSink({ kind: 'file', path }, noLog);

  it('is made for this user alone, only ever added to, and begins a new line after one that was cut off', async () => {
    await sink(['a.b.c', 'd.e.f']);
    expect([path, dirname(path)].map((each) => statSync(each).mode & 0o777)).toEqual([0o600, 0o700]);
    appendFileSync(path, '{"checkpo');
    await sink(['g.h.i']);
    await sink(['j.k.l']);
    expect(readFileSync(path, 'utf8').split('\n')).toEqual([
      ...['{"checkpoint":"a.b.c"}', '{"checkpoint":"d.e.f"}', '{"checkpo'],
      ...['{"checkpoint":"g.h.i"}', '{"checkpoint":"j.k.l"}', ''],
    ]);
  });

  it('that can not be written is a failure', async () => {
    await expect(openSink({ kind: 'file', path: join(path, 'x') }, noLog)(['a.b.c'])).rejects.toThrow();
  });
});

describe('the log', () => {
  it('gets a line for each', async () => {
    const lines: object[] = [];
    await openSink({ kind: 'stdout' }, (fields) => lines.push(fields))(['a.b.c', 'd.e.f']);
    expect(lines).toEqual([{ checkpoint: 'a.b.c' }, { checkpoint: 'd.e.f' }]);
  });
});

describe('an address', () => {
  it.each([
    [200, null],
    [503, 'the address answered 503'],
    [302, 'the address was not reached'],
  ])('that answers %i: %s', async (status, problem) => {
    const bodies: string[] = [];
    const server = createServer(async (request, response) => {
      bodies.push(`${request.method} ${request.headers['content-type']} ${await text(request)}`);
      response.writeHead(status, { location: '/elsewhere' }).end('x');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/secret-path`;
    const sent = openSink({ kind: 'url', url }, noLog)(['a.b.c']);
    const error = await sent.then(
      () => null,
      (thrown: Error) => thrown.message,
    );
    server.closeAllConnections();
    server.close();
    expect(bodies).toEqual(['POST application/x-ndjson {"checkpoint":"a.b.c"}\n']);
    if (problem === null) expect(error).toBeNull();
    else expect(error).toContain(problem);
    expect(String(error)).not.toContain('secret-path');
  });

  it('that is not there is a failure that does not repeat it', async () => {
    const url = 'http://127.0.0.1:1/secret-path';
    const sent = openSink({ kind: 'url', url }, noLog)(['a.b.c']);
    await expect(sent).rejects.toThrow(/^the address was not reached \(\w+\)$/);
  });
});
