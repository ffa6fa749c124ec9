// The house rules that no other tool knows: who may import whom, who may touch a provider key, what every file says about itself. Each
// rule is a line of the table below. Run as a program, it checks the repository; it reads files and changes nothing.

import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { posix } from 'node:path';

/** A file of the tree: its path from the root with `/`, and its text. */
export interface SourceFile {
  readonly path: string;
  readonly text: string;
}

/** One place where a rule is broken, as `path:line`, and what to do about it. */
export interface Finding {
  readonly rule: string;
  readonly place: string;
  readonly problem: string;
}

interface Problem {
  readonly line: number;
  readonly problem: string;
}

interface Rule {
  readonly name: string;
  /** Files the rule looks at. */
  readonly applies: (path: string) => boolean;
  readonly check: (file: SourceFile) => readonly Problem[];
}

const BROKER = 'packages/broker/src';
const PROVIDERS = `${BROKER}/gateway/providers`;
/** Rooms that only the wiring may know together. */
const PEERS = ['gateway', 'oauth', 'consent', 'api'];
/** Folders under `providers/` that are made to be shared. */
const SHARED_BY_PROVIDERS = ['openai-dialect', 'metering', 'reading'];
/** Who may open a provider key besides the vault: the gate's forward step, and the wiring for the key test. */
const MAY_UNSEAL = [`${BROKER}/gateway/forward.ts`, `${BROKER}/open-rooms.ts`];

const isCode = (path: string): boolean => /\.(?:ts|tsx|js)$/.test(path);
const isTest = (path: string): boolean =>
  /\.(?:test|arbitrary)\.ts$/.test(path) || /^packages\/[^/]+\/test\//.test(path);
const isSource = (path: string): boolean => isCode(path) && !isTest(path);
const isBelow = (path: string, folder: string): boolean => path.startsWith(`${folder}/`);
/** Files that stand in no room wire them: they alone know all rooms and pick implementations. */
const isWiring = (path: string): boolean => posix.dirname(path) === BROKER;
const below = (folder: string) => (path: string) => isSource(path) && isBelow(path, folder);

const lineAt = (text: string, offset: number): number => text.slice(0, offset).split('\n').length;

const places = (text: string, pattern: RegExp, problem: string): Problem[] =>
  [...text.matchAll(pattern)].map(({ index }) => ({ line: lineAt(text, index), problem }));

