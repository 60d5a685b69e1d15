// What every reader of a request part needs to know, and the words for what the readers make.
import type { LanguageModelV4Message } from '@ai-sdk/provider';
import type { Target, ToolNames } from '../types.ts';
import type { CallIds } from './call-ids.ts';
import type { Dropped } from './dropped.ts';

export interface Reading {
  readonly target: Target;
  readonly names: ToolNames;
  readonly ids: CallIds;
  readonly dropped: Dropped;
}

export type UserPart = Extract<LanguageModelV4Message, { role: 'user' }>['content'][number];
export type AssistantPart = Extract<LanguageModelV4Message, { role: 'assistant' }>['content'][number];
export type ToolPart = Extract<LanguageModelV4Message, { role: 'tool' }>['content'][number];
export type FilePart = Extract<UserPart, { type: 'file' }>;

/** Providers refuse text of nothing but white space (T29). */
export const isBlank = (text: string): boolean => text.trim() === '';

export const textPart = (text: string): { type: 'text'; text: string } => ({ type: 'text', text });
