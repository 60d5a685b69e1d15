// What the clients in use accept of a list's entries. They drop a whole list for one entry that does not fit, so that each
// entry is held against these alone, before it is listed. The stricter client decides. Pure.
import { z } from 'zod';

const text = z.string().optional();
const anyObject = z.record(z.string(), z.unknown());
/** Arrays pass as objects in one client, booleans in none of the older ones. */
const schemaObject = z.custom<object>((value) => typeof value === 'object' && value !== null);

const objectSchema = z.looseObject({
  type: z.literal('object'),
  $schema: text,
  properties: z.record(z.string(), schemaObject).optional(),
  required: z.array(z.string()).optional(),
});

const common = { name: z.string().min(1), title: text, description: text, _meta: anyObject.optional() };

export const Icons = z.array(
  z.looseObject({
    src: z.string(),
    mimeType: text,
    sizes: z.array(z.string()).optional(),
    theme: z.enum(['light', 'dark']).optional(),
  }),
);

export const Tool = z.looseObject({
  ...common,
  inputSchema: objectSchema,
  annotations: z
    .looseObject({
      title: text,
      readOnlyHint: z.boolean().optional(),
      destructiveHint: z.boolean().optional(),
      idempotentHint: z.boolean().optional(),
      openWorldHint: z.boolean().optional(),
    })
    .optional(),
  execution: z
    .looseObject({ taskSupport: z.enum(['required', 'optional', 'forbidden']).optional() })
    .optional(),
});

export const OutputSchema = objectSchema;

export const Annotations = z.looseObject({
  audience: z.array(z.enum(['user', 'assistant'])).optional(),
  priority: z.number().min(0).max(1).optional(),
  lastModified: z.iso.datetime({ offset: true }).optional(),
});

export const Prompt = z.looseObject({
  ...common,
  arguments: z
    .array(
      z.looseObject({ name: z.string(), title: text, description: text, required: z.boolean().optional() }),
    )
    .optional(),
});

export const Resource = z.looseObject({
  ...common,
  uri: z.string().min(1),
  mimeType: text,
  size: z.number().optional(),
});

export const ResourceTemplate = z.looseObject({ ...common, uriTemplate: z.string().min(1), mimeType: text });

/** The first thing that does not fit, as `place: problem`. */
export function firstProblem(error: z.ZodError): string {
  const [issue] = error.issues;
  return issue === undefined ? 'not valid' : `${issue.path.join('.') || 'it'}: ${issue.message}`;
}
