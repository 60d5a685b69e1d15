// What OpenAI's Responses API refuses: shapes by its published schema, then the rules between items, models and
// parameters that only the running service enforces.
import { checkFunctionSchema } from './function-schema.ts';
import { effortInForce, findGrok, findModel, listed, type OpenAiModel } from './openai-models.ts';
import { publishedSchema } from './published-schema.ts';
import { asArray, asText, isObject, Refusal, type JsonObject } from './refusal.ts';
import { roughTokens } from './script.ts';

const schema = publishedSchema('openai-responses.json');

const itemSchemas: Readonly<Record<string, string>> = {
  message: 'EasyInputMessage',
  function_call: 'FunctionToolCall',
  function_call_output: 'FunctionCallOutputItemParam',
  custom_tool_call: 'CustomToolCall',
  custom_tool_call_output: 'CustomToolCallOutput',
  reasoning: 'ReasoningItem',
  item_reference: 'ItemReferenceParam',
  web_search_call: 'WebSearchToolCall',
  compaction: 'CompactionSummaryItemParam',
};
const toolSchemas: Readonly<Record<string, string>> = {
  function: 'FunctionTool',
  custom: 'CustomToolParam',
  web_search: 'WebSearchTool',
  web_search_2025_08_26: 'WebSearchTool',
  web_search_preview: 'WebSearchPreviewTool',
  web_search_preview_2025_03_11: 'WebSearchPreviewTool',
};
const partSchemas: Readonly<Record<string, string>> = {
  input_text: 'InputTextContent',
  input_image: 'InputImageContent',
  input_file: 'InputFileContent',
  output_text: 'OutputTextContent',
  refusal: 'RefusalContent',
};
const partsOfRole: Readonly<Record<string, readonly string[]>> = {
  assistant: ['output_text', 'refusal'],
  user: ['input_text', 'input_image', 'input_file'],
  system: ['input_text', 'input_image', 'input_file'],
  developer: ['input_text', 'input_image', 'input_file'],
};
const idPrefixes: Readonly<Record<string, string>> = {
  message: 'msg',
  function_call: 'fc',
  function_call_output: 'fc',
  reasoning: 'rs',
  web_search_call: 'ws',
  custom_tool_call: 'ctc',
};
const imageTypes = ['image/png', 'image/jpeg', 'image/gif', 'image/webp'];

/** What the mock remembers of its own answers. */
export interface ResponsesMemory {
  /** Opens encrypted content; null when nobody minted it. */
  open(encrypted: string): { readonly account: string; readonly item: string } | null;
  /** The reasoning item that came before an item of an earlier answer. */
  reasoningBefore(item: string): string | null;
  /** The item belongs to an answer that was asked to be stored. */
  stored(item: string): boolean;
}

/** Where the service differs between hosts. */
export interface ResponsesHost {
  /** The host looks ids up even when the encrypted content is there. */
  readonly looksUpItemIds: boolean;
  /** Whose models answer. */
  readonly vendor: 'openai' | 'xai';
  /** A function without `strict` counts as strict. */
  readonly strictByDefault: boolean;
  /** Overrides the model's window, so that a small request can overflow it. */
  readonly contextTokens: number | null;
}

function checkDataUrl(url: string, kinds: readonly string[], what: string, path: string): void {
  const match = /^data:([^;,]*);base64,(.*)$/s.exec(url);
  const expected = `Expected a base64-encoded data URL with ${what}`;
  if (match === null) {
    throw new Refusal(400, `Invalid '${path}'. ${expected}, but got a value without base64 data.`, {
      code: 'invalid_value',
      param: path,
    });
  }
  if (!kinds.includes(match[1] ?? '')) {
    throw new Refusal(400, `Invalid '${path}'. ${expected}, but got unsupported MIME type '${match[1]}'.`, {
      code: 'invalid_value',
      param: path,
    });
  }
  const data = match[2] ?? '';
  if (data === '' || data.length % 4 !== 0 || !/^[A-Za-z0-9+/]+={0,2}$/.test(data)) {
    throw new Refusal(400, `Invalid '${path}'. ${expected}, but got an invalid base64-encoded value.`, {
      code: 'invalid_base64',
      param: path,
    });
  }
}

