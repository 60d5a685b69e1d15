// What Gemini's API refuses: fields its published messages do not have, then the rules between turns, tools and
// thinking that only the running service enforces.
import { readFileSync } from 'node:fs';
import { asArray, asText, isObject, Refusal, type JsonObject } from './refusal.ts';
import { roughTokens } from './script.ts';

interface PublishedMessages {
  readonly messages: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly types: readonly string[];
}

const published = JSON.parse(
  readFileSync(new URL('../../fixtures/dialects/schemas/gemini.json', import.meta.url), 'utf8'),
) as PublishedMessages;

export interface GeminiModel {
  readonly id: string;
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** Thinking is told in levels (Gemini 3) or in tokens (2.5); null: it does not think. */
  readonly levels: readonly string[] | null;
  readonly budget: { readonly least: number; readonly most: number; readonly off: boolean } | null;
}

export const geminiModels: readonly GeminiModel[] = [
  { id: 'gemini-3.6-flash', levels: ['minimal', 'low', 'medium', 'high'] },
  { id: 'gemini-3.5-flash-lite', levels: ['minimal', 'low', 'medium', 'high'] },
  { id: 'gemini-3.5-flash', levels: ['minimal', 'low', 'medium', 'high'] },
  { id: 'gemini-3.1-pro-preview', levels: ['low', 'medium', 'high'] },
  { id: 'gemini-3.1-flash-lite', levels: ['minimal', 'low', 'medium', 'high'] },
  { id: 'gemini-3-pro-preview', levels: ['low', 'high'] },
  { id: 'gemini-3-flash-preview', levels: ['minimal', 'low', 'medium', 'high'] },
  { id: 'gemini-2.5-pro', budget: { least: 128, most: 32_768, off: false } },
  { id: 'gemini-2.5-flash', budget: { least: 0, most: 24_576, off: true } },
  { id: 'gemini-2.5-flash-lite', budget: { least: 512, most: 24_576, off: true } },
  { id: 'gemini-2.0-flash' },
].map((model) => ({
  id: model.id,
  inputTokens: 1_048_576,
  outputTokens: model.id === 'gemini-2.0-flash' ? 8_192 : 65_536,
  levels: model.levels ?? null,
  budget: model.budget ?? null,
}));

/** Stand-ins for a signature that Google documents for histories of other models. */
const sentinels = ['skip_thought_signature_validator', 'context_engineering_is_the_way_to_go'];

export function invalid(message: string): Refusal {
  return new Refusal(400, message, { code: 'INVALID_ARGUMENT' });
}

const camel = (name: string): string =>
  name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
const snake = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

function checkValue(value: unknown, type: string, path: string): void {
  if (type === 'any' || value === null || value === undefined) return undefined;
  if (type === 'Type') {
    if (Array.isArray(value)) {
      throw invalid(
        `Invalid JSON payload received. Unknown name "type" at '${path.replace(/\.type$/, '')}': Proto field is not repeating, cannot start list.`,
      );
    }
    const name = (asText(value) ?? '').toUpperCase();
    if (published.types.includes(name)) return undefined;
    throw invalid(
      `Invalid value at '${path}' (type.googleapis.com/google.ai.generativelanguage.v1beta.Type), ${JSON.stringify(value)}`,
    );
  }
  const wanted = { string: 'string', bool: 'boolean', number: 'number' }[type];
  if (wanted === undefined) return checkMessage(value, type, path);
  if (typeof value === wanted) return undefined;
  throw invalid(
    `Invalid value at '${path}' (${type === 'string' ? 'TYPE_STRING' : type}), ${JSON.stringify(value)}`,
  );
}

function checkField(value: unknown, type: string, path: string): void {
  if (type.endsWith('[]')) {
    if (!Array.isArray(value)) {
      throw invalid(`Invalid value at '${path}' (TYPE_MESSAGE), ${JSON.stringify(value)}`);
    }
    return value.forEach((item, at) => checkValue(item, type.slice(0, -2), `${path}[${at}]`));
  }
  const map = /^map<(.*)>$/.exec(type)?.[1];
  if (map !== undefined && isObject(value)) {
    return Object.values(value).forEach((item, at) => checkValue(item, map, `${path}[${at}].value`));
  }
  return checkValue(value, type, path);
}

