// `npm run release -- <folder>`: what a release consists of, made from a commit and nothing else: a tarball of every package, a lockfile to
// install them by, the bill of materials (CycloneDX) and the checksums of all. The same commit with the same lockfile MUST give the same bytes wherever it is made.

import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  copyFileSync,
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
import { join, relative } from 'node:path';
import { buildPackages } from './release-build.ts';
import { type Locked, type Lockfile, namesAtRunTime, RELEASED, rootOf } from './release-lock.ts';

/** In the dashboard’s style sheet, which the list of its build does not look into. */
const BUNDLED_STYLES = ['tailwindcss'];

const ROOT = join(import.meta.dirname, '..');

interface Manifest {
  readonly name: string;
  readonly version?: string;
  readonly files?: readonly string[];
  readonly type?: string;
  readonly exports?: object;
  readonly overrides?: Readonly<Record<string, string>>;
}

/** A component of a CycloneDX document, as far as it is looked at. */
export interface Component {
  readonly 'bom-ref': string;
  readonly name: string;
  readonly version: string;
  readonly scope?: string;
  readonly licenses?: readonly object[];
}

/** A CycloneDX document, as far as it is looked at. */
export interface BillOfMaterials {
  serialNumber: string;
  readonly metadata: { timestamp: string; component: { name: string } };
  components: Component[];
  dependencies: { readonly ref: string; readonly dependsOn: readonly string[] }[];
}

const readJson = <T>(path: string): T => JSON.parse(readFileSync(path, 'utf8')) as T;
const writeJson = (path: string, value: unknown): void =>
  writeFileSync(path, `${JSON.stringify(value, null, 2)}\n`);
const git = (...words: string[]): string =>
  execFileSync('git', words, { cwd: ROOT, encoding: 'utf8' }).trim();
const hashOf = (bytes: Uint8Array | string, algorithm: string, encoding: 'hex' | 'base64' = 'hex'): string =>
  createHash(algorithm).update(bytes).digest(encoding);

/** Lays out the files of a commit in a folder of their own, with this tree’s dependencies beside them. */
const stage = (commit: string, folder: string): void => {
  const archive = execFileSync('git', ['archive', commit], { cwd: ROOT, maxBuffer: 2 ** 30 });
  execFileSync('tar', ['-x', '-C', folder], { input: archive });
  mkdirSync(join(folder, 'node_modules/@valetkey'), { recursive: true });
  for (const name of readdirSync(join(ROOT, 'node_modules')))
    if (name !== '@valetkey')
      symlinkSync(join(ROOT, 'node_modules', name), join(folder, 'node_modules', name));
  for (const name of RELEASED) {
    symlinkSync(join(folder, 'packages', name), join(folder, 'node_modules/@valetkey', name));
    copyFileSync(join(folder, 'LICENSE'), join(folder, 'packages', name, 'LICENSE'));
  }
  // The pages that the broker serves: of each error code, which every refusal links to, and of programs.
  for (const pages of ['docs/errors', 'docs/connect'])
    cpSync(join(folder, pages), join(folder, 'packages/broker', pages), { recursive: true });
};

const buildDashboard = (folder: string): void => {
  const vite = join(folder, 'node_modules/vite/bin/vite.js');
  execFileSync(process.execPath, [vite, 'build', '--logLevel', 'warn'], {
    cwd: join(folder, 'packages/web'),
  });
};

