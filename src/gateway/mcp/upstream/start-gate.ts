// Lets only so many servers start at a time: twenty at once make each of them miss its time limit (R51).

export interface StartGate {
  /** Runs `work` when it is its turn. */
  run<T>(work: () => Promise<T>): Promise<T>;
}

export function createStartGate(most: number): StartGate {
  let running = 0;
  const waiting: (() => void)[] = [];
  return {
    async run(work) {
      if (running >= most) await new Promise<void>((resolve) => waiting.push(resolve));
      else running++;
      try {
        return await work();
      } finally {
        const next = waiting.shift();
        if (next === undefined) running--;
        else next();
      }
    },
  };
}
