// The commands of the documents, block by block, as a reader copies them.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A block of a document that is marked `sh`. `name` says where it is: the document and the block's first line. */
export interface ShellBlock {
  readonly name: string;
  readonly path: string;
  readonly text: string;
}

/** Every block of these documents, in order. */
export const shellBlocks = (root: string, paths: readonly string[]): readonly ShellBlock[] =>
  paths.flatMap((path) =>
    [...readFileSync(join(root, path), 'utf8').matchAll(/^( *)```sh\n([\s\S]*?)^\1```/gm)].map(
      ([, , text = '']) => ({ name: `${path}: ${text.trim().split('\n', 1)[0]}`, path, text }),
    ),
  );
