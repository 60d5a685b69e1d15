// Answers what clients ask: lists from memory, everything else by the server that a name or address leads to. Read this
// first on the MCP side; the door before it speaks the protocol, call-tool.ts behind it is one call's whole story.
import { callTool } from './call-tool.ts';
import type { CallParts } from './call-tool.ts';
import { exposedUri, splitUri } from './catalogue/catalogue.ts';
import type { Target, View } from './catalogue/catalogue.ts';
import type { FeatureRequest, Features, Outcome } from './features.ts';
import { refusal } from './features.ts';
import type { McpServers } from './mcp-servers.ts';
import { ConnectFailure } from './upstream/connect-server.ts';
import type { McpServer } from './upstream/mcp-server.ts';
import { RequestLost } from './upstream/rpc-line.ts';
import type { RpcAnswer } from './upstream/rpc-line.ts';
import { elementTexts, memberText, withMember } from './wire/json-text.ts';
import { isObject, parseJson } from './wire/message.ts';
import { errorCodes } from './wire/protocol.ts';

interface AggregatorParts extends CallParts {
  readonly servers: McpServers;
}

const lists = new Map<string, keyof View['lists']>([
  ['tools/list', 'tools'],
  ['prompts/list', 'prompts'],
  ['resources/list', 'resources'],
  ['resources/templates/list', 'resourceTemplates'],
]);

type Handler = (parts: AggregatorParts, request: FeatureRequest) => Promise<Outcome>;

const handlers = new Map<string, Handler>([
  ['tools/call', runToolCall],
  ['prompts/get', getPrompt],
  ['resources/read', readResource],
  ['completion/complete', complete],
]);

export function createAggregator(parts: AggregatorParts): Features {
  const { servers } = parts;
  return {
    has: (method) => lists.has(method) || handlers.has(method),
    async run(request) {
      const list = lists.get(request.method);
      if (list === undefined)
        return handlers.get(request.method)?.(parts, request) ?? invalid('Unknown method');
      // Everything fits on one page, so no cursor of ours exists (R16).
      if (request.params['cursor'] !== undefined) return invalid('Invalid cursor');
      await servers.prepareLists();
      return { resultText: servers.handOut(request.caller.scope)[list] };
    },
    knowsServer: (name) => Object.hasOwn(servers.settings, name),
    async instructions(scope) {
      await servers.prepareLists();
      return servers.instructions(scope);
    },
  };
}

async function runToolCall(parts: AggregatorParts, request: FeatureRequest): Promise<Outcome> {
  const { name } = request.params;
  if (typeof name !== 'string') return invalid('Invalid params: a call names its tool');
  const args = request.params['arguments'];
  if (args !== undefined && !isObject(args)) return invalid('Invalid params: the arguments are no object');
  const target = await findTool(parts.servers, request.caller.scope, name);
  if (target === null) return unknownTool(parts.servers, request.caller.scope, name);
  return callTool(parts, target, request);
}

async function findTool(servers: McpServers, scope: string | null, name: string) {
  const known = servers.view(scope).tools.get(name);
  if (known !== undefined) return known;
  // A client may call before it ever listed, as after a restart.
  await servers.prepareLists();
  return servers.view(scope).tools.get(name) ?? null;
}

/** A tool that was offered once is refused with its reason, one that never was as the protocol says (trap 82). */
function unknownTool({ names, settings }: McpServers, scope: string | null, name: string): Outcome {
  const owner = scope === null ? names.ownerOf('tool', name) : { server: scope, name };
  const off = owner !== null && settings[owner.server]?.enabled === false;
  if (off || (owner !== null && scope === null)) {
    const why = off
      ? `The MCP server "${owner.server}" is turned off in Tollgate`
      : `This tool is not offered any more`;
    const text = `${why}, so the call was not made. Go on without it.`;
    return { resultText: JSON.stringify({ content: [{ type: 'text', text }], isError: true }) };
  }
  return invalid(`Unknown tool: ${name.slice(0, 200)}`);
}

async function getPrompt(parts: AggregatorParts, request: FeatureRequest): Promise<Outcome> {
  const { name } = request.params;
  const target =
    typeof name === 'string' ? parts.servers.view(request.caller.scope).prompts.get(name) : undefined;
  if (target === undefined) return invalid(`Unknown prompt: ${String(name).slice(0, 200)}`);
  return relayed(parts, target, request, { name: JSON.stringify(target.name) });
}

