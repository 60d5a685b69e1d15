// What a line of a transcript says, in the shapes that versions of Claude Code have written.
import { describe, expect, it } from 'vitest';
import { readTranscriptLine, type LineReport } from '../../../src/gateway/history/transcript-line.ts';
import { projectOfFile } from '../../../src/gateway/history/project-of-file.ts';
import { assistantLine, userLine } from '../../support/transcripts.ts';

const read = (line: string): LineReport => {
  const report = readTranscriptLine(line);
  if (typeof report === 'string') throw new Error(`${report}: ${line}`);
  return report;
};

describe('a line of a transcript', () => {
  it('gives the message, its place and the token classes apart', () => {
    const report = read(
      assistantLine({ input: 3, output: 7, cacheRead: 11, cacheWrite5m: 13, cacheWrite1h: 17, agent: 'a1' }),
    );
    expect(report.tokens).toMatchObject({
      inputTokens: 3,
      outputTokens: 7,
      cacheReadTokens: 11,
      cacheWrite5mTokens: 13,
      cacheWrite1hTokens: 17,
    });
    expect(report).toMatchObject({
      session: 'session-1',
      agent: 'a1',
      directory: '/home/me/acme',
      isFinal: true,
    });
    expect(report.at).toBe(Date.UTC(2026, 10, 20, 10));
  });

  it('is the same message as another line with its id and request, whatever else differs', () => {
    const first = read(assistantLine({ id: 'msg_a', request: 'req_a' }));
    const second = read(assistantLine({ id: 'msg_a', request: 'req_a', session: 'fork', output: 1 }));
    const other = read(assistantLine({ id: 'msg_a', request: 'req_b' }));
    expect([second.idKey, second.slot]).toEqual([first.idKey, first.slot]);
    expect(other.idKey).toBe(first.idKey);
    expect(other.slot).not.toBe(first.slot);
  });

  it('may be a copy in a sidechain or without a request id', () => {
    expect(read(assistantLine({ agent: 'a1' })).slot).toBe(0);
    expect(read(assistantLine({ request: null })).slot).toBe(0);
    expect(read(assistantLine()).slot).not.toBe(0);
  });

  it('without any id is told apart by its own uuid, then by its text', () => {
    const bare = { id: null, request: null } as const;
    const [a, b] = [
      read(assistantLine({ ...bare, uuid: 'u1' })),
      read(assistantLine({ ...bare, uuid: 'u2' })),
    ];
    expect(a.idKey).not.toBe(b.idKey);
    const oldest =
      '{"timestamp":"2025-05-01T00:00:00Z","message":{"usage":{"input_tokens":1,"output_tokens":2}}}';
    expect(read(oldest).idKey).toBe(read(oldest).idKey);
    expect(read(oldest)).toMatchObject({ model: '', session: '', agent: '', directory: '' });
  });

  it('is no spending when it is no answer of a model', () => {
    const nested = userLine().replace(
      '"type":"user"',
      '"type":"user","toolUseResult":{"usage":{"input_tokens":5}}',
    );
    const progress = JSON.stringify({
      type: 'progress',
      data: { message: JSON.parse(assistantLine()) as unknown },
    });
    for (const line of [
      userLine(),
      nested,
      progress,
      assistantLine({ model: '<synthetic>' }),
      assistantLine({ id: 'msg_practice_0123' }),
    ])
      expect(readTranscriptLine(line)).toBe('nothing');
  });

  it('is unreadable, not fatal, when it is none or has no time', () => {
    for (const line of ['', '{', '[]', 'null', '{"message":{"usage":{', assistantLine({ at: 'yesterday' })])
      expect(readTranscriptLine(line)).toBe('unreadable');
  });

  it('takes nonsense in the counts for absent', () => {
    const report = read(
      assistantLine({ usage: { output_tokens: -5, input_tokens: 'many', cache_creation: 7 } }),
    );
    expect(report.tokens).toMatchObject({ inputTokens: 0, outputTokens: 0 });
  });
});

describe('the project of a transcript', () => {
  it('is the folder in which the session was begun, also after it moved into a sub-folder', () => {
    expect(projectOfFile('-home-me-my-app', '/home/me/my.app')).toBe('/home/me/my.app');
    expect(projectOfFile('-home-me-my-app', '/home/me/my.app/packages/core')).toBe('/home/me/my.app');
    expect(projectOfFile('C--work-app', 'C:\\work\\app\\src')).toBe('C:\\work\\app');
  });

  it('is the directory itself when the folder has another name, and unknown without one', () => {
    expect(projectOfFile('renamed', '/home/me/acme')).toBe('/home/me/acme');
    expect(projectOfFile('-home-me-acme', '')).toBe(null);
  });
});
