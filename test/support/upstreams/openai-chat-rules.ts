// What Chat Completions servers refuse: OpenAI's published schema where the server holds requests to it, and the rules
// of each profile between messages, tools and models.
import type { ChatProfile, ListedChatModel } from './openai-chat-profile.ts';
import { checkFunctionSchema } from './function-schema.ts';
import { effortInForce, findModel, listed, type OpenAiModel } from './openai-models.ts';
import { publishedSchema } from './published-schema.ts';
import { asArray, asText, isObject, Refusal, type JsonObject } from './refusal.ts';
import { roughTokens } from './script.ts';

const schema = publishedSchema('openai-chat.json');

const messageSchemas: Readonly<Record<string, string>> = {
  developer: 'ChatCompletionRequestDeveloperMessage',
  system: 'ChatCompletionRequestSystemMessage',
  user: 'ChatCompletionRequestUserMessage',
  assistant: 'ChatCompletionRequestAssistantMessage',
  tool: 'ChatCompletionRequestToolMessage',
};
const partSchemas: Readonly<Record<string, string>> = {
  text: 'ChatCompletionRequestMessageContentPartText',
  image_url: 'ChatCompletionRequestMessageContentPartImage',
  file: 'ChatCompletionRequestMessageContentPartFile',
  refusal: 'ChatCompletionRequestMessageContentPartRefusal',
};

/** Fields of the body that Mistral and Groq document; both refuse all others. */
const mistralFields =
  'model messages temperature top_p max_tokens stream stop random_seed metadata response_format tools tool_choice presence_penalty frequency_penalty n prediction parallel_tool_calls prompt_mode reasoning_effort guardrails safe_prompt prompt_cache_key document_image_limit document_page_limit'.split(
    ' ',
  );
const groqFields =
  'model messages temperature top_p max_tokens max_completion_tokens stream stream_options stop seed user response_format tools tool_choice parallel_tool_calls presence_penalty frequency_penalty n logprobs top_logprobs logit_bias reasoning_effort reasoning_format include_reasoning service_tier disable_tool_validation search_settings compound_custom citation_options documents metadata store functions function_call'.split(
    ' ',
  );
const messageFields: Readonly<Record<'groq' | 'mistral', Readonly<Record<string, readonly string[]>>>> = {
  groq: {
    system: ['role', 'content', 'name'],
    developer: ['role', 'content', 'name'],
    user: ['role', 'content', 'name'],
    assistant: ['role', 'content', 'name', 'tool_calls', 'reasoning', 'function_call'],
    tool: ['role', 'content', 'tool_call_id', 'name'],
  },
  mistral: {
    system: ['role', 'content'],
    user: ['role', 'content'],
    assistant: ['role', 'content', 'tool_calls', 'prefix'],
    tool: ['role', 'content', 'tool_call_id', 'name'],
  },
};

function messagesOf(body: JsonObject): readonly JsonObject[] {
  return asArray(body['messages']).filter(isObject);
}

function checkUnknownFields(body: JsonObject, profile: ChatProfile): void {
  if (profile.unknownFields === 'openai') return schema.check('CreateChatCompletionRequest', body, '');
  if (profile.unknownFields === 'ignored') return undefined;
  const known = profile.unknownFields === 'mistral' ? mistralFields : groqFields;
  const say = (where: string, field: string): Refusal =>
    profile.unknownFields === 'mistral'
      ? new Refusal(422, `Extra inputs are not permitted: ${where}${field}`, { type: 'extra_forbidden' })
      : new Refusal(
          400,
          where === ''
            ? `property '${field}' is unsupported`
            : `'${where}' : property '${field}' is unsupported`,
        );
  const unknown = Object.keys(body).find((field) => !known.includes(field));
  if (unknown !== undefined) throw say('', unknown);
  messagesOf(body).forEach((message, at) => {
    const fields = messageFields[profile.unknownFields === 'mistral' ? 'mistral' : 'groq'];
    const allowed = fields[asText(message['role']) ?? ''] ?? [];
    const extra = Object.keys(message).find((field) => !allowed.includes(field));
    if (extra !== undefined) throw say(`messages.${at}`, extra);
  });
  return undefined;
}

