// What a release is installed with: which packages of others the repository’s lockfile has for those who run the released packages, and the lockfile
// that says so beside the tarballs. Reads and writes nothing.

/** The packages that are released, by their folder, in the order in which they need each other. */
export const RELEASED = ['core', 'sdk', 'web', 'broker', 'cli'];

/** An entry of a lockfile, as far as it is looked at. */
export interface Locked {
  readonly name?: string;
  readonly version?: string;
  readonly resolved?: string;
  readonly integrity?: string;
  readonly license?: string;
  readonly link?: boolean;
  readonly dev?: boolean;
  readonly optional?: boolean;
  readonly hasInstallScript?: boolean;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly peerDependenciesMeta?: Readonly<Record<string, { readonly optional?: boolean }>>;
}

/** A lockfile: what is installed where. */
export interface Lockfile {
  readonly packages: Readonly<Record<string, Locked>>;
}

/** Where Node finds `name` from the package at `from`, in the paths of a lockfile; null if nowhere. */
const findLocked = (packages: Lockfile['packages'], from: string, name: string): string | null => {
  const path = from === '' ? `node_modules/${name}` : `${from}/node_modules/${name}`;
  const found = packages[path];
  if (found) return found.link ? (found.resolved ?? null) : path;
  const above = from.slice(0, Math.max(0, from.lastIndexOf('/node_modules/')));
  return from === '' ? null : findLocked(packages, above, name);
};

/**
 * Where a lockfile has what is installed for those who run the released packages: them and what they depend on. npm’s own `--omit=dev` leaves
 * out what a test needs as well, and takes in tools that something would use if they were there.
 */
const placesAtRunTime = ({ packages }: Lockfile): ReadonlySet<string> => {
  const seen = new Set<string>();
  const visit = (path: string): void => {
    const locked = packages[path];
    if (!locked || seen.has(path)) return;
    seen.add(path);
    const { dependencies, optionalDependencies, peerDependencies = {}, peerDependenciesMeta } = locked;
    const peers = Object.keys(peerDependencies).filter((name) => !peerDependenciesMeta?.[name]?.optional);
    for (const name of [...Object.keys({ ...dependencies, ...optionalDependencies }), ...peers])
      visit(findLocked(packages, path, name) ?? '');
  };
  for (const name of RELEASED) visit(`packages/${name}`);
  return seen;
};

/** What is installed for those who run the released packages, as `name@version`. */
export const namesAtRunTime = (lockfile: Lockfile): ReadonlySet<string> =>
  new Set(
    [...placesAtRunTime(lockfile)].map((path) => {
      const locked = lockfile.packages[path];
      const { name = path.slice(path.lastIndexOf('node_modules/') + 13), version } = locked ?? {};
      return `${name}@${version}`;
    }),
  );

/** A tarball of ours: the package’s folder in the repository, what its manifest says, the tarball’s name and hash. */
export interface Tarball {
  readonly folder: string;
  readonly name: string;
  readonly manifest: Locked;
  readonly file: string;
  readonly integrity: string;
}

/**
 * The `package.json` and the `package-lock.json` of a root that installs these tarballs, which lie beside it, with everything they need as it was
 * tested: `npm ci --ignore-scripts` there fetches no version and no byte but those that `lockfile`, the repository’s own, names.
 */
export const rootOf = (
  tarballs: readonly Tarball[],
  lockfile: Lockfile,
  overrides: Readonly<Record<string, string>> | undefined,
) => {
  const places = new Map(tarballs.map(({ folder, name }) => [folder, `node_modules/${name}`]));
  const foreign = [...placesAtRunTime(lockfile)].filter((path) => !places.has(path));
  const packages = [
    ...tarballs.map(({ name, manifest, file, integrity }) => [
      `node_modules/${name}`,
      { ...manifest, resolved: `file:${file}`, integrity },
    ]),
    ...foreign.map((path) => [
      path.replace(/^packages\/[^/]+/, (ours) => places.get(ours) ?? ours),
      lockfile.packages[path],
    ]),
  ].toSorted(([a], [b]) => (String(a) < String(b) ? -1 : 1));
  const dependencies = Object.fromEntries(tarballs.map(({ name, file }) => [name, `file:${file}`]));
  const name = 'valetkey-installed';
  return {
    manifest: { name, private: true, dependencies, overrides },
    lockfile: {
      name,
      lockfileVersion: 3,
      requires: true,
      packages: { '': { name, dependencies }, ...Object.fromEntries(packages) },
    },
  };
};
