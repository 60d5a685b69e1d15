// What is remembered of one provider: its breakers, how its last requests ended, how fast its models began to answer.
// The clock is passed in; everything is bounded, since model names come from clients.
import { Breaker } from './breaker.ts';

const MOST_OUTCOMES = 50;
const MOST_MODELS = 200;
/** Share of a new measurement in the moving average. */
const NEW_SHARE = 0.3;
/** A speed that was measured longer ago says nothing. */
const SPEED_LIFE_MS = 15 * 60_000;

interface Speed {
  readonly milliseconds: number;
  readonly at: number;
}

export class ProviderRecord {
  #provider = new Breaker();
  readonly #keys = new Map<string, Breaker>();
  readonly #models = new Map<string, Breaker>();
  readonly #speeds = new Map<string, Speed>();
  readonly #outcomes: boolean[] = [];
  lastError: { readonly at: number; readonly sentence: string } | null = null;

  get provider(): Breaker {
    return this.#provider;
  }

  key(key: string): Breaker | null {
    return this.#keys.get(key) ?? null;
  }

  model(key: string, model: string): Breaker | null {
    return this.#models.get(nameOf(key, model)) ?? null;
  }

  /** The breakers that a request passes; those of its key and model are made now. */
  breakersFor(key: string, model: string): { provider: Breaker; key: Breaker; model: Breaker } {
    return {
      provider: this.#provider,
      key: getOrMake(this.#keys, key),
      model: getOrMake(this.#models, nameOf(key, model)),
    };
  }

  /** Breakers of models with something against them. */
  troubledModels(): { readonly key: string; readonly model: string; readonly breaker: Breaker }[] {
    return [...this.#models].flatMap(([name, breaker]) => {
      const [key = '', model = ''] = name.split(SEPARATOR);
      return breaker.restUntil === null ? [] : [{ key, model, breaker }];
    });
  }

  noteOutcome(answered: boolean): void {
    this.#outcomes.push(answered);
    if (this.#outcomes.length > MOST_OUTCOMES) this.#outcomes.shift();
  }

  get samples(): number {
    return this.#outcomes.length;
  }

  get successRate(): number | null {
    const answered = this.#outcomes.filter((outcome) => outcome).length;
    return this.#outcomes.length === 0 ? null : answered / this.#outcomes.length;
  }

  noteSpeed(model: string, milliseconds: number, now: number): void {
    const before = this.speed(model, now);
    const average = before === null ? milliseconds : before + NEW_SHARE * (milliseconds - before);
    putBounded(this.#speeds, model, { milliseconds: average, at: now });
  }

  speed(model: string, now: number): number | null {
    const speed = this.#speeds.get(model);
    return speed === undefined || now - speed.at > SPEED_LIFE_MS ? null : speed.milliseconds;
  }

  speeds(now: number): { readonly model: string; readonly firstByteMs: number }[] {
    return [...this.#speeds.keys()].flatMap((model) => {
      const firstByteMs = this.speed(model, now);
      return firstByteMs === null ? [] : [{ model, firstByteMs }];
    });
  }

  /** Takes back all that keeps requests away; requests in flight report to breakers that nobody asks any more. */
  clearBreakers(): void {
    this.#provider = new Breaker();
    this.#keys.clear();
    this.#models.clear();
  }

  forgetKey(key: string): void {
    this.#keys.delete(key);
    for (const name of [...this.#models.keys()]) {
      if (name.split(SEPARATOR)[0] === key) this.#models.delete(name);
    }
  }
}

/** No name holds a zero character. */
const SEPARATOR = '\u0000';
const nameOf = (key: string, model: string): string => key + SEPARATOR + model;

function getOrMake(map: Map<string, Breaker>, name: string): Breaker {
  const known = map.get(name);
  // Which was used last matters only where one has to go, and keeping the order costs more than all else here.
  if (known !== undefined && map.size < MOST_MODELS) return known;
  const breaker = known ?? new Breaker();
  putBounded(map, name, breaker);
  return breaker;
}

/** The one that was not used for longest goes. */
function putBounded<V>(map: Map<string, V>, name: string, value: V): void {
  if (map.size >= MOST_MODELS) map.delete(name);
  map.set(name, value);
  const oldest = map.keys().next();
  if (map.size > MOST_MODELS && oldest.done !== true) map.delete(oldest.value);
}
