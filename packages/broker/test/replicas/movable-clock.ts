// Loaded before the product in a test's process: a SIGUSR2 moves its clock by CLOCK_JUMP_MS, the next one back. CLOCK_OFFSET_MS is where it
// starts. Only wall time moves; timers and the monotonic clock do not.

const realNow = Date.now;
const jumpMs = Number(process.env.CLOCK_JUMP_MS ?? 0);
let offsetMs = Number(process.env.CLOCK_OFFSET_MS ?? 0);

Date.now = () => realNow() + offsetMs;
process.on('SIGUSR2', () => {
  offsetMs = offsetMs === 0 ? jumpMs : 0;
});
