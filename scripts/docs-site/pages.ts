// The pages of the documentation as plain Markdown: read from `docs/`, whose folders are the sections of the site. MUST NOT need the
// tool that renders them, so that the sidebar, the twins and `llms.txt` can be tested without a build.

import { globSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';

/** A page. `path` is below `docs/`, `url` begins with a slash and has no suffix; `text` has no link out of the site. */
export interface DocsPage {
  readonly path: string;
  readonly url: string;
  readonly title: string;
  /** The first sentences, up to an empty line, without links. */
  readonly summary: string;
  readonly text: string;
}

/** An entry of the sidebar, as VitePress takes it. */
export interface SidebarItem {
  readonly text: string;
  readonly link: string;
  readonly items?: SidebarItem[];
}

/** The folders that come first, in the order in which people need them; any other follows by its name. */
const ORDER = ['start', 'guides', 'connect', 'concepts', 'operating', 'reference', 'errors', 'decisions'];

const LINK = /\[((?:[^\]`]|`[^`]*`)+)\]\(([^)\s]+)\)/g;
const FENCE = /^( *)(`{3,})[\s\S]*?^\1\2 *$/gm;

/** Applies `change` outside of code blocks. */
const outsideFences = (text: string, change: (part: string) => string): string => {
  const fences = text.match(FENCE) ?? [];
  const parts = text.split(FENCE).filter((_part, at) => at % 3 === 0);
  return parts.map((part, at) => change(part) + (fences[at] ?? '')).join('');
};

/** The page as it stands on the site: a link to a file outside of `docs/` becomes its label and the file's path in the repository. */
export const withoutOutsideLinks = (text: string, path: string): string =>
  outsideFences(text, (part) =>
    part.replace(LINK, (whole, label: string, target: string) => {
      if (/^(?:[a-z]+:|#|\/)/.test(target)) return whole;
      const file = posix.join('docs', posix.dirname(path), target);
      return file.startsWith('docs/') ? whole : `${label} (\`${file}\`)`;
    }),
  );

const urlOf = (path: string): string =>
  `/${path.replace(/(?:^|(?<=\/))README\.md$/, '').replace(/\.md$/, '')}`;

const plain = (text: string): string => text.replace(LINK, '$1').replace(/[`*]/g, '');

/** A page made of its Markdown, which begins with its title. */
export const pageOf = (path: string, markdown: string): DocsPage => {
  const text = withoutOutsideLinks(markdown, path);
  const [, title = path] = /^# (.+)$/m.exec(text) ?? [];
  const [first = ''] = text
    .slice(text.indexOf(title) + title.length)
    .trimStart()
    .split(/\n\s*\n/, 1);
  const isProse = /^(?:\w|\*\*|`(?!``)|“|\[)/.test(first);
  return {
    path,
    url: urlOf(path),
    title: plain(title),
    summary: isProse ? plain(first).replace(/\s+/g, ' ') : '',
    text,
  };
};

const rank = ({ path }: DocsPage): string => {
  const folder = path.includes('/') ? (path.split('/', 1)[0] ?? '') : '';
  const at = folder === '' ? -1 : ORDER.indexOf(folder);
  return `${at < 0 && folder !== '' ? ORDER.length : at + 1} ${urlOf(path)}`;
};

/** Every page below `folder` (absolute), in the order of the site. */
export const readPages = (folder: string): readonly DocsPage[] =>
  globSync('**/*.md', { cwd: folder, exclude: ['**/node_modules/**', '.vitepress/**', '**/[[]*'] })
    .map((path) => pageOf(path.replaceAll('\\', '/'), readFileSync(join(folder, path), 'utf8')))
    .toSorted((a, b) => (rank(a) < rank(b) ? -1 : 1));

const nameOf = (folder: string): string => folder.charAt(0).toUpperCase() + folder.slice(1);

/** The sections of the site: each folder with where it begins. */
export const sectionsOf = (
  pages: readonly DocsPage[],
): readonly { text: string; link: string; folder: string }[] =>
  [...Map.groupBy(pages.slice(1), ({ path }) => path.split('/', 1)[0] ?? '')].map(([folder, [first]]) => ({
    text: nameOf(folder),
    link: first?.url ?? '/',
    folder,
  }));

const itemsBelow = (pages: readonly DocsPage[], folder: string): SidebarItem[] =>
  pages
    .filter(({ path }) => posix.dirname(path) === folder)
    .map(({ url, title, path }) => {
      const items = itemsBelow(pages, path.replace(/\.md$/, ''));
      return { text: title, link: url, ...(items.length > 0 && { items }) };
    });

/** The sidebar of each section, by its address; what stands in a folder named like a page stands below that page. */
export const sidebarOf = (pages: readonly DocsPage[]): Record<string, { items: SidebarItem[] }[]> =>
  Object.fromEntries(
    sectionsOf(pages).map(({ folder }) => [`/${folder}/`, [{ items: itemsBelow(pages, folder) }]]),
  );

/** Where the Markdown of a page stands on the site: beside its HTML. */
export const twinOf = ({ url }: DocsPage): string => `${url.endsWith('/') ? `${url}index` : url}.md`;

/** `llms.txt` (llmstxt.org): every page by section, each linked to its Markdown. `base` begins and ends with a slash. */
export const llmsIndex = (pages: readonly DocsPage[], base = '/'): string => {
  const lines = [`# ${pages[0]?.title}`, '', `> ${pages[0]?.summary}`];
  let section = '';
  for (const page of pages.slice(1)) {
    const folder = page.path.split('/', 1)[0] ?? '';
    if (folder !== section) lines.push('', `## ${nameOf(folder)}`, '');
    section = folder;
    const about = page.summary === '' ? '' : `: ${page.summary}`;
    lines.push(`- [${page.title}](${base}${twinOf(page).slice(1)})${about}`);
  }
  return `${lines.join('\n')}\n`;
};

/** The Markdown as it is published: links to the index of a folder name it as the site does. */
export const twinText = ({ text }: DocsPage): string =>
  outsideFences(text, (part) => part.replace(/(\]\([^)\s]*)\bREADME\.md(?=[)#])/g, '$1index.md'));

/** `llms-full.txt`: every page one after the other. */
export const llmsFull = (pages: readonly DocsPage[]): string =>
  pages.map((page) => `<!-- ${twinOf(page)} -->\n\n${twinText(page)}`).join('\n');
