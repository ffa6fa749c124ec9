// What the site's build asks for: all pages, those that are made included, and the files beside the HTML. The build tool bundles this
// file, but MUST NOT bundle the broker: its code is imported by Node as it stands.

import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type ApiPage, apiPages } from './api-reference.ts';
import { type DocsPage, llmsFull, llmsIndex, pageOf, readPages, twinOf, twinText } from './pages.ts';

/** The folder of the documents. */
export const DOCS = join(import.meta.dirname, '../../docs');

const readDocument = async () => {
  const file = new URL('./openapi.ts', import.meta.url).href;
  const { readOpenApi } = (await import(/* @vite-ignore */ file)) as typeof import('./openapi.ts');
  return readOpenApi();
};

/** The pages of the management API. */
export const readApiPages = async (): Promise<readonly ApiPage[]> => apiPages(await readDocument());

/** Every page of the site, in its order; those of the API stand at the end of the reference. */
export const readSite = async (): Promise<readonly DocsPage[]> => {
  const written = readPages(DOCS);
  const made = (await readApiPages()).map(({ name, markdown }) =>
    pageOf(`reference/api/${name}.md`, markdown),
  );
  const end = written.findLastIndex(({ path }) => path.startsWith('reference/')) + 1;
  return [...written.slice(0, end), ...made, ...written.slice(end)];
};

/** Writes each page's Markdown beside its HTML, `llms.txt`, `llms-full.txt` and `openapi.json`. */
export const writeBeside = async (
  pages: readonly DocsPage[],
  outDir: string,
  base: string,
): Promise<void> => {
  const write = (path: string, text: string): void => {
    mkdirSync(dirname(join(outDir, path)), { recursive: true });
    writeFileSync(join(outDir, path), text);
  };
  for (const page of pages) write(twinOf(page), twinText(page));
  write('llms.txt', llmsIndex(pages, base));
  write('llms-full.txt', llmsFull(pages));
  write('openapi.json', JSON.stringify(await readDocument()));
};
