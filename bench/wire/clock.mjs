// One clock for all processes of the bench: microseconds of the machine's monotonic clock, so that a delta's time
// of sending, written by one process, can be subtracted in another.

/** Microseconds, comparable between processes of this machine, as a fraction. */
export function monotonicMicros() {
  const [seconds, nanoseconds] = process.hrtime();
  return seconds * 1e6 + nanoseconds / 1e3;
}
