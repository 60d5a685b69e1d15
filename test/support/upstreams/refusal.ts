// A provider's "no": thrown by the rules of a mock, written by its server in the provider's own error shape.

/** Status, sentence and the fields in which providers classify an error. */
export class Refusal extends Error {
  readonly status: number;
  readonly code: string | null;
  readonly type: string;
  readonly param: string | null;

  constructor(
    status: number,
    message: string,
    fields: { code?: string | null; type?: string; param?: string | null } = {},
  ) {
    super(message);
    this.name = 'Refusal';
    this.status = status;
    this.code = fields.code ?? null;
    this.type = fields.type ?? 'invalid_request_error';
    this.param = fields.param ?? null;
  }
}

export type JsonObject = Record<string, unknown>;

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function asArray(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? (value as readonly unknown[]) : [];
}

export function asText(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}
