// The documents say what the code does: checked wherever a list in one repeats a list in the other.

import { existsSync, globSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { COMMANDS } from '../packages/cli/src/cli.ts';
import { ERRORS } from '../packages/core/src/errors.ts';

const ROOT = join(import.meta.dirname, '..');
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');

const DOCUMENTS = globSync(['*.md', 'docs/**/*.md', 'packages/*/README.md'], { cwd: ROOT });

describe('error codes', () => {
  it('each have a page, and no page is without a code', () => {
    const pages = readdirSync(join(ROOT, 'docs/errors')).filter((name) => name !== 'README.md');
    expect(pages.toSorted()).toEqual(
      Object.keys(ERRORS)
        .map((code) => `${code}.md`)
        .toSorted(),
    );
  });

  it.each(Object.entries(ERRORS))('%s: its page says its meaning, status and retry', (code, spec) => {
    const [heading, , summary] = read(`docs/errors/${code}.md`).split('\n');
    const retry = spec.retry ? 'Retrying can help.' : 'Retrying the same request does not help';
    expect(heading).toBe(`# \`${code}\``);
    expect(summary).toContain(`${spec.title}. HTTP ${spec.status}. ${retry}`);
  });

  it('all stand in the index with their status', () => {
    const index = read('docs/errors/README.md').replace(/ +/g, ' ');
    for (const [code, { status, retry, title }] of Object.entries(ERRORS)) {
      expect(index).toContain(
        `| [\`${code}\`](${code}.md) | ${status} | ${retry ? 'yes' : 'no'} | ${title} |`,
      );
    }
  });
});

describe('configuration', () => {
  const named = (text: string): string[] => {
    const names = text.match(/\bVALETKEY_[A-Z_]*[A-Z]\b/g) ?? [];
    // Upstreams are named after providers: one line stands for all of them.
    return [...new Set(names.filter((name) => !name.startsWith('VALETKEY_UPSTREAM')))].toSorted();
  };

  it('documents every variable that is read, and none that is not', () => {
    const ofTheCommandLine = ['VALETKEY_URL'];
    const known = ['config.ts', 'config-oauth.ts', 'config-mail.ts'].flatMap((file) =>
      named(read(`packages/broker/src/${file}`)),
    );
    expect(named(read('docs/operating/configuration.md'))).toEqual(
      [...new Set([...known, ...ofTheCommandLine])].toSorted(),
    );
  });
});

describe('troubleshooting', () => {
  const sources = globSync('packages/{broker,cli}/src/**/*.{ts,js}', { cwd: ROOT })
    .filter((path) => !path.includes('.test.'))
    .map(read)
    .join('\n');
  const rows = read('docs/operating/troubleshooting.md')
    .split(/^\| (?=it says|the log says)/m)
    .slice(1)
    .flatMap((table) => table.split('\n\n', 1)[0]!.split('\n').slice(2));
  const quoted = rows.flatMap((row) =>
    [...row.split('|')[1]!.matchAll(/`([^`]+)`/g)].map(([, words]) => words!),
  );

  it.each(quoted)('“%s” is what the product says', (words) => {
    expect(sources).toContain(words);
  });
});

describe('links', () => {
  const linksOf = (path: string): string[] =>
    [...read(path).matchAll(/\]\(([^)\s]+)\)|(?:src|srcset|href)="([^"]+)"/g)]
      .map(([, inline, attribute]) => inline ?? attribute ?? '')
      .filter((link) => !/^(?:[a-z]+:|#)/.test(link));

  it.each(DOCUMENTS)('%s points only to files that exist', (path) => {
    const missing = linksOf(path).filter(
      (link) => !existsSync(join(ROOT, dirname(path), link.split('#', 1)[0] ?? '')),
    );
    expect(missing).toEqual([]);
  });
});

describe('commands', () => {
  // A package's own README speaks of the package's own scripts.
  const ofTheWhole = DOCUMENTS.filter((path) => !path.startsWith('packages/'));
  const found = (pattern: RegExp): string[] => [
    ...new Set(ofTheWhole.flatMap((path) => read(path).match(pattern) ?? [])),
  ];

  /** The words of a line as a shell would read them, redirections aside; `<id>` stands for an argument. */
  const wordsOf = (line: string): string[] =>
    (line.replace(/ [<>] \S+$/, '').match(/"[^"]*"|'[^']*'|\S+/g) ?? [])
      .map((word) => word.replace(/^["']|["']$/g, ''))
      .slice(2);

  const inBlocks = found(/^(?:[A-Z_]+=\S+ )*valetkey .+$/gm).map((line) =>
    line.replace(/^.*?\bvaletkey /, 'npx valetkey '),
  );

  it.each([...new Set([...found(/npx valetkey [^`\n]+/g), ...inBlocks])])('%s is understood', (line) => {
    const words = wordsOf(line).filter((word) => word !== '--help');
    const command = COMMANDS.find(({ name }) => name.split(' ').every((part, at) => words[at] === part));
    const isHelp = line.endsWith('--help');
    const parsed = command?.parse(words.slice(command.name.split(' ').length), 0);
    expect(command).toBeDefined();
    expect(isHelp || parsed?.ok).toBe(true);
  });

  it.each(found(/npm (?:run [a-z:]+|start\b|test\b)/g))('%s is a script', (line) => {
    expect(JSON.parse(read('package.json')).scripts).toHaveProperty(line.split(' ').at(-1) ?? '');
  });
});
