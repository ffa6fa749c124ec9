// Turns the few forms of Markdown that our own documents use into HTML: headings, paragraphs, lists, fenced code, and in lines code, bold
// and links. MUST NOT be given text of others; what it does not know stays as written, escaped.

import { type Html, html } from './html.ts';

/** A fence with what is in it, or lines up to an empty one. */
const BLOCK = /^```.*\n([\s\S]*?)^```$|(?:^(?!```).+\n?)+/gm;

const INLINE = /`([^`]+)`|\*\*([^*]+)\*\*|\[([^\]]+)\]\(([^)\s]+)\)/g;

/** The document's blocks. `path` is where it stands, such as `docs/errors/locked.md`: links between documents start there. */
export const renderMarkdown = (text: string, path: string): Html => {
  const blocks = [...text.matchAll(BLOCK)].map(([block, code]) =>
    code === undefined ? renderBlock(block.trim(), path) : html`<pre><code>${code}</code></pre>`,
  );
  return html`${blocks}`;
};

const renderBlock = (block: string, path: string): Html => {
  const [, marks, title] = /^(#+) (.+)$/.exec(block) ?? [];
  if (title !== undefined) {
    const words = renderInline(title, path);
    return marks === '#' ? html`<h1>${words}</h1>` : html`<h2>${words}</h2>`;
  }
  if (!block.startsWith('- ')) return html`<p>${renderInline(block, path)}</p>`;
  const items = block.split(/^- /m).slice(1);
  return html`<ul>${items.map((item) => html`<li>${renderInline(item.trim(), path)}</li>`)}</ul>`;
};

const renderInline = (text: string, path: string): Html[] => {
  const parts: Html[] = [];
  let end = 0;
  for (const match of text.matchAll(INLINE)) {
    const [whole, code, bold, label, target] = match;
    parts.push(html`${text.slice(end, match.index)}`);
    end = match.index + whole.length;
    if (code !== undefined) parts.push(html`<code>${code}</code>`);
    else if (bold !== undefined) parts.push(html`<strong>${bold}</strong>`);
    else parts.push(renderLink(label ?? '', target ?? '', path));
  }
  return [...parts, html`${text.slice(end)}`];
};

/** The broker serves these and no other document: a link to another would lead nowhere, and becomes the path of its file. */
const SERVED = /^\/(docs\/(?:errors|connect)\/[\w-]+)\.md$/;

const renderLink = (label: string, target: string, path: string): Html => {
  const { protocol, pathname, href } = new URL(target, `file:///${path}`);
  if (protocol !== 'file:') return html`${label} (<code>${href}</code>)`;
  const [, served] = SERVED.exec(pathname) ?? [];
  if (served) return html`<a href="/${served.replace(/\/README$/, '')}">${renderInline(label, path)}</a>`;
  return html`${label} (<code>${pathname.slice(1)}</code>)`;
};