function checkPart(part: unknown, allowed: readonly string[], path: string, model: OpenAiModel): void {
  const type = isObject(part) ? asText(part['type']) : null;
  if (!isObject(part) || type === null) {
    throw new Refusal(400, `Missing required parameter: '${path}.type'.`, {
      code: 'missing_required_parameter',
      param: `${path}.type`,
    });
  }
  if (!allowed.includes(type)) {
    throw new Refusal(400, `Invalid value: '${type}'. Supported values are: ${listed(allowed)}.`, {
      code: 'invalid_value',
      param: path,
    });
  }
  schema.check(partSchemas[type] ?? type, part, path);
  const url = asText(part['image_url']);
  if (type === 'input_image') {
    if (!model.images) {
      throw new Refusal(400, 'Invalid content type. image_url is only supported by certain models.', {
        param: path,
      });
    }
    if (url === null && asText(part['file_id']) === null) {
      throw new Refusal(400, `Missing required parameter: '${path}.image_url'.`, {
        code: 'missing_required_parameter',
        param: `${path}.image_url`,
      });
    }
    if (url?.startsWith('data:') === true) {
      const what = `an image MIME type (e.g. 'data:image/png;base64,aW1nIGJ5dGVzIGhlcmU=')`;
      checkDataUrl(url, imageTypes, what, `${path}.image_url`);
    }
  }
  if (type === 'input_file') checkFile(part, path);
}

function checkFile(part: JsonObject, path: string): void {
  const data = asText(part['file_data']);
  if (data !== null) {
    checkDataUrl(data, ['application/pdf'], `an application/pdf MIME type`, `${path}.file_data`);
    if (asText(part['filename']) === null) {
      throw new Refusal(400, `Missing required parameter: '${path}.filename'.`, {
        code: 'missing_required_parameter',
        param: `${path}.filename`,
      });
    }
  } else if (asText(part['file_url']) === null && asText(part['file_id']) === null) {
    throw new Refusal(400, `Missing required parameter: '${path}.file_id'.`, {
      code: 'missing_required_parameter',
      param: `${path}.file_id`,
    });
  }
}

function checkItem(item: unknown, path: string, model: OpenAiModel, vendor: 'openai' | 'xai'): void {
  if (!isObject(item)) {
    throw new Refusal(400, `Invalid type for '${path}': expected an object.`, {
      code: 'invalid_type',
      param: path,
    });
  }
  const type = asText(item['type']) ?? (item['role'] === undefined ? 'item_reference' : 'message');
  const definition = itemSchemas[type];
  if (definition === undefined) {
    throw new Refusal(
      400,
      `Invalid value: '${type}'. Supported values are: ${listed(Object.keys(itemSchemas))}.`,
      { code: 'invalid_value', param: path },
    );
  }
  const { status: _status, ...bare } = item;
  schema.check(definition, vendor === 'xai' && type === 'reasoning' ? bare : item, path);
  const id = asText(item['id']);
  const prefix = idPrefixes[type];
  if (id !== null && prefix !== undefined && !id.startsWith(prefix)) {
    throw new Refusal(400, `Invalid '${path}.id': '${id}'. Expected an ID that begins with '${prefix}'.`, {
      code: 'invalid_value',
      param: `${path}.id`,
    });
  }
  if (type === 'message') {
    const allowed = partsOfRole[String(item['role'])] ?? [];
    asArray(item['content']).forEach((part, at) => checkPart(part, allowed, `${path}.content[${at}]`, model));
  }
  if (type === 'function_call_output') {
    const allowed = ['input_text', 'input_image', 'input_file'];
    asArray(item['output']).forEach((part, at) => checkPart(part, allowed, `${path}.output[${at}]`, model));
  }
}

/** Every call has its output and every output its call. */
function checkCalls(items: readonly JsonObject[]): void {
  const open = new Map<string, boolean>();
  for (const item of items) {
    const call = asText(item['call_id']) ?? '';
    if (item['type'] === 'function_call') open.set(call, false);
    if (item['type'] === 'function_call_output') {
      if (!open.has(call)) {
        throw new Refusal(400, `No tool call found for function call output with call_id ${call}.`, {
          param: 'input',
        });
      }
      open.set(call, true);
    }
  }
  for (const [call, answered] of open) {
    if (!answered) {
      throw new Refusal(400, `No tool output found for function call ${call}.`, { param: 'input' });
    }
  }
}

function notFound(id: string, stored: boolean): Refusal {
  const why = stored
    ? ''
    : ' Items are not persisted when `store` is set to false. Try again with `store` set to true, or remove this item from your input.';
  return new Refusal(404, `Item with id '${id}' not found.${why}`, { param: 'input' });
}

