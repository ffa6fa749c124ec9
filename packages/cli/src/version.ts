// The version of this package, read from its manifest so that it is written down once.

import manifest from '../package.json' with { type: 'json' };

/** Such as `0.1.0`. */
export const VERSION = manifest.version;
