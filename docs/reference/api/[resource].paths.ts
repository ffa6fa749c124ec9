// The pages of the management API: made when the site is built, from the code that answers.

import { readApiPages } from '../../../scripts/docs-site/site.ts';

export default {
  paths: async () =>
    (await readApiPages()).map(({ name, markdown }) => ({ params: { resource: name }, content: markdown })),
};