function checkEncrypted(item: JsonObject, account: string, memory: ResponsesMemory): void {
  const encrypted = asText(item['encrypted_content']) ?? '';
  const opened = memory.open(encrypted);
  if (opened === null || opened.account !== account) {
    throw new Refusal(
      400,
      `The encrypted content ${encrypted.slice(0, 4)}...${encrypted.slice(-4)} could not be verified. Reason: Encrypted content could not be decrypted or parsed.`,
      { code: 'invalid_encrypted_content' },
    );
  }
  const id = asText(item['id']);
  if (id !== null && id !== opened.item) {
    throw new Refusal(
      400,
      `The encrypted content for item ${id} could not be verified. Reason: Encrypted content item_id did not match the target item id.`,
      { code: 'invalid_encrypted_content' },
    );
  }
}

function checkReasoningItems(
  items: readonly JsonObject[],
  stored: boolean,
  account: string,
  memory: ResponsesMemory,
  host: ResponsesHost,
): void {
  const before = new Set<string>();
  items.forEach((item, at) => {
    const id = asText(item['id']);
    if (item['type'] === 'item_reference' || (item['type'] === undefined && item['role'] === undefined)) {
      if (id === null || !memory.stored(id)) throw notFound(id ?? '', stored);
      if (id.startsWith('rs_')) before.add(id);
      return;
    }
    if (item['type'] !== 'reasoning') {
      const needed = id === null ? null : memory.reasoningBefore(id);
      if (needed !== null && !before.has(needed)) {
        throw new Refusal(
          400,
          `Item '${id}' of type '${String(item['type'])}' was provided without its required 'reasoning' item: '${needed}'.`,
          { param: 'input' },
        );
      }
      return;
    }
    const encrypted = asText(item['encrypted_content']);
    const missing = id !== null && !memory.stored(id);
    if (missing && (encrypted === null || host.looksUpItemIds)) throw notFound(id, stored);
    if (encrypted === null && id === null) {
      throw new Refusal(400, `Missing required parameter: 'input[${at}].id'.`, {
        code: 'missing_required_parameter',
        param: `input[${at}].id`,
      });
    }
    if (encrypted !== null) checkEncrypted(item, account, memory);
    const own = id ?? memory.open(encrypted ?? '')?.item ?? '';
    before.add(own);
    const next = items[at + 1];
    const follows =
      next?.['type'] === 'reasoning' ||
      next?.['type'] === 'function_call' ||
      next?.['type'] === 'custom_tool_call' ||
      next?.['type'] === 'web_search_call' ||
      next?.['role'] === 'assistant';
    if (!follows) {
      throw new Refusal(
        400,
        `Item '${own}' of type 'reasoning' was provided without its required following item.`,
        { param: 'input' },
      );
    }
  });
}

function checkTools(body: JsonObject, host: ResponsesHost): void {
  const tools = asArray(body['tools']);
  const names = new Set<string>();
  tools.forEach((tool, at) => {
    const path = `tools[${at}]`;
    const type = isObject(tool) ? asText(tool['type']) : null;
    if (!isObject(tool) || type === null) {
      throw new Refusal(400, `Missing required parameter: '${path}.type'.`, {
        code: 'missing_required_parameter',
        param: `${path}.type`,
      });
    }
    if (host.vendor === 'xai' && type !== 'function') return names.add(type);
    const definition = toolSchemas[type];
    if (definition === undefined) {
      throw new Refusal(
        400,
        `Invalid value: '${type}'. Supported values are: ${listed(Object.keys(toolSchemas))}.`,
        { code: 'invalid_value', param: `${path}.type` },
      );
    }
    schema.check(definition, tool, path);
    if (type !== 'function') return names.add(type);
    const name = asText(tool['name']) ?? '';
    if (names.has(name)) {
      throw new Refusal(400, `Duplicate tool name '${name}' in 'tools'.`, { param: path });
    }
    names.add(name);
    const strict = host.strictByDefault ? tool['strict'] !== false : tool['strict'] === true;
    return checkFunctionSchema(name, tool['parameters'], strict, `${path}.parameters`);
  });
  const choice = body['tool_choice'];
  if (choice === 'required' && tools.length === 0) {
    throw new Refusal(400, `Tool choice 'required' must be specified with 'tools' parameter.`, {
      param: 'tool_choice',
    });
  }
  if (isObject(choice) && choice['type'] === 'function' && !names.has(asText(choice['name']) ?? '')) {
    throw new Refusal(400, `Tool choice 'function' not found in 'tools' parameter.`, {
      param: 'tool_choice',
    });
  }
}