/** Refuses fields that the published message does not have, wherever they are. */
function checkMessage(value: unknown, name: string, path: string): void {
  const fields = published.messages[name] ?? {};
  if (!isObject(value))
    throw invalid(
      `Invalid value at '${path}' (type.googleapis.com/google.ai.generativelanguage.v1beta.${name}), ${JSON.stringify(value)}`,
    );
  for (const [key, child] of Object.entries(value)) {
    const type = fields[key] ?? fields[camel(key)];
    if (type === undefined) {
      const where = path === '' ? '' : ` at '${path}'`;
      throw invalid(`Invalid JSON payload received. Unknown name "${key}"${where}: Cannot find field.`);
    }
    checkField(child, type, path === '' ? snake(key) : `${path}.${snake(key)}`);
  }
}

/** A field under either spelling. */
function field(value: JsonObject, name: string): unknown {
  return value[name] ?? value[snake(name)];
}

function objects(value: unknown): readonly JsonObject[] {
  return asArray(value).filter(isObject);
}

const formats: Readonly<Record<string, readonly string[]>> = {
  STRING: ['enum', 'date-time'],
  NUMBER: ['float', 'double'],
  INTEGER: ['int32', 'int64'],
};

function checkOpenApiSchema(schema: JsonObject, path: string): void {
  const type = (asText(schema['type']) ?? '').toUpperCase();
  const bad = (where: string, what: string): Refusal =>
    invalid(`* GenerateContentRequest.${path}${where}: ${what}`);
  const format = asText(schema['format']);
  const known = formats[type];
  if (format !== null && known !== undefined && !known.includes(format)) {
    throw bad(
      '.format',
      `only ${known.map((name) => `'${name}'`).join(' and ')} are supported for ${type} type`,
    );
  }
  if (schema['enum'] !== undefined && type !== 'STRING') throw bad('.enum', 'only allowed for STRING type');
  if (asArray(schema['enum']).includes('')) throw bad('.enum[0]', 'cannot be empty');
  if (type === 'ARRAY' && !isObject(schema['items'])) throw bad('.items', 'missing field.');
  const properties = isObject(schema['properties']) ? schema['properties'] : {};
  if (type === 'OBJECT' && Object.keys(properties).length === 0 && path.endsWith('.parameters') === false) {
    throw bad('.properties', 'should be non-empty for OBJECT type');
  }
  asArray(schema['required']).forEach((name, at) => {
    if (typeof name === 'string' && !(name in properties))
      throw bad(`.required[${at}]`, 'property is not defined');
  });
  for (const [name, child] of Object.entries(properties)) {
    if (isObject(child)) checkOpenApiSchema(child, `${path}.properties[${name}]`);
  }
  if (isObject(schema['items'])) checkOpenApiSchema(schema['items'], `${path}.items`);
  objects(field(schema, 'anyOf')).forEach((child, at) => checkOpenApiSchema(child, `${path}.any_of[${at}]`));
}

