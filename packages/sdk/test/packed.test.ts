// What npm would get: plain JavaScript with its types, the same bytes each time, resolved by every tool, and working where there is nothing of
// Node. The sources of the workspace are not touched.

import { execFile, execFileSync } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core';
import { publint } from 'publint';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { buildPackages } from '../../../scripts/release-build.ts';
import { startHouse } from '../../broker/test/house/start-house.ts';

vi.setConfig({ testTimeout: 300_000, hookTimeout: 300_000 });

const ROOT = join(import.meta.dirname, '../../..');
const TSC = join(ROOT, 'node_modules/typescript/bin/tsc');
let home: string;
let installed: string;
let tarball: Uint8Array;

/** Builds a copy of the package and packs it. */
const pack = (): Uint8Array => {
  const folder = mkdtempSync(join(home, 'build-'));
  for (const path of ['package.json', 'tsconfig.json', 'packages/sdk'])
    cpSync(join(ROOT, path), join(folder, path), { recursive: true });
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  buildPackages(folder, ['packages/sdk']);
  execFileSync('npm', ['pack', './packages/sdk', '--ignore-scripts', '--silent'], { cwd: folder });
  return readFileSync(join(folder, readdirSync(folder).find((name) => name.endsWith('.tgz'))!));
};

beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), 'valetkey-sdk-'));
  tarball = pack();
  installed = join(home, 'app/node_modules/@valetkey/sdk');
  mkdirSync(installed, { recursive: true });
  execFileSync('tar', ['xz', '--strip-components=1', '-C', installed], { input: tarball });
});
afterAll(() => rmSync(home, { recursive: true, force: true }));

describe('the packed package', () => {
  it('is the same bytes each time', () => {
    expect(Buffer.compare(pack(), tarball)).toBe(0);
  });

  it('holds JavaScript and types alone', () => {
    const names = readdirSync(installed, { recursive: true, encoding: 'utf8' });
    const kinds = new Set(names.map((name) => /\.(?:d\.ts|[a-z]+)$/.exec(name)?.[0] ?? 'folder'));
    expect([...kinds].toSorted()).toEqual(['.d.ts', '.js', '.json', '.md', 'folder']);
    expect(names.filter((name) => name.includes('test'))).toEqual([]);
  });

  it('is clean for publint', async () => {
    expect((await publint({ pkgDir: installed, strict: true, pack: false })).messages).toEqual([]);
  });

  it('is clean for arethetypeswrong, as what it is: modules alone', async () => {
    const checked = await checkPackage(createPackageFromTarballData(tarball));
    const { problems, entrypoints } = checked as Exclude<typeof checked, { types: false }>;
    expect(Object.keys(entrypoints)).toEqual(['.', './browser', './element']);
    // Neither `require` nor resolution from before `exports`: what a package of modules never has.
    const others = problems.filter(
      (problem) =>
        !('resolutionKind' in problem && ['node10', 'node16-cjs'].includes(problem.resolutionKind)),
    );
    expect(others).toEqual([]);
  });

  it('type-checks in an app whose compiler looks into libraries, with its element known by name', () => {
    const app = join(home, 'app');
    writeFileSync(
      join(app, 'app.ts'),
      `import { type Connection, discover, ValetkeyError, valetkeyApp } from '@valetkey/sdk';
import { connect, restore } from '@valetkey/sdk/browser';
import '@valetkey/sdk/element';
const element = document.querySelector('connect-your-ai');
export const connection: Connection | null | undefined = element?.connection;
export const shown: string | undefined = element?.messages.connect;
export const code = new ValetkeyError({ code: 'access_denied', status: 0, message: '' }).code;
export const all = [discover, valetkeyApp, connect, restore];
`,
    );
    const flags = [
      '--strict',
      '--noEmit',
      '--target',
      'es2024',
      '--lib',
      'es2024,esnext,dom,dom.iterable',
      '--types',
      '',
    ];
    for (const module of ['nodenext', 'preserve'])
      execFileSync(process.execPath, [TSC, ...flags, '--module', module, 'app.ts'], {
        cwd: app,
        stdio: 'pipe',
      });
  });

  it('has browser sources that type-check against the browser', () => {
    execFileSync(process.execPath, [TSC, '--noEmit', '-p', join(ROOT, 'packages/sdk')], { stdio: 'pipe' });
  });

  it('works in a worker that has nothing of Node, as those at the edge', async () => {
    const house = await startHouse();
    const { token } = await house.grant({
      provider: 'openai',
      limits: { total_spend: 1 },
      delegation: { max_depth: 1 },
    });
    writeFileSync(join(home, 'edge.mjs'), EDGE);
    const program = join(home, 'edge.mjs');
    const flags = ['--experimental-vm-modules', '--no-warnings'];
    const words = [...flags, program, join(installed, 'src/index.js'), house.url, token];
    const { stdout: out } = await promisify(execFile)(process.execPath, words);
    expect(JSON.parse(out)).toEqual({
      globals: ['undefined', 'undefined', 'undefined'],
      child: 'DPoP',
      left: '1',
      issuer: house.url,
      refused: 'invalid_address',
    });
    await house.close();
  });
});

/** Loads the package into a realm that has what the web has (WinterTC's minimum), and no `process`, `Buffer`, `require`. */
const EDGE = `
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import vm from 'node:vm';
const [entry, baseUrl, token] = process.argv.slice(2);
const { fetch, crypto, URL, URLSearchParams, TextEncoder, TextDecoder, atob, btoa, AbortSignal, AbortController, Headers, Request,
  Response, ReadableStream, setTimeout, clearTimeout } = globalThis;
const context = vm.createContext({ fetch, crypto, URL, URLSearchParams, TextEncoder, TextDecoder, atob, btoa, AbortSignal,
  AbortController, Headers, Request, Response, ReadableStream, setTimeout, clearTimeout, baseUrl, token });
const modules = new Map();
const load = (path) => {
  if (!modules.has(path)) modules.set(path, new vm.SourceTextModule(readFileSync(path, 'utf8'), { context, identifier: path }));
  return modules.get(path);
};
const main = new vm.SourceTextModule(\`
import { createSigningKey, discover, valetkey } from 'sdk';
const key = await createSigningKey();
const access = valetkey({ baseUrl, token });
const child = await access.delegate({ name: 'edge', limit: 1, boundTo: key.thumbprint });
const own = valetkey({ baseUrl, token: child.token, dpopKey: key });
export const result = {
  globals: [typeof process, typeof Buffer, typeof require],
  child: child.tokenType,
  left: (await own.budget()).remainingUsd,
  issuer: (await discover(baseUrl)).issuer,
  refused: await discover('http://x.test').catch(({ code }) => code),
};\`, { context, identifier: 'main' });
await main.link((specifier, from) => load(specifier === 'sdk' ? entry : join(dirname(from.identifier), specifier)));
await main.evaluate();
console.log(JSON.stringify(main.namespace.result));
`;
