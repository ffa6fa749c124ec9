// What stands behind the link of every error answer.

import { ERRORS } from '@valetkey/core';
import { describe, expect, it } from 'vitest';
import { readErrorPages } from './error-pages.ts';

const bodies = (folder?: URL) => [...readErrorPages(folder)].map(([code, { body }]) => [code, String(body)]);

describe('the page of an error code', () => {
  it.each(bodies())('%s says what it means and what to do, and leaves no Markdown behind', (code, body) => {
    expect(body).toContain(`<h1><code>${code}</code></h1>`);
    for (const part of ['What it means', 'Why you see it', 'What to do'])
      expect(body).toContain(`<h2>${part}</h2>`);
    expect(body).toContain('<strong>As the owner:</strong>');
    expect(body?.replace(/<(pre|code)>[\s\S]*?<\/\1>/g, '')).not.toMatch(/`|\*\*|\]\(|^#|^- /m);
  });

  it('exists for every code, even where the documents are not installed', () => {
    const without = bodies(new URL('file:///nowhere/'));
    expect(without.map(([code]) => code)).toEqual(Object.keys(ERRORS));
    expect(without[0]?.[1]).toContain('The request is malformed.');
  });
});