function checkTools(body: JsonObject, model: GeminiModel): void {
  const names = new Set<string>();
  let searches = false;
  objects(body['tools']).forEach((tool, toolAt) => {
    searches ||= field(tool, 'googleSearch') !== undefined;
    objects(field(tool, 'functionDeclarations')).forEach((declared, at) => {
      const path = `tools[${toolAt}].function_declarations[${at}]`;
      const name = asText(declared['name']) ?? '';
      if (!/^[a-zA-Z_][a-zA-Z0-9_.:-]{0,63}$/.test(name)) {
        throw invalid(
          `* GenerateContentRequest.${path}.name: [INVALID_ARGUMENT] Invalid function name. Must start with a letter or an underscore. Must be alphanumeric (a-z, A-Z, 0-9), underscores (_), dots (.), colons (:), or dashes (-), with a maximum length of 64.`,
        );
      }
      if (names.has(name)) throw invalid(`Duplicate function declaration found: ${name}`);
      names.add(name);
      const parameters = declared['parameters'];
      if (parameters !== undefined && field(declared, 'parametersJsonSchema') !== undefined) {
        throw invalid(
          `* GenerateContentRequest.${path}: parameters and parameters_json_schema are mutually exclusive.`,
        );
      }
      if (isObject(parameters)) checkOpenApiSchema(parameters, `${path}.parameters`);
    });
  });
  if (searches && names.size > 0 && model.levels === null) {
    throw invalid('Tool use with function calling is unsupported');
  }
  const toolConfig = field(body, 'toolConfig');
  const calling = isObject(toolConfig) ? field(toolConfig, 'functionCallingConfig') : undefined;
  if (!isObject(calling)) return;
  const mode = (asText(calling['mode']) ?? 'AUTO').toUpperCase();
  if (names.size === 0 && mode !== 'NONE' && mode !== 'AUTO') {
    throw invalid('Function calling config is set without function_declarations.');
  }
  for (const name of asArray(field(calling, 'allowedFunctionNames'))) {
    if (mode !== 'ANY' && mode !== 'VALIDATED') {
      throw invalid(
        'Allowed function names should only be set when the function calling mode is ANY or VALIDATED.',
      );
    }
    if (!names.has(asText(name) ?? '')) {
      throw invalid(
        `Allowed function name \`${asText(name) ?? ''}\` is not declared in the function declarations.`,
      );
    }
  }
}

function checkPart(part: JsonObject, path: string, model: GeminiModel): void {
  const kinds = [
    'inlineData',
    'functionCall',
    'functionResponse',
    'fileData',
    'executableCode',
    'codeExecutionResult',
    'toolCall',
    'toolResponse',
  ];
  const text = asText(part['text']);
  const filled = kinds.filter((kind) => field(part, kind) !== undefined).length + (text === null ? 0 : 1);
  const signed = field(part, 'thoughtSignature') !== undefined;
  if (filled !== 1 || (text === '' && !signed)) {
    throw invalid(
      `* GenerateContentRequest.${path}.data: required oneof field 'data' must have one initialized field`,
    );
  }
  const blob = field(part, 'inlineData');
  if (isObject(blob)) checkBlob(blob);
  const file = field(part, 'fileData');
  if (isObject(file)) {
    const uri = asText(field(file, 'fileUri')) ?? '';
    if (
      !/^(gs:\/\/|https:\/\/generativelanguage\.googleapis\.com\/|https:\/\/(www\.)?youtube\.com\/|https:\/\/youtu\.be\/)/.test(
        uri,
      )
    ) {
      throw invalid(`Unsupported file uri: ${uri}`);
    }
  }
  const response = field(part, 'functionResponse');
  if (isObject(response)) {
    if (asText(response['name']) === null || response['name'] === '') {
      throw invalid(`* GenerateContentRequest.${path}.function_response.name: Name cannot be empty.`);
    }
    if (!isObject(response['response'])) {
      throw invalid(
        `Invalid value at '${path}.function_response.response' (type.googleapis.com/google.protobuf.Struct), ${JSON.stringify(response['response'])}`,
      );
    }
    if (response['parts'] !== undefined && model.levels === null) {
      throw invalid('Multimodal function responses are not supported by this model.');
    }
  }
}

function checkBlob(blob: JsonObject): void {
  const mime = asText(field(blob, 'mimeType')) ?? '';
  const takes = /^(image\/(png|jpeg|webp|heic|heif|gif)|application\/pdf|audio\/|video\/|text\/)/;
  if (!takes.test(mime)) throw invalid(`Unsupported MIME type: ${mime}`);
  const data = asText(blob['data']) ?? '';
  if (data === '' || !/^[A-Za-z0-9+/_-]+={0,2}$/.test(data)) {
    throw invalid(
      `Invalid value at 'contents[0].parts[0].inline_data.data' (TYPE_BYTES), Base64 decoding failed for "${data.slice(0, 20)}"`,
    );
  }
}

