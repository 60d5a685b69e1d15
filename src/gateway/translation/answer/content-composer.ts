// Turns the parts of a neutral answer into Messages content blocks on a sink: contiguous, one open at a time, nothing
// empty, tool arguments checked (T42–T50, T58, T80, T81, T87, T94, T115). It knows nothing of events and errors.
import type {
  LanguageModelV4Source,
  LanguageModelV4ToolCall,
  LanguageModelV4ToolResult,
  SharedV4ProviderMetadata,
} from '@ai-sdk/provider';
import type { AnswerSetup } from './answer-setup.ts';
import { BlockQueue } from './block-queue.ts';
import type { BlockSink } from './block-sink.ts';
import { TextBlock, ThinkingBlock, ToolBlock } from './blocks.ts';
import { CarriedReasoning, thoughtSignatureOf } from './carried-reasoning.ts';
import { noRepairs, planRepairs, ToolInput } from './tool-input.ts';
import type { Repair } from './tool-input.ts';
import { toolUseId } from './tool-use-id.ts';
import { isSearchTool, WebSearches } from './web-search.ts';

type Metadata = SharedV4ProviderMetadata | undefined;

/** Text that has not shown a visible character yet: blocks of white space alone are refused when they come back (T43). */
interface TextState {
  block: TextBlock | null;
  blank: string;
}

interface ThinkingState {
  block: ThinkingBlock | null;
  carried: CarriedReasoning;
}

export class ContentComposer {
  readonly #setup: AnswerSetup;
  readonly #queue: BlockQueue;
  readonly #searches: WebSearches;
  readonly #wantsSearch: boolean;
  readonly #texts = new Map<string, TextState>();
  readonly #thinking = new Map<string, ThinkingState>();
  readonly #tools = new Map<string, ToolBlock>();
  /** A signature on text waits for a block that can carry it. */
  #textSignature: { namespace: string; value: string } | null = null;
  readonly #longestStop: number;
  #tail = '';
  #characters = 0;

  constructor(setup: AnswerSetup, sink: BlockSink) {
    this.#setup = setup;
    this.#queue = new BlockQueue(sink);
    this.#searches = new WebSearches(this.#queue, setup.id);
    this.#wantsSearch = (setup.request.options.tools ?? []).some((tool) => tool.type === 'provider');
    this.#longestStop = Math.max(0, ...setup.request.stopSequences.map((stop) => stop.length));
  }

  /** UTF-16 units of text, thinking and tool arguments so far. */
  get characters(): number {
    return this.#characters;
  }

  get searchCount(): number {
    return this.#searches.count;
  }

