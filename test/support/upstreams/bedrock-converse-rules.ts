// What Bedrock's Converse API refuses: members and unions by its published Smithy model, then the rules between turns,
// tools and models that only the running service enforces.
import { readFileSync } from 'node:fs';
import { asArray, asText, isObject, Refusal, type JsonObject } from './refusal.ts';
import { roughTokens } from './script.ts';

interface PublishedShapes {
  readonly patterns: Readonly<Record<'toolName' | 'toolUseId' | 'documentName', string>>;
  readonly shapes: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

const published = JSON.parse(
  readFileSync(new URL('../../fixtures/dialects/schemas/bedrock-converse.json', import.meta.url), 'utf8'),
) as PublishedShapes;
const toolName = new RegExp(published.patterns.toolName);
const toolUseId = new RegExp(published.patterns.toolUseId);
const documentName = new RegExp(published.patterns.documentName);

export interface ConverseModel {
  readonly id: RegExp;
  readonly contextTokens: number;
  readonly outputTokens: number;
  readonly images: boolean;
  readonly documents: boolean;
  /** Members of the toolChoice union it takes. */
  readonly choices: readonly string[];
  readonly caching: boolean;
  readonly stops: number;
}

const converseModel = (
  id: RegExp,
  contextTokens: number,
  outputTokens: number,
  more: Partial<ConverseModel> = {},
): ConverseModel => ({
  id,
  contextTokens,
  outputTokens,
  images: false,
  documents: false,
  choices: ['auto'],
  caching: false,
  stops: 4,
  ...more,
});

const nova = { images: true, documents: true, choices: ['auto', 'any', 'tool'], caching: true };

export const converseModels: readonly ConverseModel[] = [
  converseModel(/^amazon\.nova-(premier|pro|lite)-v1:0$/, 300_000, 10_000, nova),
  converseModel(/^amazon\.nova-2-(lite|pro)-v1:0$/, 1_000_000, 65_535, nova),
  converseModel(/^amazon\.nova-micro-v1:0$/, 128_000, 10_000, { ...nova, images: false, documents: false }),
  converseModel(/^openai\.gpt-5\.\d$/, 272_000, 128_000, {
    images: true,
    choices: ['auto', 'any', 'tool'],
    stops: 0,
  }),
  converseModel(/^openai\.gpt-oss-(120b|20b)-1:0$/, 128_000, 16_384),
  converseModel(/^qwen\.qwen3-/, 131_072, 65_536),
  converseModel(/^deepseek\.v3/, 163_840, 81_920),
  converseModel(/^zai\.glm-/, 202_752, 101_376),
  converseModel(/^moonshotai\.kimi-/, 262_143, 16_000),
  converseModel(/^mistral\.mistral-large-3/, 256_000, 8_192, {
    images: true,
    choices: ['auto', 'any', 'tool'],
  }),
];

export function invalid(message: string): Refusal {
  return new Refusal(400, message, { type: 'ValidationException' });
}

export function findConverseModel(id: string): ConverseModel {
  const plain = id.replace(/^(us|us-gov|eu|apac|jp|au|global)\./, '');
  const model = converseModels.find((known) => known.id.test(plain));
  if (model === undefined) throw invalid('The provided model identifier is invalid.');
  return model;
}

function checkValue(value: unknown, type: string, path: string): void {
  if (type === 'any' || value === null || value === undefined) return;
  const wanted = { string: 'string', bool: 'boolean', number: 'number' }[type];
  if (wanted === undefined) return checkShape(value, type, path);
  if (typeof value !== wanted)
    throw invalid(`The type of the value at '${path}' is wrong: expected ${wanted}.`);
}

function checkShape(value: unknown, name: string, path: string): void {
  const union = published.shapes[`union:${name}`];
  const members = union ?? published.shapes[name] ?? {};
  if (!isObject(value)) throw invalid(`The value at '${path}' must be a structure.`);
  const keys = Object.keys(value);
  if (union !== undefined && keys.length !== 1) {
    throw invalid(`The value at '${path}' is a union: exactly one of its members must be set.`);
  }
  for (const key of keys) {
    const type = members[key];
    const inside = path === '' ? key : `${path}.${key}`;
    if (type === undefined) throw invalid(`The value at '${inside}' is not a member of ${name}.`);
    const child = value[key];
    if (!type.endsWith('[]')) checkValue(child, type, inside);
    else if (!Array.isArray(child)) throw invalid(`The value at '${inside}' must be a list.`);
    else child.forEach((item, at) => checkValue(item, type.slice(0, -2), `${inside}.${at}`));
  }
}

function objects(value: unknown): readonly JsonObject[] {
  return asArray(value).filter(isObject);
}

function checkBlock(block: JsonObject, path: string, model: ConverseModel): void {
  const text = asText(block['text']);
  if (text !== null && text.trim() === '') {
    throw invalid(
      `The text field in the ContentBlock object at ${path} is blank. Add text to the text field, and try again.`,
    );
  }
  if (block['image'] !== undefined && !model.images) {
    throw invalid(
      `This model doesn't support the image content block that you provided. Remove it at ${path} and try again.`,
    );
  }
  const document = block['document'];
  if (isObject(document)) {
    if (!model.documents) throw invalid(`This model doesn't support documents.`);
    if (!documentName.test(asText(document['name']) ?? '') || /\s{2}/.test(asText(document['name']) ?? '')) {
      throw invalid(
        "The document file name can only contain alphanumeric characters, whitespace characters, hyphens, parentheses, and square brackets. The name can't contain more than one consecutive whitespace character.",
      );
    }
  }
  if (block['cachePoint'] !== undefined && !model.caching) {
    throw new Refusal(
      403,
      'You invoked an unsupported model or your request did not allow prompt caching. See the documentation for more information.',
      { type: 'AccessDeniedException' },
    );
  }
  const use = block['toolUse'];
  if (isObject(use)) {
    checkId(use, path);
    if (!isObject(use['input'])) {
      throw invalid(
        `The format of the value at ${path}.toolUse.input is invalid. Provide a json object for the field and try again.`,
      );
    }
  }
  const result = block['toolResult'];
  if (isObject(result)) {
    checkId(result, path);
    objects(result['content']).forEach((part, at) =>
      checkBlock(part, `${path}.toolResult.content.${at}`, model),
    );
    const status = result['status'];
    if (status !== undefined && status !== 'success' && status !== 'error') {
      throw invalid(
        `Value at '${path}.toolResult.status' failed to satisfy constraint: Member must satisfy enum value set: [success, error]`,
      );
    }
  }
}

function checkId(block: JsonObject, path: string): void {
  const id = asText(block['toolUseId']) ?? '';
  if (toolUseId.test(id)) return;
  throw invalid(
    `1 validation error detected: Value '${id}' at '${path}.member.toolUseId' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z0-9_.:-]+`,
  );
}

function idsOf(message: JsonObject | undefined, kind: 'toolUse' | 'toolResult'): string[] {
  return objects(message?.['content'])
    .map((block) => block[kind])
    .filter(isObject)
    .map((block) => asText(block['toolUseId']) ?? '');
}

function checkMessages(body: JsonObject, model: ConverseModel): boolean {
  const messages = objects(body['messages']);
  if (messages.length === 0 || messages[0]?.['role'] !== 'user') {
    throw invalid(
      'A conversation must start with a user message. Try again with a conversation that starts with a user message.',
    );
  }
  let usesTools = false;
  messages.forEach((message, at) => {
    const role = message['role'];
    if (role !== 'user' && role !== 'assistant') {
      throw invalid(
        `1 validation error detected: Value '${String(role)}' at 'messages.${at}.member.role' failed to satisfy constraint: Member must satisfy enum value set: [user, assistant]`,
      );
    }
    if (role === messages[at - 1]?.['role']) {
      throw invalid(
        'A conversation must alternate between user and assistant roles. Make sure the conversation alternates between user and assistant roles and try again.',
      );
    }
    const blocks = objects(message['content']);
    if (blocks.length === 0) {
      throw invalid(
        `The content field in the Message object at messages.${at} is empty. Add a ContentBlock object to the content field and try again.`,
      );
    }
    blocks.forEach((block, number) => checkBlock(block, `messages.${at}.content.${number}`, model));
    const uses = idsOf(messages[at - 1], 'toolUse');
    const results = idsOf(message, 'toolResult');
    usesTools ||= uses.length > 0 || results.length > 0;
    const missing = uses.filter((id) => !results.includes(id));
    if (missing.length > 0) {
      throw invalid(
        `Expected toolResult blocks at messages.${at}.content for the following Ids: ${missing.join(', ')}`,
      );
    }
    if (results.some((id) => !uses.includes(id))) {
      throw invalid(
        `The number of toolResult blocks at messages.${at}.content exceeds the number of toolUse blocks of previous turn.`,
      );
    }
  });
  if (messages.at(-1)?.['role'] === 'assistant') {
    throw invalid(
      'This model does not support assistant message prefill. The conversation must end with a user message.',
    );
  }
  return usesTools;
}

function checkTools(body: JsonObject, model: ConverseModel, usesTools: boolean): void {
  const config = body['toolConfig'];
  if (!isObject(config)) {
    if (!usesTools) return;
    throw invalid('The toolConfig field must be defined when using toolUse and toolResult content blocks.');
  }
  const specs = objects(config['tools']);
  if (specs.length === 0) {
    throw invalid(
      `1 validation error detected: Value '[]' at 'toolConfig.tools' failed to satisfy constraint: Member must have length greater than or equal to 1`,
    );
  }
  const names = new Set<string>();
  specs.forEach((tool, at) => {
    const spec = tool['toolSpec'];
    if (tool['cachePoint'] !== undefined) checkBlock(tool, `toolConfig.tools.${at}`, model);
    if (!isObject(spec)) return;
    const name = asText(spec['name']) ?? '';
    if (!toolName.test(name)) {
      throw invalid(
        `1 validation error detected: Value '${name}' at 'toolConfig.tools.${at + 1}.member.toolSpec.name' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z0-9_-]+`,
      );
    }
    if (spec['description'] === '') {
      throw invalid(
        `1 validation error detected: Value '' at 'toolConfig.tools.${at + 1}.member.toolSpec.description' failed to satisfy constraint: Member must have length greater than or equal to 1`,
      );
    }
    if (names.has(name)) throw invalid(`The toolConfig.tools field contains the tool name ${name} twice.`);
    names.add(name);
    const schema = isObject(spec['inputSchema']) ? spec['inputSchema']['json'] : undefined;
    if (!isObject(schema) || schema['type'] !== 'object') {
      throw invalid(
        `The value at toolConfig.tools.${at}.toolSpec.inputSchema.json.type must be one of the following: object.`,
      );
    }
  });
  const choice = config['toolChoice'];
  if (!isObject(choice)) return;
  const [kind = ''] = Object.keys(choice);
  if (!model.choices.includes(kind)) {
    throw invalid(
      `This model doesn't support the toolConfig.toolChoice.${kind} field. Remove toolConfig.toolChoice.${kind} and try again.`,
    );
  }
  const named = isObject(choice['tool']) ? (asText(choice['tool']['name']) ?? '') : null;
  if (named !== null && !names.has(named)) {
    throw invalid(`The tool ${named} of toolConfig.toolChoice.tool is not among toolConfig.tools.`);
  }
}

function checkInference(body: JsonObject, model: ConverseModel): void {
  const config = body['inferenceConfig'];
  if (!isObject(config)) return;
  const most = config['maxTokens'];
  if (typeof most === 'number' && (most < 1 || most > model.outputTokens)) {
    throw invalid(
      `The maximum tokens you requested exceeds the model limit of ${model.outputTokens}. Try again with a maximum tokens value that is lower than ${model.outputTokens}.`,
    );
  }
  const stops = asArray(config['stopSequences']);
  if (stops.length > model.stops) {
    throw invalid(
      model.stops === 0
        ? `This model doesn't support the stopSequences field. Remove stopSequences and try again.`
        : `1 validation error detected: Value at 'inferenceConfig.stopSequences' failed to satisfy constraint: Member must have length less than or equal to ${model.stops}`,
    );
  }
  for (const name of ['temperature', 'topP']) {
    const value = config[name];
    if (typeof value === 'number' && (value < 0 || value > 1)) {
      throw invalid(
        `1 validation error detected: Value '${value}' at 'inferenceConfig.${name}' failed to satisfy constraint: Member must have value less than or equal to 1`,
      );
    }
  }
}

/** Throws for a request that the service refuses. */
export function checkConverseRequest(
  body: JsonObject,
  model: ConverseModel,
  contextTokens: number | null,
): void {
  checkShape(body, 'ConverseRequest', '');
  objects(body['system']).forEach((block, at) => checkBlock(block, `system.${at}`, model));
  const usesTools = checkMessages(body, model);
  checkTools(body, model, usesTools);
  checkInference(body, model);
  if (roughTokens(body) > (contextTokens ?? model.contextTokens)) {
    throw invalid('Input is too long for requested model.');
  }
}