/** Anthropic's marker has no place anywhere in a request to another vendor (T24). */
function checkNoCacheControl(value: unknown, path: string): void {
  if (Array.isArray(value)) return value.forEach((item, at) => checkNoCacheControl(item, `${path}[${at}]`));
  if (!isObject(value)) return undefined;
  for (const [key, child] of Object.entries(value)) {
    const inside = path === '' ? key : `${path}.${key}`;
    if (key === 'cache_control') {
      throw new Refusal(400, `Unknown parameter: '${inside}'.`, { code: 'unknown_parameter', param: inside });
    }
    checkNoCacheControl(child, inside);
  }
  return undefined;
}

function checkContent(message: JsonObject, path: string, profile: ChatProfile, images: boolean): void {
  const role = asText(message['role']) ?? '';
  const content = message['content'];
  if (role === 'tool' && profile.toolContent === 'string' && typeof content !== 'string') {
    throw new Refusal(
      400,
      `Failed to deserialize the JSON body into the target type: ${path}: invalid type: sequence, expected a string`,
    );
  }
  if (role !== 'assistant' && typeof content !== 'string' && !Array.isArray(content)) {
    throw new Refusal(400, `Invalid value for 'content': expected a string, got null.`, {
      param: `${path}.content`,
    });
  }
  asArray(content).forEach((part, at) => {
    const place = `${path}.content[${at}]`;
    const type = isObject(part) ? (asText(part['type']) ?? '') : '';
    const media = type === 'image_url' || type === 'file' || type === 'document_url';
    if (media && role !== 'user') {
      throw new Refusal(
        400,
        `Invalid '${path}'. Image URLs are only allowed for messages with role 'user', but this message with role '${role}' contains an image URL.`,
        { code: 'invalid_value', param: path },
      );
    }
    if (media && !images) {
      throw new Refusal(
        400,
        profile.name === 'deepseek'
          ? `Failed to deserialize the JSON body into the target type: ${path}: unknown variant \`${type}\`, expected \`text\``
          : 'Invalid content type. image_url is only supported by certain models.',
        { param: place },
      );
    }
    if (profile.unknownFields === 'openai') {
      const definition = partSchemas[type];
      if (definition === undefined) {
        throw new Refusal(
          400,
          `Invalid value: '${type}'. Supported values are: ${listed(Object.keys(partSchemas))}.`,
          { code: 'invalid_value', param: place },
        );
      }
      schema.check(definition, part, place);
    }
    if (type === 'text' && isObject(part) && typeof part['text'] !== 'string') {
      throw new Refusal(400, `Missing required parameter: '${place}.text'.`, { param: `${place}.text` });
    }
  });
}

function callsOf(message: JsonObject): readonly JsonObject[] {
  return asArray(message['tool_calls']).filter(isObject);
}

function checkCallShape(call: JsonObject, path: string, profile: ChatProfile): void {
  const id = asText(call['id']);
  const called = isObject(call['function']) ? call['function'] : {};
  if (id === null || asText(called['name']) === null || typeof called['arguments'] !== 'string') {
    throw new Refusal(400, `Missing required parameter: '${path}.function.arguments'.`, { param: path });
  }
  if (profile.toolIds.accepts?.test(id) === false) {
    throw new Refusal(400, `Tool call id was ${id} but must be a-z, A-Z, 0-9, with a length of 9.`, {
      code: '3280',
      type: 'invalid_function_call',
    });
  }
  if (profile.name === 'ollama' || profile.name === 'llama.cpp') {
    try {
      JSON.parse(called['arguments']);
    } catch {
      throw new Refusal(400, 'invalid tool call arguments');
    }
  }
}