interface Turn {
  readonly role: string;
  readonly calls: readonly JsonObject[];
  readonly responses: readonly JsonObject[];
  readonly parts: readonly JsonObject[];
}

function turnOf(content: JsonObject): Turn {
  const parts = objects(content['parts']);
  const of = (name: string): JsonObject[] => parts.map((part) => field(part, name)).filter(isObject);
  return {
    role: asText(content['role']) ?? 'user',
    parts,
    calls: of('functionCall'),
    responses: of('functionResponse'),
  };
}

/** Turns with calls, with responses, and their counts and order (T114). */
function checkTurns(turns: readonly Turn[]): void {
  turns.forEach((turn, at) => {
    const before = turns[at - 1];
    const next = turns[at + 1];
    if (turn.calls.length > 0) {
      if (at === 0 || before?.role === 'model') {
        throw invalid(
          'Please ensure that function call turn comes immediately after a user turn or after a function response turn.',
        );
      }
      if (next !== undefined && next.responses.length === 0) {
        throw invalid(
          'Please ensure that the number of function response parts is equal to the number of function call parts of the function call turn.',
        );
      }
    }
    if (turn.responses.length === 0) return;
    if (before === undefined || before.calls.length === 0) {
      throw invalid(
        'Please ensure that function response turn comes immediately after a function call turn.',
      );
    }
    const names = (list: readonly JsonObject[]): string =>
      list.map(({ name }) => asText(name) ?? '').join('\n');
    const ids = (list: readonly JsonObject[]): string => list.map(({ id }) => asText(id) ?? '').join('\n');
    const sameIds = ids(before.calls) === ids(turn.responses);
    if (
      before.calls.length !== turn.responses.length ||
      names(before.calls) !== names(turn.responses) ||
      !sameIds
    ) {
      throw invalid(
        'Please ensure that the number of function response parts is equal to the number of function call parts of the function call turn.',
      );
    }
  });
}

/** Gemini 3 wants its signature back on the first call of every step of the current turn (T115). */
function checkSignatures(
  turns: readonly Turn[],
  model: GeminiModel,
  minted: (signature: string) => boolean,
): void {
  turns.forEach((turn) => {
    for (const part of turn.parts) {
      const signature = asText(field(part, 'thoughtSignature'));
      if (signature !== null && !sentinels.includes(signature) && !minted(signature)) {
        throw invalid('Corrupted thought signature.');
      }
    }
  });
  if (model.levels === null) return;
  const asked = turns.findLastIndex(({ role, responses }) => role === 'user' && responses.length === 0);
  turns.forEach((turn, at) => {
    if (at < asked) return;
    const first = turn.parts.find((part) => field(part, 'functionCall') !== undefined);
    if (first === undefined || asText(field(first, 'thoughtSignature')) !== null) return;
    const name = asText(turn.calls[0]?.['name']) ?? '';
    throw invalid(
      `Function call is missing a thought_signature in functionCall parts. This is required for tools to work correctly, and missing thought_signature may lead to degraded model performance. Additional data, function call \`default_api:${name}\` , position ${at + 1}. Please refer to https://ai.google.dev/gemini-api/docs/thought-signatures for more details.`,
    );
  });
}

function checkContents(body: JsonObject, model: GeminiModel, minted: (signature: string) => boolean): void {
  const contents = objects(body['contents']);
  if (contents.length === 0) throw invalid('* GenerateContentRequest.contents: contents is not specified');
  contents.forEach((content, at) => {
    const role = content['role'];
    if (role !== undefined && role !== 'user' && role !== 'model') {
      throw invalid('Please use a valid role: user, model.');
    }
    const parts = objects(content['parts']);
    if (parts.length === 0) {
      throw invalid(`* GenerateContentRequest.contents[${at}].parts: contents.parts must not be empty.`);
    }
    parts.forEach((part, number) => checkPart(part, `contents[${at}].parts[${number}]`, model));
  });
  const system = field(body, 'systemInstruction');
  if (isObject(system)) {
    objects(system['parts']).forEach((part, at) => checkPart(part, `system_instruction.parts[${at}]`, model));
    if (objects(system['parts']).length === 0) {
      throw invalid('* GenerateContentRequest.system_instruction.parts: contents.parts must not be empty.');
    }
  }
  const turns = contents.map(turnOf);
  checkTurns(turns);
  checkSignatures(turns, model, minted);
  if (turns.at(-1)?.role === 'model') {
    throw invalid('Please ensure that multiturn requests end with a user role or a function response.');
  }
}

