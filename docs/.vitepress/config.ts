// The site: built from the documents as they stand, with search in the browser and nothing loaded from elsewhere. Its sections follow
// the folders; what a page links to must exist.

import { defineConfig, type HeadConfig } from 'vitepress';
import { sectionsOf, sidebarOf, twinOf, withoutOutsideLinks } from '../../scripts/docs-site/pages.ts';
import { DOCS, readSite, writeBeside } from '../../scripts/docs-site/site.ts';

const pages = await readSite();

export default defineConfig({
  title: 'Valetkey',
  description: pages[0]?.summary ?? '',
  lang: 'en',
  cleanUrls: true,
  rewrites: (path) => path.replace(/README\.md$/, 'index.md'),
  cacheDir: '../node_modules/.cache/vitepress',
  themeConfig: {
    logo: '/favicon.svg',
    search: { provider: 'local' },
    nav: sectionsOf(pages).map(({ text, link, folder }) => ({ text, link, activeMatch: `^/${folder}/` })),
    sidebar: sidebarOf(pages),
    outline: [2, 3],
    externalLinkIcon: false,
  },
  // Addresses in the text are examples.
  markdown: { linkify: false },
  vite: {
    publicDir: '../packages/web/public',
    plugins: [
      {
        name: 'links-out-of-the-site',
        enforce: 'pre',
        transform: (text, id) =>
          id.startsWith(DOCS) && id.endsWith('.md')
            ? withoutOutsideLinks(text, id.slice(DOCS.length + 1))
            : null,
      },
    ],
  },
  transformHead: ({ page, siteConfig: { site } }) => {
    const icon: HeadConfig = ['link', { rel: 'icon', href: `${site.base}favicon.svg` }];
    const isPage = pages.some((each) => twinOf(each) === `/${page}`);
    const twin: HeadConfig = ['link', { rel: 'alternate', type: 'text/markdown', href: site.base + page }];
    return isPage ? [icon, twin] : [icon];
  },
  buildEnd: ({ outDir, site }) => writeBeside(pages, outDir, site.base),
});