/** Every call answered by tool messages right behind it, every tool message behind its call (T4, T7). */
function checkToolOrder(messages: readonly JsonObject[], profile: ChatProfile): void {
  let waiting: string[] = [];
  const unanswered = (at: number): Refusal =>
    profile.messageOrder === 'mistral'
      ? new Refusal(400, 'Not the same number of function calls and responses', {
          code: '3230',
          type: 'invalid_request_message_order',
        })
      : new Refusal(
          400,
          `An assistant message with 'tool_calls' must be followed by tool messages responding to each 'tool_call_id'. The following tool_call_ids did not have response messages: ${waiting.join(', ')}`,
          { param: `messages.[${at}].role` },
        );
  messages.forEach((message, at) => {
    if (message['role'] === 'tool') {
      const id = asText(message['tool_call_id']) ?? '';
      if (!waiting.includes(id)) {
        throw profile.name === 'moonshot'
          ? new Refusal(400, `Invalid request: tool_call_id ${id} is not found`)
          : new Refusal(
              400,
              `Invalid parameter: messages with role 'tool' must be a response to a preceeding message with 'tool_calls'.`,
              { param: `messages.[${at}].role` },
            );
      }
      waiting = waiting.filter((open) => open !== id);
      return;
    }
    if (waiting.length > 0) throw unanswered(at);
    waiting = callsOf(message).map((call) => asText(call['id']) ?? '');
  });
  if (waiting.length > 0) throw unanswered(messages.length);
}

function checkMistralOrder(messages: readonly JsonObject[]): void {
  const order = (message: string): Refusal =>
    new Refusal(400, message, { code: '3230', type: 'invalid_request_message_order' });
  messages.forEach((message, at) => {
    const role = asText(message['role']) ?? '';
    const before = asText(messages[at - 1]?.['role']) ?? '';
    if (role === 'user' && before === 'tool') throw order(`Unexpected role 'user' after role 'tool'`);
    if (role === 'system' && (before === 'assistant' || before === 'tool')) {
      throw order(`Unexpected role 'system' after role '${before}'`);
    }
    if (role === 'assistant' && before === 'assistant') {
      throw order(
        `Expected last role User or Tool (or Assistant with prefix True) for serving but got assistant`,
      );
    }
    const content = message['content'];
    const empty = content === '' || content == null || (Array.isArray(content) && content.length === 0);
    if (role === 'assistant' && callsOf(message).length === 0 && empty) {
      throw new Refusal(400, 'Assistant message must have either content or tool_calls, but not none.', {
        code: '3240',
        type: 'invalid_request_assistant_message',
      });
    }
  });
  const last = messages.at(-1);
  if (last?.['role'] === 'assistant' && last['prefix'] !== true) {
    throw order(
      'Expected last role User or Tool (or Assistant with prefix True) for serving but got assistant',
    );
  }
}

function checkMessages(body: JsonObject, profile: ChatProfile, images: boolean): void {
  const messages = messagesOf(body);
  if (messages.length === 0) {
    throw new Refusal(
      400,
      `Invalid 'messages': empty array. Expected an array with minimum length 1, but got an empty array instead.`,
      {
        code: 'empty_array',
        param: 'messages',
      },
    );
  }
  messages.forEach((message, at) => {
    const path = `messages[${at}]`;
    const role = asText(message['role']) ?? '';
    const definition = messageSchemas[role];
    if (
      definition === undefined ||
      (role === 'developer' &&
        profile.name !== 'openai' &&
        profile.name !== 'azure' &&
        profile.name !== 'openrouter' &&
        profile.name !== 'groq')
    ) {
      throw new Refusal(
        400,
        `Invalid value: '${role}'. Supported values are: 'system', 'assistant', 'user', and 'tool'.`,
        { code: 'invalid_value', param: `${path}.role` },
      );
    }
    if (profile.unknownFields === 'openai') schema.check(definition, message, path);
    checkContent(message, path, profile, images);
    callsOf(message).forEach((call, number) =>
      checkCallShape(call, `${path}.tool_calls[${number}]`, profile),
    );
    if (profile.system === 'first-only' && role === 'system' && at > 0) {
      throw new Refusal(400, 'System message must be at the beginning.');
    }
  });
  checkToolOrder(messages, profile);
  if (profile.messageOrder === 'mistral') checkMistralOrder(messages);
}

