// Turns the sources of the released packages into what their tarballs hold: JavaScript with its types, because Node reads no TypeScript
// below `node_modules`. Works in place, in a copy of the tree that is thrown away afterwards; MUST NOT be run in a checkout.

import { execFileSync } from 'node:child_process';
import { globSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** The oldest Node that runs what is released; `valetkey.js` says the same to whoever has an older one. */
const ENGINES = { node: '>=24' };

/** A path to another file of the same package, as imports, types and the addresses of threads have it. */
const OWN_SOURCE = /(['"])(\.{1,2}\/[^'"\n]+)\.ts\1/g;
/** Where sources are; `browser` is what needs a page. */
const FOLDERS = ['src', 'browser'];
const SOURCE = /(?<!\.d)\.ts$/;

const compile = (folder: string, packages: readonly string[]): void => {
  const config = join(folder, 'tsconfig.release.json');
  const settings = {
    extends: './tsconfig.json',
    // Types were checked before (`npm run check`); here they are only written down. Vite builds the dashboard.
    compilerOptions: {
      noEmit: false,
      declaration: true,
      noCheck: true,
      rewriteRelativeImportExtensions: true,
    },
    include: packages.flatMap((path) => FOLDERS.map((name) => `${path}/${name}`)),
    exclude: ['packages/web', '**/*.test.ts'],
  };
  writeFileSync(config, JSON.stringify(settings));
  execFileSync(process.execPath, [join(folder, 'node_modules/typescript/bin/tsc'), '-p', config], {
    stdio: ['ignore', 'inherit', 'inherit'],
  });
};

const pointAtBuilt = (path: string): void => {
  const text = readFileSync(path, 'utf8');
  writeFileSync(path, text.replace(OWN_SOURCE, '$1$2.js$1'));
};

interface Manifest {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly overrides?: Readonly<Record<string, string>>;
}

const readManifest = (folder: string): Manifest =>
  JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));

/**
 * The manifest as users get it: what it exports is built, and nothing that only this repository has is named. npm reads `overrides` in a
 * root alone; what ours hold, for better-auth’s sake, is a dependency of the package that has better-auth.
 */
const releaseManifest = (folder: string, { overrides }: Manifest): void => {
  const path = join(folder, 'package.json');
  pointAtBuilt(path);
  const {
    private: _,
    scripts: _ours,
    devDependencies: _tools,
    ...manifest
  } = readManifest(folder) as Manifest & Record<string, unknown>;
  const { dependencies } = manifest;
  const held =
    dependencies && 'better-auth' in dependencies ? { dependencies: { ...dependencies, ...overrides } } : {};
  writeFileSync(path, `${JSON.stringify({ engines: ENGINES, ...manifest, ...held }, null, 2)}\n`);
};

/** Builds the packages at `packages` (relative to `folder`, their dependencies in `folder/node_modules`) and takes their sources away. */
export const buildPackages = (folder: string, packages: readonly string[]): void => {
  compile(folder, packages);
  for (const each of packages) {
    const files = globSync(`${each}/{${FOLDERS}}/**/*.{ts,js}`, { cwd: folder }).map((path) =>
      join(folder, path),
    );
    for (const path of files)
      if (SOURCE.test(path)) rmSync(path);
      else pointAtBuilt(path);
    releaseManifest(join(folder, each), readManifest(folder));
  }
};
