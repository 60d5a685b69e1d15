// An answer that began well and cannot be ended well: cut off, ended by the provider with an error, or with tool
// arguments that no client may run (T48, T53, T116). The client tries again.
export class BrokenAnswer extends Error {
  /** `message` is one sentence for the person at the client: what happened and what to do. */
  constructor(message: string) {
    super(message);
    this.name = 'BrokenAnswer';
  }
}