function checkThinking(config: JsonObject, model: GeminiModel): void {
  const thinking = field(config, 'thinkingConfig');
  if (!isObject(thinking)) return;
  const level = asText(field(thinking, 'thinkingLevel'))?.toLowerCase() ?? null;
  const budget = field(thinking, 'thinkingBudget');
  if (level !== null && budget !== undefined) {
    throw invalid('You can only set only one of thinking budget and thinking level.');
  }
  if (
    model.levels === null &&
    model.budget === null &&
    (level !== null || (typeof budget === 'number' && budget !== 0))
  ) {
    throw invalid('Thinking is not enabled for this model.');
  }
  if (level !== null && model.levels === null)
    throw invalid('Thinking level is not supported for this model.');
  if (level !== null && model.levels?.includes(level) === false) {
    throw invalid(
      `Thinking level ${level.toUpperCase()} is not supported for this model. Please retry with other thinking level.`,
    );
  }
  if (typeof budget !== 'number' || budget === -1 || model.budget === null) return;
  if (budget === 0 && !model.budget.off)
    throw invalid('Budget 0 is invalid. This model only works in thinking mode.');
  if (budget !== 0 && (budget < model.budget.least || budget > model.budget.most)) {
    throw invalid(
      `The thinking budget ${budget} is invalid. Please choose a value between ${model.budget.least} and ${model.budget.most}.`,
    );
  }
}

function checkGenerationConfig(body: JsonObject, model: GeminiModel): void {
  const config = field(body, 'generationConfig');
  if (!isObject(config)) return;
  checkThinking(config, model);
  const most = field(config, 'maxOutputTokens');
  if (typeof most === 'number' && (most < 1 || most > model.outputTokens)) {
    throw invalid(
      `Unable to submit request because it has a maxOutputTokens value of ${most} but the supported range is from 1 (inclusive) to ${model.outputTokens + 1} (exclusive). Update the value and try again.`,
    );
  }
  const stops = asArray(field(config, 'stopSequences'));
  if (stops.length > 5) {
    throw invalid(
      `* GenerateContentRequest.generation_config.stop_sequences: at most 5 stop sequences are supported, got ${stops.length}.`,
    );
  }
  if (stops.includes(''))
    throw invalid('* GenerateContentRequest.generation_config.stop_sequences[0]: must not be empty.');
  const temperature = config['temperature'];
  if (typeof temperature === 'number' && (temperature < 0 || temperature > 2)) {
    throw invalid(
      `* GenerateContentRequest.generation_config.temperature: temperature must be in the range [0.0, 2.0].`,
    );
  }
  const schema = field(config, 'responseSchema');
  if (isObject(schema)) checkOpenApiSchema(schema, 'generation_config.response_schema');
}

/** Throws for a generation request that the service refuses. */
export function checkGenerateRequest(
  body: JsonObject,
  model: GeminiModel,
  inputTokens: number,
  minted: (signature: string) => boolean,
): void {
  checkMessage(body, 'GenerateContentRequest', '');
  checkTools(body, model);
  checkContents(body, model, minted);
  checkGenerationConfig(body, model);
  const tokens = roughTokens(body);
  if (tokens > inputTokens) {
    throw invalid(
      `The input token count (${tokens}) exceeds the maximum number of tokens allowed (${inputTokens}).`,
    );
  }
}

export function checkCountRequest(body: JsonObject, vertex: boolean): void {
  checkMessage(body, vertex ? 'VertexCountTokensRequest' : 'CountTokensRequest', '');
  if (!vertex && body['contents'] !== undefined && field(body, 'generateContentRequest') !== undefined) {
    throw invalid('* CountTokensRequest: contents and generate_content_request are mutually exclusive.');
  }
}