function checkTools(body: JsonObject, profile: ChatProfile, model: ListedChatModel | null): void {
  const tools = asArray(body['tools']);
  const names = new Set<string>();
  tools.forEach((tool, at) => {
    const path = `tools[${at}]`;
    const declared = isObject(tool) && isObject(tool['function']) ? tool['function'] : null;
    if (!isObject(tool) || tool['type'] !== 'function' || declared === null) {
      throw new Refusal(400, `Missing required parameter: '${path}.function'.`, {
        code: 'missing_required_parameter',
        param: `${path}.function`,
      });
    }
    if (profile.unknownFields === 'openai') schema.check('ChatCompletionTool', tool, path);
    const name = asText(declared['name']) ?? '';
    if (!/^[a-zA-Z0-9_-]{1,64}$/.test(name)) {
      throw new Refusal(
        400,
        `Invalid '${path}.function.name': string does not match pattern. Expected a string that matches the pattern '^[a-zA-Z0-9_-]+$'.`,
        { code: 'invalid_value', param: `${path}.function.name` },
      );
    }
    names.add(name);
    checkFunctionSchema(
      name,
      declared['parameters'],
      declared['strict'] === true,
      `${path}.function.parameters`,
    );
  });
  if (body['tools'] !== undefined && tools.length === 0) {
    throw new Refusal(
      400,
      `Invalid 'tools': empty array. Expected an array with minimum length 1, but got an empty array instead.`,
      {
        code: 'empty_array',
        param: 'tools',
      },
    );
  }
  const choice = body['tool_choice'];
  for (const param of ['tool_choice', 'parallel_tool_calls']) {
    const free =
      param === 'tool_choice' && (choice === 'none' || choice === 'auto') && profile.name !== 'openai';
    if (body[param] !== undefined && tools.length === 0 && !free) {
      throw new Refusal(400, `'${param}' is only allowed when 'tools' are specified.`, { param });
    }
  }
  if (choice === undefined || choice === null) return;
  const forced = isObject(choice) || choice === 'required' || choice === 'any';
  if (forced && model?.autoChoiceOnly === true) {
    throw new Refusal(400, `${model.id} does not support this tool_choice`, {
      code: 'invalid_request_error',
    });
  }
  if (typeof choice === 'string' && !profile.toolChoices.includes(choice)) {
    throw new Refusal(
      400,
      `Invalid value: '${choice}'. Supported values are: ${listed(profile.toolChoices)}.`,
      {
        code: 'invalid_value',
        param: 'tool_choice',
      },
    );
  }
  if (isObject(choice)) {
    const named = isObject(choice['function']) ? asText(choice['function']['name']) : null;
    if (choice['type'] !== 'function' || named === null || !names.has(named)) {
      throw new Refusal(400, `Invalid value: 'tool_choice.function.name' does not name one of the tools.`, {
        code: 'invalid_value',
        param: 'tool_choice',
      });
    }
  }
}

/** OpenAI's rules per model: T19, T20, T21. */
function checkOpenAiModel(body: JsonObject, model: OpenAiModel): void {
  const reasons = model.defaultEffort !== null;
  if (reasons && body['max_tokens'] !== undefined && body['max_tokens'] !== null) {
    throw new Refusal(
      400,
      `Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.`,
      { code: 'unsupported_parameter', param: 'max_tokens' },
    );
  }
  const effort = effortInForce(model, body['reasoning_effort'], 'reasoning_effort');
  if (
    model.toolsOnResponsesOnly &&
    asArray(body['tools']).length > 0 &&
    body['reasoning_effort'] !== 'none'
  ) {
    throw new Refusal(
      400,
      `Function tools with reasoning_effort are not supported for ${model.id} in /v1/chat/completions. Please use /v1/responses or set reasoning_effort to 'none'.`,
      { param: 'reasoning_effort' },
    );
  }
  if (effort === null || effort === 'none') return;
  for (const param of ['temperature', 'top_p']) {
    const value = body[param];
    if (typeof value === 'number' && value !== 1) {
      throw new Refusal(
        400,
        `Unsupported value: '${param}' does not support ${value} with this model. Only the default (1) value is supported.`,
        { code: 'unsupported_value', param },
      );
    }
  }
  if (body['stop'] !== undefined && body['stop'] !== null) {
    throw new Refusal(400, `Unsupported parameter: 'stop' is not supported with this model.`, {
      code: 'unsupported_parameter',
      param: 'stop',
    });
  }
}

function thinks(body: JsonObject, model: ListedChatModel): boolean {
  const thinking = isObject(body['thinking']) ? body['thinking']['type'] : undefined;
  if (model.thinks === 'always') return true;
  if (model.thinks === 'never') return false;
  return model.thinks === 'default' ? thinking !== 'disabled' : thinking === 'enabled';
}

