// Where people come back to: hands the answer to the page that waits, and closes the window.

import { relay } from '/sdk/browser/connect.js';

await relay();
