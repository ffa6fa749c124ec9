// Turns the few forms of Markdown that our own documents use into HTML: headings, paragraphs, lists, fenced code, and in lines code, bold
// and links. MUST NOT be given text of others; what it does not know stays as written, escaped.

import { type Html, html } from './html.ts';

/** A fence with what is in it, or lines up to an empty one. */
const BLOCK = /^```.*\n([\s\S]*?)^```$|(?:^(?!```).+\n?)+/gm;

const INLINE = /`([^`]+)`|\*\*([^*]+)\*\*|\[([^\]]+)\]\(([^)\s]+)\)/g;

/** The document's blocks. `folder` is where it stands, such as `docs/errors/`: links between documents become the paths of their files. */
export const renderMarkdown = (text: string, folder: string): Html => {
  const blocks = [...text.matchAll(BLOCK)].map(([block, code]) =>
    code === undefined ? renderBlock(block.trim(), folder) : html`<pre><code>${code}</code></pre>`,
  );
  return html`${blocks}`;
};

const renderBlock = (block: string, folder: string): Html => {
  const [, marks, title] = /^(#+) (.+)$/.exec(block) ?? [];
  if (title !== undefined) {
    const words = renderInline(title, folder);
    return marks === '#' ? html`<h1>${words}</h1>` : html`<h2>${words}</h2>`;
  }
  if (!block.startsWith('- ')) return html`<p>${renderInline(block, folder)}</p>`;
  const items = block.split(/^- /m).slice(1);
  return html`<ul>${items.map((item) => html`<li>${renderInline(item.trim(), folder)}</li>`)}</ul>`;
};

const renderInline = (text: string, folder: string): Html[] => {
  const parts: Html[] = [];
  let end = 0;
  for (const match of text.matchAll(INLINE)) {
    const [whole, code, bold, label, target] = match;
    parts.push(html`${text.slice(end, match.index)}`);
    end = match.index + whole.length;
    if (code !== undefined) parts.push(html`<code>${code}</code>`);
    else if (bold !== undefined) parts.push(html`<strong>${bold}</strong>`);
    else parts.push(html`${label} (<code>${fileOf(target ?? '', folder)}</code>)`);
  }
  return [...parts, html`${text.slice(end)}`];
};

/** The broker serves the pages of error codes and no other document, so that a link to one would lead nowhere. */
const fileOf = (target: string, folder: string): string => {
  const { protocol, pathname, href } = new URL(target, `file:///${folder}`);
  return protocol === 'file:' ? pathname.slice(1) : href;
};
