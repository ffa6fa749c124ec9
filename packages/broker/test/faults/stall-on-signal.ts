// Loaded before the product: SIGUSR2 keeps its event loop busy for five seconds, as a bug or a collection of garbage would.

const STALL_MS = 5000;

process.on('SIGUSR2', () => {
  const until = performance.now() + STALL_MS;
  while (performance.now() < until);
});