const packAll = (folder: string, out: string): void => {
  const packages = RELEASED.map((name) => `packages/${name}`);
  buildPackages(folder, packages);
  // Who may read a file says who made it; npm looks at no more than that.
  execFileSync('chmod', ['-R', 'u=rwX,go=rX', join(folder, 'packages')]);
  const paths = packages.map((path) => `./${path}`);
  execFileSync('npm', ['pack', ...paths, '--ignore-scripts', '--silent', '--pack-destination', out], {
    cwd: folder,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
};

const writeRoot = (folder: string, out: string): void => {
  const tarballs = RELEASED.map((each) => {
    const path = `packages/${each}`;
    // What a lockfile says of a package, not what the package says of its files.
    const {
      files: _,
      type: _module,
      exports: _exports,
      ...manifest
    } = readJson<Manifest & Locked>(join(folder, path, 'package.json'));
    const { name, version } = manifest;
    const file = `${name.replace(/^@/, '').replace('/', '-')}-${version}.tgz`;
    const integrity = `sha512-${hashOf(readFileSync(join(out, file)), 'sha512', 'base64')}`;
    return { folder: path, name, manifest, file, integrity };
  });
  const { overrides } = readJson<Manifest>(join(folder, 'package.json'));
  const root = rootOf(tarballs, readJson<Lockfile>(join(folder, 'package-lock.json')), overrides);
  writeJson(join(out, 'package.json'), root.manifest);
  writeJson(join(out, 'package-lock.json'), root.lockfile);
};

/** What runs: the dependencies of the released packages, and what the dashboard was built from. */
const billOfMaterials = (folder: string, commit: string): BillOfMaterials => {
  const root = readJson<Manifest>(join(folder, 'package.json'));
  const { version = '' } = readJson<Manifest>(join(folder, 'packages/broker/package.json'));
  const workspaces = RELEASED.map((name) => `packages/${name}`);
  // npm describes nothing that has no version, and looks at what is released alone.
  writeJson(join(folder, 'package.json'), { ...root, version, workspaces });
  const sbom = ['sbom', '--sbom-format', 'cyclonedx', '--package-lock-only', '--silent'];
  for (const path of workspaces) sbom.push('--workspace', path);
  const bill: BillOfMaterials = JSON.parse(
    execFileSync('npm', sbom, { cwd: folder, encoding: 'utf8', maxBuffer: 2 ** 28 }),
  );
  const bundled = readJson<Manifest[]>(join(folder, 'packages/web/dist/licenses.json'));
  const names = new Set([
    `${root.name}@${version}`,
    ...namesAtRunTime(readJson(join(folder, 'package-lock.json'))),
    ...bundled.map((each) => `${each.name}@${each.version}`),
  ]);
  const isPart = ({ name, 'bom-ref': ref }: Component) => names.has(ref) || BUNDLED_STYLES.includes(name);
  // That npm knows one as a tool of the build says nothing about what it became a part of.
  bill.components = bill.components.filter(isPart).map((component) => ({ ...component, properties: [] }));
  for (const component of bill.components) names.add(component['bom-ref']);
  bill.dependencies = bill.dependencies
    .filter(({ ref }) => names.has(ref))
    .map(({ ref, dependsOn }) => ({ ref, dependsOn: dependsOn.filter((on) => names.has(on)) }));
  bill.metadata.component.name = root.name;
  bill.metadata.timestamp = git('show', '-s', '--format=%cI', commit);
  const id = hashOf(JSON.stringify(bill.components), 'sha256');
  bill.serialNumber = `urn:uuid:${id.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/, '$1-$2-$3-$4-$5')}`;
  return bill;
};

/** Makes the release of `commit` in the empty folder `out`: tarballs, a root to install them, `deploy/`, `valetkey.cdx.json` and `SHA512SUMS`. */
export const makeRelease = (commit: string, out: string): void => {
  const folder = mkdtempSync(join(tmpdir(), 'valetkey-release-'));
  try {
    stage(commit, folder);
    buildDashboard(folder);
    // Before packing, which leaves manifests that the lockfile knows nothing of.
    writeJson(join(out, 'valetkey.cdx.json'), billOfMaterials(folder, commit));
    packAll(folder, out);
    writeRoot(folder, out);
    cpSync(join(folder, 'deploy'), join(out, 'deploy'), { recursive: true });
  } finally {
    rmSync(folder, { recursive: true });
  }
  const sums = readdirSync(out, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(out, join(entry.parentPath, entry.name)))
    .toSorted()
    .map((path) => `${hashOf(readFileSync(join(out, path)), 'sha512')}  ${path}\n`);
  writeFileSync(join(out, 'SHA512SUMS'), sums.join(''));
};

if (import.meta.main) {
  const [out, commit = 'HEAD'] = process.argv.slice(2);
  if (out === undefined) throw new Error('say into which folder: npm run release -- <folder> [<commit>]');
  mkdirSync(out, { recursive: true });
  if (readdirSync(out).length > 0) throw new Error(`${out} is not empty`);
  makeRelease(git('rev-parse', commit), out);
  process.stdout.write(readFileSync(join(out, 'SHA512SUMS'), 'utf8'));
}
