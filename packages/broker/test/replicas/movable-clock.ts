// Loaded before the product in a test's process: a SIGUSR2 puts its clock an hour ahead, the next one back. CLOCK_OFFSET_MS sets where it
// starts. Only wall time moves; timers and the monotonic clock do not.

const realNow = Date.now;
const HOUR_MS = 3_600_000;
let offsetMs = Number(process.env.CLOCK_OFFSET_MS ?? 0);

Date.now = () => realNow() + offsetMs;
process.on('SIGUSR2', () => {
  offsetMs = offsetMs === 0 ? HOUR_MS : 0;
});
