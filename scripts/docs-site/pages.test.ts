// What the site is made of, without building it: a new file turns up by itself, nothing points out of the site, and the Markdown is whole.

import { existsSync } from 'node:fs';
import { join, posix } from 'node:path';
import { describe, expect, it } from 'vitest';
import { apiPages } from './api-reference.ts';
import { readOpenApi } from './openapi.ts';
import {
  type DocsPage,
  llmsFull,
  llmsIndex,
  pageOf,
  type SidebarItem,
  sidebarOf,
  twinOf,
  twinText,
  withoutOutsideLinks,
} from './pages.ts';
import { DOCS, readSite } from './site.ts';

const pages = await readSite();
const linksOf = (items: readonly SidebarItem[]): string[] =>
  items.flatMap(({ link, items: below = [] }) => [link, ...linksOf(below)]);
const sidebarLinks = Object.values(sidebarOf(pages)).flatMap(([section]) => linksOf(section?.items ?? []));

describe('the pages', () => {
  it('are all in the sidebar, each once; the first page is the site’s own', () => {
    const [home, ...others] = pages;
    expect(home?.url).toBe('/');
    expect(sidebarLinks.toSorted()).toEqual(others.map(({ url }) => url).toSorted());
  });

  it('turn up in the sidebar by their folder alone', () => {
    const added = pageOf('concepts/tides.md', '# Tides\n\nThey come and go.\n');
    const [section] = sidebarOf([...pages, added])['/concepts/'] ?? [];
    expect(section?.items).toContainEqual({ text: 'Tides', link: '/concepts/tides' });
  });

  it.each(pages.map((page) => [page.path, page] as const))(
    '%s has a title and no link out of docs',
    (path, page) => {
      expect(page.title).not.toBe(path);
      const outside = [...page.text.matchAll(/\]\((\.\.[^)\s]*)\)/g)]
        .map(([, target = '']) => posix.join(posix.dirname(path), target))
        .filter((target) => target.startsWith('..'));
      expect(outside).toEqual([]);
    },
  );
});

it.each([
  ['a source', '[the *code*](../../packages/a.ts)', 'the *code* (`packages/a.ts`)'],
  ['a page', '[it](../errors/locked.md#why)', '[it](../errors/locked.md#why)'],
  ['a heading', '[it](#why)', '[it](#why)'],
  ['elsewhere', '[it](https://a.example/../b)', '[it](https://a.example/../b)'],
  ['in code', '```sh\n[it](../../a.ts)\n```\n', '```sh\n[it](../../a.ts)\n```\n'],
  ['after code', '```\na\n```\n\n[it](../../a.ts)', '```\na\n```\n\nit (`a.ts`)'],
])('a link to %s stands on the site as it should', (_name, text, expected) => {
  expect(withoutOutsideLinks(text, 'guides/agents.md')).toBe(expected);
});

describe('what machines read', () => {
  const written = pages.filter(({ path }) => existsSync(join(DOCS, path)));
  const twins = new Set(pages.map(twinOf));

  it('lists every page by its Markdown', () => {
    const listed = [...llmsIndex(pages).matchAll(/^- \[.+?\]\((\/\S+)\)/gm)].map(([, path]) => path);
    expect(listed).toEqual(pages.slice(1).map(twinOf));
    expect(llmsIndex(pages, '/docs/')).toContain('](/docs/start/first-call.md)');
    expect(llmsIndex(pages)).toMatch(/^# Valetkey\n\n> Valetkey gives /);
  });

  it.each(written.map((page) => [twinOf(page), page] as const))(
    '%s links to Markdown that is there',
    (twin, page: DocsPage) => {
      const missing = [...twinText(page).matchAll(/\]\(([^)\s#:]+\.md)/g)]
        .map(([, target = '']) => posix.join(posix.dirname(twin), target))
        .filter((target) => !twins.has(target));
      expect(missing).toEqual([]);
    },
  );

  it('holds all text in one file', () => {
    const full = llmsFull(pages);
    for (const { title } of pages) expect(full).toContain(title);
  });
});

describe('the reference of the API', async () => {
  const document = await readOpenApi();
  const text = apiPages(document)
    .map(({ markdown }) => markdown)
    .join('\n');

  it('has every call with its sentence and every parameter', () => {
    const calls = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => ({
        line: `\`${method.toUpperCase()} ${path}\``,
        operation,
      })),
    );
    expect(calls.length).toBeGreaterThan(40);
    for (const { line, operation } of calls) {
      expect(text).toContain(`## ${operation.summary}\n\n${line}\n`);
      for (const { name } of operation.parameters ?? []) expect(text).toContain(`| \`${name}\``);
    }
  });

  it('describes every object that it names', () => {
    for (const { markdown } of apiPages(document)) {
      const named = new Set([...markdown.matchAll(/\[(\w+)\]\(#[\w-]+\)/g)].map(([, name]) => name));
      for (const name of named) expect(markdown).toContain(`\n## ${name}\n`);
    }
  });
});
