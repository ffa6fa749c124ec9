// Our own documents as pages: every form they use, and nothing that could be markup of its own.

import { expect, it } from 'vitest';
import { renderMarkdown } from './markdown.ts';

const render = (text: string): string => String(renderMarkdown(text, 'docs/errors/locked.md'));

it.each([
  ['a heading', '# `locked`\n', '<h1><code>locked</code></h1>'],
  ['a section', '## What it means\n', '<h2>What it means</h2>'],
  ['paragraphs', 'One\nline.\n\nTwo.\n', '<p>One\nline.</p><p>Two.</p>'],
  ['a list', '- One\n  line.\n- **Two**\n', '<ul><li>One\n  line.</li><li><strong>Two</strong></li></ul>'],
  [
    'code with an empty line',
    '```json\n{\n\n"a": 1 }\n```\n',
    '<pre><code>{\n\n&quot;a&quot;: 1 }\n</code></pre>',
  ],
  [
    'text around code',
    'Before:\n\n```\nx\n```\n\nAfter.\n',
    '<p>Before:</p><pre><code>x\n</code></pre><p>After.</p>',
  ],
  ['a link to a file', '[More](../guides/keys.md).\n', '<p>More (<code>docs/guides/keys.md</code>).</p>'],
  ['a link to a page', '[It](../connect/codex.md#why)\n', '<p><a href="/docs/connect/codex">It</a></p>'],
  [
    'a link to a code',
    '[`conflict`](conflict.md)\n',
    '<p><a href="/docs/errors/conflict"><code>conflict</code></a></p>',
  ],
  ['a link to the list', '[All](README.md)\n', '<p><a href="/docs/errors">All</a></p>'],
  ['a link elsewhere', '[It](https://a.example/b)\n', '<p>It (<code>https://a.example/b</code>)</p>'],
  ['no markup', 'A <b>tag</b> & `<i>`\n', '<p>A &lt;b&gt;tag&lt;/b&gt; &amp; <code>&lt;i&gt;</code></p>'],
  ['nothing', '', ''],
])('renders %s', (_name, text, expected) => {
  expect(render(text)).toBe(expected);
});
