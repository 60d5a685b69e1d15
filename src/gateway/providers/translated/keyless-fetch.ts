// Packages insist on a key; a server without one gets no header in its place.

const keyHeaders = ['authorization', 'x-goog-api-key'];

/** The same `fetch` when there is a secret; without one, requests leave without the headers that would carry it. */
export function keylessFetch(fetch: typeof globalThis.fetch, secret: string | null): typeof globalThis.fetch {
  if (secret !== null && secret !== '') return fetch;
  return (input, init) => {
    const headers = new Headers(init?.headers);
    for (const name of keyHeaders) headers.delete(name);
    return fetch(input, { ...init, headers: Object.fromEntries(headers) });
  };
}
