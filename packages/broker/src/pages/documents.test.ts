// What stands behind the link of every error answer, and behind those of the dashboard to programs.

import { readdirSync } from 'node:fs';
import { ERRORS } from '@valetkey/core';
import { describe, expect, it } from 'vitest';
import { readDocuments } from './documents.ts';

const NOWHERE = new URL('file:///nowhere/');
const pages = readDocuments();
const bodyOf = (path: string): string => String(pages.get(path)?.body);
/** Marks that the renderer did not know. */
const leftover = (path: string) =>
  bodyOf(path)
    .replace(/<(pre|code)>[\s\S]*?<\/\1>/g, '')
    .match(/`|\*\*|\]\(|^#|^- |^\|/m);

const programs = readdirSync(new URL('../../../../docs/connect/', import.meta.url))
  .map((file) => file.replace('.md', ''))
  .filter((name) => name !== 'README');

describe('the page of an error code', () => {
  it.each(Object.keys(ERRORS))(
    '%s says what it means and what to do, and leaves no Markdown behind',
    (code) => {
      const body = bodyOf(`/docs/errors/${code}`);
      expect(body).toContain(`<h1><code>${code}</code></h1>`);
      for (const part of ['What it means', 'Why you see it', 'What to do'])
        expect(body).toContain(`<h2>${part}</h2>`);
      expect(body).toContain('<strong>As the owner:</strong>');
      expect(leftover(`/docs/errors/${code}`)).toBeNull();
    },
  );

  it('exists for every code, even where the documents are not installed', () => {
    const without = readDocuments(NOWHERE);
    for (const code of Object.keys(ERRORS)) expect(without.has(`/docs/errors/${code}`)).toBe(true);
    expect(String(without.get('/docs/errors/invalid_request')?.body)).toContain('The request is malformed.');
  });
});

describe('the page of a program', () => {
  it.each(programs)('%s leaves no Markdown behind', (name) => {
    expect(bodyOf(`/docs/connect/${name}`)).toMatch(/^<h1>/);
    expect(leftover(`/docs/connect/${name}`)).toBeNull();
  });

  it('is linked from the list', () => {
    expect(leftover('/docs/connect')).toBeNull();
    for (const name of programs) expect(bodyOf('/docs/connect')).toContain(`href="/docs/connect/${name}"`);
  });

  it('is told to be missing where the documents are not installed', () => {
    expect(String(readDocuments(NOWHERE).get('/docs/connect')?.body)).toContain('not installed');
  });
});

it('links between pages lead to pages', () => {
  const targets = [...pages.values()].flatMap(({ body }) =>
    [...String(body).matchAll(/href="([^"]+)"/g)].map(([, target]) => target),
  );
  expect(targets.filter((target) => !pages.has(target ?? ''))).toEqual([]);
});
