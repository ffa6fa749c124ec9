// Guarantees of the package as a whole: it needs nothing but itself and what every platform has, and the first program of its README runs.

import { spawn } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect, it } from 'vitest';
import { startHouse } from '../../broker/test/house/start-house.ts';

const PACKAGE = join(import.meta.dirname, '..');
const read = (path: string): string => readFileSync(join(PACKAGE, path), 'utf8');

it('imports its own files alone: no dependency, nothing of Node', () => {
  const files = globSync('{src,browser}/**/*.ts', { cwd: PACKAGE }).filter(
    (path) => !path.endsWith('.test.ts'),
  );
  const imported = files.flatMap((path) =>
    [...read(path).matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)].map(([, name = '']) =>
      name.startsWith('.') ? join(dirname(path), name) : name,
    ),
  );
  expect(imported.length).toBeGreaterThan(10);
  expect(imported.filter((path) => !files.includes(path))).toEqual([]);
  expect(JSON.parse(read('package.json'))).not.toHaveProperty('dependencies');
});

it('does what its README says in two minutes', async () => {
  const [, program = ''] = /```js\n(\/\/ planner\.js\n.*?)```/s.exec(read('README.md')) ?? [];
  const house = await startHouse();
  const { id, token } = await house.grant({
    provider: 'sandbox',
    models: ['sandbox-*'],
    limits: { total_spend: 1 },
    delegation: { max_depth: 1 },
  });
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
    cwd: join(PACKAGE, '../..'),
    env: { PATH: process.env.PATH ?? '', VALETKEY_URL: house.url, VALETKEY_TOKEN: token },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [out, said] = await Promise.all([text(child.stdout), text(child.stderr)]);
  expect(said).toBe('');
  expect(out).toContain('This is a simulated answer');
  expect(out).toMatch(/remainingUsd: '(?:0\.9\d+|1)'/);
  const { data } = (await house.api('GET', '/grants?status=all')).body;
  const worker = data.find((grant: { parent_grant_id: string | null }) => grant.parent_grant_id === id);
  expect(worker).toMatchObject({ name: 'worker', status: 'revoked' });
  await house.close();
});