async function readResource(parts: AggregatorParts, request: FeatureRequest): Promise<Outcome> {
  const { uri } = request.params;
  if (typeof uri !== 'string') return invalid('Invalid params: a resource is named by its uri');
  const found = findResource(parts.servers, request.caller.scope, uri);
  if (found === null) return notFound(request, uri);
  const { server, own } = found;
  const outcome = await relayed(parts, { server, name: own }, request, { uri: JSON.stringify(own) });
  if ('errorText' in outcome || own === uri) return outcome;
  return { resultText: withExposedUris(outcome.resultText, server.name) };
}

/** Contents are named as the client named them (R35). */
function withExposedUris(resultText: string, server: string): string {
  const contents = memberText(resultText, 'contents');
  if (contents === null || !contents.startsWith('[')) return resultText;
  const renamed = elementTexts(contents).map((text) => {
    const value = parseJson(text);
    const uri = isObject(value) ? value['uri'] : undefined;
    return typeof uri === 'string' ? withMember(text, 'uri', JSON.stringify(exposedUri(server, uri))) : text;
  });
  return withMember(resultText, 'contents', `[${renamed.join(',')}]`);
}

/**
 * The server of a resource and the resource's own address. Links in results stand as their server wrote them, so an
 * address without a server's name is looked for too, and taken when only one server can mean it.
 */
function findResource(
  servers: McpServers,
  scope: string | null,
  uri: string,
): { server: McpServer; own: string } | null {
  if (scope !== null) {
    const server = servers.find(scope);
    return server === null ? null : { server, own: uri };
  }
  const split = splitUri(uri, (name) => servers.find(name) !== null);
  const named = split === null ? null : servers.find(split[0]);
  if (split !== null && named !== null) return { server: named, own: split[1] };
  const listing = servers.enabled.filter((server) => server.resources.some(({ name }) => name === uri));
  const matching = servers.enabled.filter((server) =>
    server.templates.some(({ name }) => uri.startsWith(name.split('{')[0] ?? name)),
  );
  const candidates = listing.length > 0 ? listing : matching;
  const [only] = candidates;
  return candidates.length === 1 && only !== undefined ? { server: only, own: uri } : null;
}

async function complete(parts: AggregatorParts, request: FeatureRequest): Promise<Outcome> {
  const { ref } = request.params;
  const refText = memberText(request.paramsText, 'ref');
  if (!isObject(ref) || refText === null)
    return invalid('Invalid params: a completion names what it completes');
  const { scope } = request.caller;
  if (ref['type'] === 'ref/prompt' && typeof ref['name'] === 'string') {
    const target = parts.servers.view(scope).prompts.get(ref['name']);
    if (target === undefined) return invalid(`Unknown prompt: ${ref['name'].slice(0, 200)}`);
    return completed(parts, target, request, withMember(refText, 'name', JSON.stringify(target.name)));
  }
  if (ref['type'] === 'ref/resource' && typeof ref['uri'] === 'string') {
    const found = findResource(parts.servers, scope, ref['uri']);
    if (found === null) return notFound(request, ref['uri']);
    const target = { server: found.server, name: found.own };
    return completed(parts, target, request, withMember(refText, 'uri', JSON.stringify(found.own)));
  }
  return invalid('Invalid params: completions are made for prompts and resources');
}

/** A server that completes nothing has no suggestions; that is no error. */
async function completed(
  parts: AggregatorParts,
  target: Target,
  request: FeatureRequest,
  refText: string,
): Promise<Outcome> {
  const nothing = { resultText: '{"completion":{"values":[]}}' };
  try {
    const { capabilities } = await target.server.connect();
    if (!isObject(capabilities['completions'])) return nothing;
  } catch {
    return nothing;
  }
  return relayed(parts, target, request, { ref: refText });
}

async function relayed(
  parts: AggregatorParts,
  target: Target,
  request: FeatureRequest,
  changes: Readonly<Record<string, string>>,
): Promise<Outcome> {
  request.reply.expectDelay();
  let answer: RpcAnswer;
  try {
    answer = await parts.relay.toServer(target, request, changes);
  } catch (error) {
    if (!(error instanceof RequestLost) && !(error instanceof ConnectFailure)) throw error;
    const message = `The MCP server "${target.server.name}" did not answer: ${error.message}.`;
    return refusal({ code: errorCodes.internalError, message });
  }
  return answer.kind === 'result' ? { resultText: answer.text } : { errorText: answer.text };
}

const invalid = (message: string): Outcome => refusal({ code: errorCodes.invalidParams, message });

/** Each era has its own code for it (R36). */
function notFound(request: FeatureRequest, uri: string): Outcome {
  const code = request.modern ? errorCodes.invalidParams : errorCodes.resourceNotFound;
  return refusal({ code, message: 'Resource not found', data: { uri } });
}
