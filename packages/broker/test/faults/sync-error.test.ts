// F5: the disk reports an error when it is asked to make a commit durable. Nothing is forwarded on such a commit, the handle that saw the
// error is never asked again (a second fsync may claim that what was lost is safe), and all goes on by itself when the disk works again.

import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { BrokerHouse } from './broker-house.ts';
import { callsOf, expectMoneyIsRight } from './money.ts';
import { PRICES } from './start-gate.ts';

/** Put before the C library: while the file BROKEN exists, every fsync fails; one on a handle that has failed before makes the file RETRIED. */
const SHIM = `
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>
static volatile char failed[65536];
static int sync_or_fail(int fd, long call) {
  if (fd >= 0 && fd < 65536 && failed[fd]) syscall(SYS_close, open(getenv("RETRIED"), O_CREAT | O_WRONLY, 0600));
  if (access(getenv("BROKEN"), F_OK) != 0) return syscall(call, fd);
  if (fd >= 0 && fd < 65536) failed[fd] = 1;
  errno = EIO;
  return -1;
}
int fsync(int fd) { return sync_or_fail(fd, SYS_fsync); }
int fdatasync(int fd) { return sync_or_fail(fd, SYS_fdatasync); }
int close(int fd) {
  if (fd >= 0 && fd < 65536) failed[fd] = 0;
  return syscall(SYS_close, fd);
}
`;

const folder = mkdtempSync(join(tmpdir(), 'valetkey-sync-'));
const [broken, retried] = [join(folder, 'broken'), join(folder, 'retried')];

const compileShim = (): string | null => {
  const library = join(folder, 'shim.so');
  try {
    writeFileSync(join(folder, 'shim.c'), SHIM);
    execFileSync('/usr/bin/cc', ['-shared', '-fPIC', '-o', library, join(folder, 'shim.c')], {
      stdio: 'pipe',
    });
    return library;
  } catch {
    process.stderr.write('There is no C compiler here: the test on a disk that can not sync cannot run.\n');
    return null;
  }
};

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe.each([compileShim()].filter((library) => library !== null))(
  'a disk that can not sync (%s)',
  (library) => {
    it('stops everything that is not durable, and nothing is lost when it works again', async () => {
      const house = await BrokerHouse.prepare();
      const broker = await house.start({ LD_PRELOAD: library, BROKEN: broken, RETRIED: retried });
      const health = async () => (await fetch(`${house.url}/healthz`)).status;
      try {
        expect((await house.ask()).status).toBe(200);
        house.simulator.hold({ events: 1 });
        const running = house.ask({ stream: true });
        await house.simulator.held();
        const forwarded = house.simulator.requests.length;

        writeFileSync(broken, '');
        const refused = await Promise.all([house.ask(), house.ask({ stream: true }), house.ask()]);
        expect(refused.map(({ status, code }) => [status, code])).toEqual(
          new Array(3).fill([503, 'unavailable']),
        );
        expect(await health()).toBe(503);
        house.simulator.release();
        expect((await running).isWhole).toBe(true);
        expect((await house.ask()).status).toBe(503);
        expect(house.simulator.requests).toHaveLength(forwarded);

        rmSync(broken);
        await expect.poll(health, { timeout: 60_000, interval: 50 }).toBe(200);
        expect((await house.ask()).status).toBe(200);
        expect(await broker.stop('SIGTERM')).toBe(0);
        const tables = house.tables();
        const figures = expectMoneyIsRight(tables, house.simulator, PRICES);
        const settled = callsOf(tables).filter(({ outcome }) => outcome === 'call.settled');
        tables.close();
        expect([figures.forwarded, settled.length, figures.ceilings]).toEqual([3, 3, 0]);
        expect(existsSync(retried)).toBe(false);
      } finally {
        await broker.stop('SIGKILL');
        await house.close();
      }
    }, 120_000);
  },
);