function checkModelParameters(body: JsonObject, model: OpenAiModel): void {
  const reasoning = isObject(body['reasoning']) ? body['reasoning'] : {};
  const effort = effortInForce(model, reasoning['effort'], 'reasoning.effort');
  if (effort === null && reasoning['summary'] !== undefined && reasoning['summary'] !== null) {
    throw new Refusal(400, `Unsupported parameter: 'reasoning.summary' is not supported with this model.`, {
      code: 'unsupported_parameter',
      param: 'reasoning.summary',
    });
  }
  for (const param of ['temperature', 'top_p', 'top_logprobs']) {
    if (
      model.samplesWhileReasoning ||
      effort === null ||
      effort === 'none' ||
      body[param] === undefined ||
      body[param] === null
    )
      continue;
    throw new Refusal(400, `Unsupported parameter: '${param}' is not supported with this model.`, {
      code: 'unsupported_parameter',
      param,
    });
  }
  if (effort === null && asArray(body['include']).includes('reasoning.encrypted_content')) {
    throw new Refusal(400, 'Encrypted content is not supported with this model.', { param: 'include' });
  }
  const limit = body['max_output_tokens'];
  if (typeof limit === 'number' && limit > model.outputTokens) {
    throw new Refusal(
      400,
      `max_output_tokens is too large: ${limit}. This model supports at most ${model.outputTokens} completion tokens, whereas you provided ${limit}.`,
      { code: 'invalid_value', param: 'max_output_tokens' },
    );
  }
}

function checkTextFormat(body: JsonObject): void {
  const text = isObject(body['text']) ? body['text'] : {};
  const format = isObject(text['format']) ? text['format'] : {};
  if (format['type'] === 'json_schema') {
    const strict = format['strict'] === true;
    checkFunctionSchema(asText(format['name']) ?? '', format['schema'], strict, 'text.format.schema');
  }
}

function checkInput(body: JsonObject, model: OpenAiModel, vendor: 'openai' | 'xai'): readonly JsonObject[] {
  const input = body['input'];
  if (input === undefined || (Array.isArray(input) && input.length === 0)) {
    throw new Refusal(
      400,
      `One of "input" or "previous_response_id" or 'prompt' or 'conversation_id' must be provided.`,
      { code: 'missing_required_parameter' },
    );
  }
  const items = asArray(input);
  items.forEach((item, at) => checkItem(item, `input[${at}]`, model, vendor));
  return items.filter(isObject);
}

/** Throws for a request to `POST /responses` that the service refuses. */
export function checkResponsesRequest(
  body: JsonObject,
  account: string,
  memory: ResponsesMemory,
  host: ResponsesHost,
): OpenAiModel {
  schema.check('CreateResponse', body, '');
  const name = asText(body['model']) ?? '';
  const model = host.vendor === 'xai' ? findGrok(name) : findModel(name);
  const items = checkInput(body, model, host.vendor);
  checkTools(body, host);
  checkModelParameters(body, model);
  checkTextFormat(body);
  const previous = asText(body['previous_response_id']);
  if (previous !== null) {
    throw new Refusal(400, `Previous response with id '${previous}' not found.`, {
      code: 'previous_response_not_found',
      param: 'previous_response_id',
    });
  }
  checkReasoningItems(items, body['store'] !== false, account, memory, host);
  checkCalls(items);
  const window = host.contextTokens ?? model.contextTokens;
  if (roughTokens(body) > window) {
    throw new Refusal(
      400,
      'Your input exceeds the context window of this model. Please adjust your input and try again.',
      { code: 'context_length_exceeded', param: 'input' },
    );
  }
  return model;
}

/** Throws for a request to `POST /responses/input_tokens` that the service refuses. */
export function checkCountRequest(body: JsonObject): void {
  schema.check('TokenCountsBody', body, '');
  const model = findModel(asText(body['model']) ?? '');
  asArray(body['input']).forEach((item, at) => checkItem(item, `input[${at}]`, model, 'openai'));
  checkTools(body, { looksUpItemIds: false, strictByDefault: false, contextTokens: null, vendor: 'openai' });
}