const IMPORT =
  /^(?:import|export)\b[^;'"]*?\bfrom\s*'([^']+)'|^import\s*'([^']+)'|\bimport\(\s*'([^']+)'\s*\)/gm;

/** What a file imports: the path from the root for a file of the same package, else the specifier. */
const importsOf = ({ path, text }: SourceFile): { line: number; target: string }[] =>
  [...text.matchAll(IMPORT)].map(({ index, 1: from, 2: effect, 3: dynamic }) => {
    const specifier = from ?? effect ?? dynamic ?? '';
    const target = specifier.startsWith('.') ? posix.join(posix.dirname(path), specifier) : specifier;
    return { line: lineAt(text, index), target };
  });

/** A rule about imports: `judge` says what is wrong with one, or null. */
const onImports =
  (judge: (path: string, target: string) => string | null) =>
  (file: SourceFile): Problem[] =>
    importsOf(file).flatMap(({ line, target }) => {
      const problem = judge(file.path, target);
      return problem === null ? [] : [{ line, problem }];
    });

/** The part of `path` right below `folder`; null if it is not below it. */
const partOf = (path: string, folder: string): string | null =>
  isBelow(path, folder) ? (path.slice(folder.length + 1).split('/', 1)[0] ?? null) : null;

const judgeRoom = (path: string, target: string): string | null => {
  const room = partOf(path, BROKER);
  const other = partOf(target, BROKER);
  if (other === null || other === room || !PEERS.includes(other) || isWiring(path)) return null;
  if (room !== null && PEERS.includes(room))
    return `${room} must not import ${other}; pass it in where the rooms are wired`;
  return target === `${BROKER}/${other}/contract.ts` ? null : `only the wiring may import from ${other}`;
};

const judgeEngine = (path: string, target: string): string | null => {
  // A backup is of one engine's file, and a move is from one to the other.
  const isAboutEngines = ['backup', 'migrate'].some((room) => isBelow(path, `${BROKER}/${room}`));
  if (isWiring(path) || isAboutEngines) return null;
  const isForeign = (engine: string, ...owners: string[]) =>
    isBelow(target, `${BROKER}/${engine}`) && !owners.some((owner) => isBelow(path, `${BROKER}/${owner}`));
  return isForeign('ledger/embedded', 'ledger/embedded') ||
    isForeign('store/sqlite', 'store', 'ledger/embedded') ||
    isForeign('ledger/postgres', 'ledger/postgres') ||
    isForeign('store/postgres', 'store', 'ledger/postgres')
    ? 'engines are picked where the rooms are wired; depend on the contract'
    : null;
};

const judgeProvider = (path: string, target: string): string | null => {
  const other = partOf(target, PROVIDERS);
  const isShared = other === null || other.endsWith('.ts') || SHARED_BY_PROVIDERS.includes(other);
  if (isShared || other === partOf(path, PROVIDERS) || path === `${PROVIDERS}/registry.ts`) return null;
  return `only registry.ts may import the provider ${other}`;
};

const checkHeader = ({ text }: SourceFile): Problem[] =>
  /^(?:#!.*\n)?(?:\/\/ |\/\*)/.test(text)
    ? []
    : [{ line: 1, problem: 'open the file with a comment: what it is for, what it must never do' }];

const EXPORT =
  /^export (?:default )?(?:async |abstract |declare )*(?:const|let|function\*?|class|interface|type|enum) (\w+)/;

const checkExportComments = ({ text }: SourceFile): Problem[] => {
  const lines = text.split('\n');
  return lines.flatMap((line, at) => {
    const name = EXPORT.exec(line)?.[1];
    const before = lines[at - 1] ?? '';
    // Overloads of a function share the comment of the first.
    const isDocumented = before.trimEnd().endsWith('*/') || EXPORT.exec(before)?.[1] === name;
    return name === undefined || isDocumented
      ? []
      : [{ line: at + 1, problem: `say what the caller of ${name} gets, in a doc comment` }];
  });
};

/** Values that open something, and digests of them made on the spot. A hash that is looked up, or of what is public, is none. */
const SECRET = String.raw`(?:[\w.?]*(?:[sS]ecret|[pP]assword|[sS]ignature|[cC]srf|[tT]oken|[pP]roof|[cC]ookie|[vV]erifier|Mac)|(?:hashOf|sha256|hmac\w*)\([^)]*\))`;
const PLAIN = String.raw`(?:typeof\s[\w.?]+|null|undefined|true|false|\d+|'[^']*')`;
const COMPARED_SECRET = new RegExp(
  String.raw`\b${SECRET}\s*[!=]==(?!\s*${PLAIN})|(?<!${PLAIN}\s*)[!=]==\s*${SECRET}(?![\w.(?])`,
  'g',
);
/** The hash of a token, said by whoever sent the token along. */
const COMPARES_PUBLIC_DIGEST = `${BROKER}/tokens/dpop-proof.ts`;

/** Every rule. */
export const RULES: readonly Rule[] = [
  {
    name: 'core imports only core',
    applies: below('packages/core/src'),
    check: onImports((_path, target) =>
      isBelow(target, 'packages/core') ? null : `core must not import ${target}: pass in what it gives`,
    ),
  },
  { name: 'rooms stay apart', applies: below(BROKER), check: onImports(judgeRoom) },
  { name: 'engines are picked once', applies: below(BROKER), check: onImports(judgeEngine) },
  { name: 'providers stay apart', applies: below(BROKER), check: onImports(judgeProvider) },
  {
    name: 'only the vault opens provider keys',
    applies: (path) => below(BROKER)(path) && !isBelow(path, `${BROKER}/vault`) && !MAY_UNSEAL.includes(path),
    check: ({ text }) => places(text, /\bunseal\(/g, 'only the gate and the key test may ask for a key'),
  },
  {
    name: 'secrets are compared in constant time',
    applies: (path) => below(BROKER)(path) && path !== COMPARES_PUBLIC_DIGEST,
    check: ({ text }) =>
      places(text, COMPARED_SECRET, 'compare with timingSafeEqual, or look it up by its hash'),
  },
  {
    name: 'every file says what it is for',
    applies: (path) => isSource(path) && /^(?:packages|scripts|bench)\//.test(path),
    check: checkHeader,
  },
  {
    name: 'every export is documented',
    applies: (path) => below('packages/core/src')(path) || below(BROKER)(path),
    check: checkExportComments,
  },
  {
    name: 'nothing is left to do',
    applies: isCode,
    check: ({ text }) => places(text, /\bTO[D]O\b|\bFIX[M]E\b/g, 'do it, or write an issue'),
  },
  {
    name: 'every test runs',
    applies: (path) => path.endsWith('.test.ts'),
    check: ({ text }) =>
      places(
        text,
        /\b(?:it|test|describe)(?:\.\w+)*\.(?:only|skip|skipIf|runIf|todo|fails)\b/g,
        'a test runs always, or goes',
      ),
  },
  {
    name: 'the project speaks of itself alone',
    applies: () => true,
    check: ({ text }) => places(text, /\/wor[k]\/|\bshare[d]\//g, 'this names a place outside the project'),
  },
];

/** Every place of the tree where a rule is broken, rule by rule. */
export const findBroken = (tree: readonly SourceFile[]): readonly Finding[] =>
  RULES.flatMap((rule) =>
    tree
      .filter(({ path }) => rule.applies(path))
      .flatMap((file) =>
        rule
          .check(file)
          .map(({ line, problem }) => ({ rule: rule.name, place: `${file.path}:${line}`, problem })),
      ),
  );

/** The text files of the repository: what git tracks, or would track. */
const readTree = (): SourceFile[] =>
  execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '-z'], { encoding: 'utf8' })
    .split('\0')
    .filter((path) => /\.(?:ts|tsx|js|json|css|html|md|svg)$|^\.ci\//.test(path) && existsSync(path))
    .map((path) => ({ path, text: readFileSync(path, 'utf8') }));

if (import.meta.main) {
  const findings = findBroken(readTree());
  for (const { rule, place, problem } of findings) console.log(`${place}  ${rule}: ${problem}`);
  process.exitCode = findings.length > 0 ? 1 : 0;
}
