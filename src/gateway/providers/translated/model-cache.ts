// The models in use, made once per name and key: making one builds the whole of its provider package anew.
import type { LanguageModelV4 } from '@ai-sdk/provider';
import type { ModelAdapter, ModelSetup } from '../../translation/types.ts';

const MOST_MODELS = 32;

export class ModelCache {
  readonly #adapter: ModelAdapter;
  readonly #models = new Map<string, Promise<LanguageModelV4>>();

  constructor(adapter: ModelAdapter) {
    this.#adapter = adapter;
  }

  get(setup: ModelSetup): Promise<LanguageModelV4> {
    const key = `${setup.model}\n${setup.name ?? ''}\n${setup.secret ?? ''}`;
    const known = this.#models.get(key);
    if (known !== undefined) return known;
    if (this.#models.size >= MOST_MODELS) this.#models.clear();
    const model = this.#adapter.createModel(setup);
    this.#models.set(key, model);
    // One that could not be made, for want of a sign-in perhaps, is tried again.
    model.catch(() => this.#models.delete(key));
    return model;
  }
}