  /** True when a complete call of one of the client's tools is among the content. */
  get hasToolUse(): boolean {
    return [...this.#tools.values()].some((tool) => tool.input.isValid);
  }

  /** Name of a tool whose arguments are not a JSON object; null when all are. */
  get brokenTool(): string | null {
    const broken = this.#queue.broken;
    return broken instanceof ToolBlock ? broken.name : null;
  }

  /** What was mended, as `Read: empty-pages`. */
  get repairs(): readonly string[] {
    return [...this.#tools.values()].flatMap((tool) =>
      tool.input.repaired.map((repair: Repair) => `${tool.name}: ${repair}`),
    );
  }

  /** The stop sequence that the text ends with, for providers that leave it there; null when none. */
  get stopAtEnd(): string | null {
    const tail = this.#tail;
    return this.#setup.request.stopSequences.find((stop) => stop !== '' && tail.endsWith(stop)) ?? null;
  }

  text(id: string, delta: string, metadata: Metadata): void {
    if (metadata !== undefined) this.#textSignature = thoughtSignatureOf(metadata) ?? this.#textSignature;
    if (delta === '') return;
    this.#characters += delta.length;
    if (this.#longestStop > 0) this.#tail = (this.#tail + delta).slice(-this.#longestStop);
    let state = this.#texts.get(id);
    if (state === undefined) {
      state = { block: null, blank: '' };
      this.#texts.set(id, state);
    }
    if (state.block !== null && !state.block.ended) {
      state.block.add(delta);
      return;
    }
    state.blank += delta;
    if (!/\S/.test(state.blank)) return;
    state.block = new TextBlock();
    state.block.add(state.blank);
    state.blank = '';
    this.#queue.push(state.block);
  }

  endText(id: string, metadata: Metadata): void {
    if (metadata !== undefined) this.#textSignature = thoughtSignatureOf(metadata) ?? this.#textSignature;
    const block = this.#texts.get(id)?.block;
    this.#texts.delete(id);
    if (block === null || block === undefined) return;
    block.ended = true;
    this.#queue.advance();
  }

  startThinking(id: string, metadata: Metadata): void {
    this.#thinkingOf(id).carried.learn(metadata);
  }

  think(id: string, delta: string, metadata: Metadata): void {
    const state = this.#thinkingOf(id);
    state.carried.learn(metadata);
    if (delta === '') return;
    this.#characters += delta.length;
    if (state.block === null || state.block.ended) {
      state.block = this.#continued(state) ?? this.#pushThinking(state.carried);
    }
    if (this.#setup.request.wish.showThinking) state.block.show(delta);
    else state.block.hide(delta);
  }

  endThinking(id: string, metadata: Metadata): void {
    const state = this.#thinking.get(id);
    if (state === undefined) return;
    this.#thinking.delete(id);
    state.carried.learn(metadata);
    if (state.block === null || state.block.ended) {
      // Nothing to read, or read already; what the provider wants back is carried all the same.
      if (!state.carried.hasData || state.block?.isSealed === true) return;
      state.block = this.#continued(state) ?? this.#pushThinking(state.carried);
    }
    state.block.ended = true;
    this.#queue.advance();
  }

  #thinkingOf(id: string): ThinkingState {
    let state = this.#thinking.get(id);
    if (state === undefined) {
      state = { block: null, carried: new CarriedReasoning() };
      this.#thinking.set(id, state);
    }
    return state;
  }

  /** OpenAI gives the summaries of one reasoning item as parts of their own: they stay one block, with one envelope. */
  #continued(state: ThinkingState): ThinkingBlock | null {
    const last = this.#queue.last;
    const itemId = state.carried.itemId;
    if (!(last instanceof ThinkingBlock) || itemId === null || last.carried.itemId !== itemId) return null;
    last.carried.absorb(state.carried);
    state.carried = last.carried;
    last.ended = false;
    last.separate();
    return last;
  }

  #pushThinking(carried: CarriedReasoning): ThinkingBlock {
    const block = new ThinkingBlock(carried, this.#setup.target);
    this.#queue.push(block);
    return block;
  }

  /** A call has begun whose arguments follow. One of a tool that the client does not have waits for its end: only then
   * is it known whose call it is. */
  startTool(id: string, sentName: string, metadata: Metadata): void {
    if (this.#setup.request.toolProperties.has(this.#setup.request.names.original(sentName))) {
      this.#openTool(id, sentName, metadata);
    }
  }

  #openTool(id: string, sentName: string, metadata: Metadata): void {
    if (id === '' || sentName === '' || this.#tools.has(id)) return;
    const { names, toolProperties } = this.#setup.request;
    const name = names.original(sentName);
    this.#tail = '';
    const plan = this.#setup.repairs ? planRepairs(name, toolProperties.get(name)) : noRepairs;
    const tool = new ToolBlock(toolUseId(id), name, new ToolInput(plan));
    this.#tools.set(id, tool);
    this.#carryCall(tool, metadata);
    this.#queue.push(tool);
  }

  /** Gemini's signature on a call rides in the thinking before it, or in a sealed block of its own (T115). */
  #carryCall(tool: ToolBlock, metadata: Metadata): void {
    const signature = thoughtSignatureOf(metadata);
    if (signature === null) return;
    const last = this.#queue.last;
    const carried = last instanceof ThinkingBlock ? last.carried : new CarriedReasoning();
    if (this.#textSignature !== null) carried.addText(this.#textSignature);
    this.#textSignature = null;
    carried.addCall(tool.id, signature);
    tool.isSigned = true;
    if (!(last instanceof ThinkingBlock)) this.#pushThinking(carried).ended = true;
  }

  addToTool(id: string, delta: string): void {
    const tool = this.#tools.get(id);
    if (tool === undefined || tool.ended) return;
    this.#characters += delta.length;
    tool.add(delta);
  }

  /** The arguments are whole, but the call may still be repeated with metadata. */
  endToolInput(id: string): void {
    const tool = this.#tools.get(id);
    if (tool === undefined || tool.ended) return;
    tool.lingers = true;
    tool.ended = true;
  }

  callTool(call: LanguageModelV4ToolCall): void {
    const id = call.toolCallId;
    if (call.providerExecuted === true) {
      if (this.#wantsSearch && isSearchTool(call.toolName)) this.#searches.call(id, call.input);
      return;
    }
    const isNew = !this.#tools.has(id);
    this.#openTool(id, call.toolName, call.providerMetadata);
    const tool = this.#tools.get(id);
    if (tool === undefined || (tool.ended && !tool.lingers)) return;
    if (isNew) this.#characters += call.input.length;
    tool.input.settle(call.input);
    if (!tool.isSigned) this.#carryCall(tool, call.providerMetadata);
    tool.lingers = false;
    tool.ended = true;
    this.#queue.advance();
  }

  toolResult(part: LanguageModelV4ToolResult): void {
    if (this.#wantsSearch && isSearchTool(part.toolName)) this.#searches.result(part);
  }

  source(part: LanguageModelV4Source): void {
    if (this.#wantsSearch) this.#searches.source(part);
  }

  /** Writes what is still held back. `cut`: the model stopped at a length limit. */
  finish(cut: boolean, metadata: Metadata): void {
    for (const id of [...this.#thinking.keys()]) this.endThinking(id, undefined);
    this.#searches.finish(metadata);
    this.#queue.flush(cut);
  }
}