function checkThinking(body: JsonObject, profile: ChatProfile, model: ListedChatModel): void {
  const thinking = isObject(body['thinking']) ? body['thinking']['type'] : undefined;
  if (profile.name === 'deepseek' && thinking === 'disabled' && body['reasoning_effort'] !== undefined) {
    throw new Refusal(400, 'thinking options type cannot be disabled when reasoning_effort is set');
  }
  if (!thinks(body, model)) return;
  const choice = body['tool_choice'];
  if (profile.name === 'deepseek' && (isObject(choice) || choice === 'required')) {
    throw new Refusal(400, `Thinking mode does not support this tool_choice`);
  }
  if (profile.name === 'moonshot' && (isObject(choice) || choice === 'required')) {
    throw new Refusal(400, `tool_choice 'specified' is incompatible with thinking enabled`);
  }
  if (profile.reasoningBack === null) return;
  const messages = messagesOf(body);
  messages.forEach((message, at) => {
    const missing = callsOf(message).length > 0 && (asText(message['reasoning_content']) ?? '') === '';
    if (missing) throw new Refusal(400, (profile.reasoningBack ?? '').replace('{at}', String(at)));
  });
}

function checkStops(body: JsonObject, profile: ChatProfile): void {
  const stops = typeof body['stop'] === 'string' ? [body['stop']] : asArray(body['stop']);
  if (profile.mostStops !== null && stops.length > profile.mostStops) {
    throw new Refusal(
      400,
      `Invalid 'stop': array too long. Expected an array with maximum length ${profile.mostStops}, but got an array with length ${stops.length} instead.`,
      { code: 'array_above_max_length', param: 'stop' },
    );
  }
  if (stops.some((stop) => typeof stop !== 'string' || stop === '')) {
    throw new Refusal(400, `Invalid 'stop': empty string. Expected a string with minimum length 1.`, {
      param: 'stop',
    });
  }
}

/** Sizes of the model in force. */
interface Sizes {
  readonly id: string;
  readonly contextTokens: number;
  readonly outputTokens: number;
  readonly images: boolean;
}

/** Throws for a request to `POST …/chat/completions` that the profile's server refuses. */
export function checkChatRequest(
  body: JsonObject,
  profile: ChatProfile,
  contextTokens: number | null,
): Sizes {
  const id = asText(body['model']) ?? '';
  const own = profile.models.find((model) => model.id === id) ?? null;
  const openAi = profile.models.length === 0 ? findModel(id) : null;
  const sizes = own ?? openAi;
  if (sizes === null) {
    const refusal = profile.refusal({ kind: 'model-not-found' }, id);
    throw new Refusal(refusal.status, refusal.message.replace(/no-such\/model|no-such-model/, id), refusal);
  }
  if (!profile.takesCacheControl) checkNoCacheControl(body, '');
  checkStops(body, profile);
  checkUnknownFields(body, profile);
  checkMessages(body, profile, sizes.images);
  checkTools(body, profile, own);
  if (openAi !== null) checkOpenAiModel(body, openAi);
  if (own !== null) checkThinking(body, profile, own);
  if (
    profile.usage !== 'asked' &&
    profile.unknownFields === 'mistral' &&
    body['stream_options'] !== undefined
  ) {
    throw new Refusal(422, 'Extra inputs are not permitted: stream_options', { type: 'extra_forbidden' });
  }
  const asked = body['max_completion_tokens'] ?? body['max_tokens'];
  const output = typeof asked === 'number' ? asked : 0;
  if (output > sizes.outputTokens && profile.auth !== 'none') {
    throw new Refusal(
      400,
      profile.name === 'deepseek'
        ? `Invalid max_tokens value, the valid range of max_tokens is [1, ${sizes.outputTokens}]`
        : `max_tokens is too large: ${output}. This model supports at most ${sizes.outputTokens} completion tokens, whereas you provided ${output}.`,
      {
        code: 'invalid_value',
        param: body['max_tokens'] === undefined ? 'max_completion_tokens' : 'max_tokens',
      },
    );
  }
  const limit = contextTokens ?? sizes.contextTokens;
  const prompt = roughTokens(body);
  if (prompt > limit) throw profile.overflow({ limit, prompt, output });
  return sizes;
}
