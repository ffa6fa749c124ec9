// Guarantees of doctor: each thing that can be wrong is found and named with what to do, and no value of a variable is shown.

import { beforeEach, expect, it } from 'vitest';
import { startFakeServer } from '../../test/fake-server.ts';
import { loggedIn } from '../../test/logged-in.ts';
import { freshHome } from '../../test/run-against.ts';

const house = loggedIn();

/** The moment at which every run begins. */
const NOW = 'Sun, 22 Nov 2026 00:00:00 GMT';

beforeEach(() => {
  house.server.answer('GET /healthz', { headers: { date: NOW } });
  const me = house.server.fixed('GET /me').body as object;
  house.server.answer('GET /api/v1/me', { body: { ...me, issuer: house.server.url } });
});

const doctor = async (given: Readonly<Record<string, string>> = {}) => {
  const run = await house.run(['doctor', '--json'], { env: given });
  const findings: { check: string; status: string; message: string }[] = JSON.parse(run.stdout);
  return { ...run, findings, wrong: findings.filter(({ status }) => status !== 'ok') };
};

it('finds nothing where everything is right', async () => {
  const { exitCode, findings, wrong } = await doctor();
  expect([exitCode, wrong]).toEqual([0, []]);
  expect(findings.map(({ check }) => check)).toEqual([
    'server',
    'clock',
    'login',
    'address',
    'provider keys',
    'environment',
  ]);
});

it.each([
  [{ status: 503, headers: { date: NOW } }, 'server', 'problem', 'answered 503', 1],
  [{ headers: { date: 'Sun, 22 Nov 2026 00:02:00 GMT' } }, 'clock', 'warning', '120 s behind', 0],
  [{ headers: { date: 'Sat, 21 Nov 2026 23:59:00 GMT' } }, 'clock', 'warning', '60 s ahead', 0],
])('of a server that answers %j says what is wrong', async (answer, check, status, says, code) => {
  house.server.answer('GET /healthz', answer);
  const { exitCode, wrong } = await doctor();
  expect([exitCode, wrong.map(({ check }) => check), wrong[0]?.status]).toEqual([code, [check], status]);
  expect(wrong[0]?.message).toContain(says);
});

it('names a server that is not there, and a login that is not', async () => {
  const gone = await startFakeServer();
  await gone.close();
  const { exitCode, wrong } = await doctor({ ...freshHome(), VALETKEY_URL: gone.url });
  expect([exitCode, wrong.map(({ check }) => check)]).toEqual([1, ['server', 'login']]);
  expect(wrong[0]?.message).toContain('valetkey serve');
  expect(wrong[1]?.message).toContain(`valetkey login --url ${gone.url}`);
});

it('warns of a server that sends programs elsewhere, and of one without a key', async () => {
  house.server.answer('GET /api/v1/me', house.server.fixed('GET /me'));
  house.server.answer('GET /api/v1/providers', { body: { data: [], next: null } });
  const { exitCode, wrong } = await doctor();
  expect([exitCode, wrong.map(({ check }) => check)]).toEqual([0, ['address', 'provider keys']]);
  expect(wrong[1]?.message).toContain('valetkey keys add');
});

it('warns of providers’ own keys in the environment by name, and shows none', async () => {
  const keys = { OPENAI_API_KEY: 'sk-real', GOOGLE_API_KEY: 'AIza-real', ANTHROPIC_API_KEY: 'vk_ours' };
  const { wrong, stdout } = await doctor(keys);
  expect(wrong).toHaveLength(1);
  expect(wrong[0]?.message).toMatch(/^OPENAI_API_KEY, GOOGLE_API_KEY may hold/);
  expect(stdout).not.toMatch(/-real|vk_ours/);
});

it('looks after the tools that are set up with this server', async () => {
  const env = { HOME: house.env.XDG_CONFIG_HOME! };
  const setup = await house.run('setup codex --yes', { env });
  expect(setup.exitCode).toBe(0);
  expect((await doctor()).findings.at(-1)).toMatchObject({ check: 'codex', status: 'ok' });
  const grant = house.server.fixed('GET /grants/grant_1').body as object;
  house.server.answer('GET /api/v1/grants/grant_1', { body: { ...grant, status: 'expired' } });
  const { exitCode, wrong } = await doctor();
  expect(exitCode).toBe(1);
  expect(wrong).toEqual([
    {
      check: 'codex',
      status: 'problem',
      message: 'Its grant grant_1 is expired. For a new one run: valetkey setup codex',
    },
  ]);
});
