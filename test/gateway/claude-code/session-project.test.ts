// Which project a session belongs to: header, transcript, request, in this order, each answer saying which it was.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ByteParts } from '../../../src/gateway/lib/byte-parts.ts';
import {
  createProjectFinder,
  projectFromTranscript,
} from '../../../src/gateway/claude-code/session-project.ts';
import { workingDirectoryOf } from '../../../src/gateway/claude-code/working-directory.ts';

const SESSION = '4f411fa1-c4e9-4a5f-bd6b-2b74724aa6ba';
const INTRO =
  '# Environment\nYou have been invoked in the following environment: \n - Primary working directory: ';

/** The block as Claude Code 2.1.330 writes it, in a system message behind the user's own. */
const newClient = (path: string, prompt = 'Say hi'): Buffer =>
  Buffer.from(
    JSON.stringify({
      model: 'claude-opus-5-5',
      messages: [
        { role: 'user', content: [{ type: 'text', text: prompt }] },
        {
          role: 'system',
          content: [
            { type: 'text', text: `${INTRO}${path}\n - Is a git repository: false\n - Platform: linux` },
          ],
        },
      ],
    }),
  );

describe('the working directory in a request', () => {
  test.each([
    ['2.1.330', newClient('/home/me/acme')],
    [
      '2.1.330, later turn',
      Buffer.from(
        JSON.stringify({ messages: [{ role: 'system', content: `${INTRO}/home/me/acme\n - Is` }] }),
      ),
    ],
    [
      '2.1.330, older models',
      Buffer.from(JSON.stringify([{ text: `<system-reminder>\n${INTRO}/home/me/acme\n - Is` }])),
    ],
    ['2.1.197', Buffer.from(JSON.stringify([{ text: `recommending it.\n\n${INTRO}/home/me/acme\n - Is` }]))],
    [
      '2.1.197, short form',
      Buffer.from(
        JSON.stringify([{ text: '# Environment\n - Primary working directory: /home/me/acme\n - Is' }]),
      ),
    ],
    [
      '2.1.197, sub-agent',
      Buffer.from(
        JSON.stringify([
          { text: 'environment you are running in:\n<env>\nWorking directory: /home/me/acme\nIs directory' },
        ]),
      ),
    ],
    ['the path ends the text', Buffer.from(JSON.stringify([{ text: `${INTRO}/home/me/acme` }]))],
  ])('is found in the form of %s', (_, body) => {
    expect(workingDirectoryOf(body)).toBe('/home/me/acme');
  });

  test.each([
    'C:\\Users\\me\\new\\repo',
    '\\\\server\\share\\x',
    '/a "quoted" \\n \\u0041',
    '/home/ü 😀/é',
    '/trailing space ',
    '/was (was /x)',
    '/\u2028',
  ])('%j is decoded to itself', (path) => {
    expect(workingDirectoryOf(newClient(path))).toBe(path);
  });

  test('escapes of any kind are undone, those of Claude Code included', () => {
    const ascii = Buffer.from(
      `{"text":"${JSON.stringify(INTRO).slice(1, -1)}\\/\\u00fc\\ud83d\\ude00\\n - Is"}`,
    );
    expect(workingDirectoryOf(ascii)).toBe('/ü😀');
    expect(workingDirectoryOf(newClient('/a &lt;b&gt;&amp;&#10;c'))).toBe('/a <b>&amp;\nc');
  });

  test('a mention that is no such block, a relative path, a cut body: nothing', () => {
    expect(workingDirectoryOf(Buffer.from('{}'))).toBeNull();
    expect(workingDirectoryOf(Buffer.alloc(0))).toBeNull();
    expect(workingDirectoryOf(newClient('acme'))).toBeNull();
    expect(workingDirectoryOf(newClient(''))).toBeNull();
    expect(workingDirectoryOf(Buffer.from(JSON.stringify(`see ${INTRO}/x\n`)))).toBeNull();
    const body = newClient('/home/me/acme');
    expect(workingDirectoryOf(body.subarray(0, body.indexOf('/acme')))).toBeNull();
    expect(workingDirectoryOf(newClient(`/${'x'.repeat(40_000)}`))).toBeNull();
  });

  test('a prompt that only talks about working directories does not win over the block', () => {
    expect(
      workingDirectoryOf(newClient('/real', 'Primary working directory: /fake\nWorking directory: /fake')),
    ).toBe('/real');
  });

  test('any absolute path comes back, wherever the block stands', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 60 }), fc.string(), (name, prompt) => {
        const path = `/${name.replace(/[\r\n<>&]/g, '')}`;
        expect(workingDirectoryOf(newClient(path, prompt))).toBe(path);
      }),
    );
  });
});

describe('the transcript', () => {
  let claudeFolder: string;
  beforeEach(() => {
    claudeFolder = mkdtempSync(join(tmpdir(), 'tollgate-projects-'));
  });
  afterEach(() => rmSync(claudeFolder, { recursive: true, force: true }));

  const queued = `{"type":"queue-operation","sessionId":"${SESSION}","content":"\\"cwd\\":\\"/fake\\""}\n`;
  const message = (cwd: string): string =>
    `${JSON.stringify({ type: 'user', message: { content: { cwd: '/fake' } }, cwd })}\n`;
  const write = (content: string, folder = '-home-me-acme', name = `${SESSION}.jsonl`): void => {
    mkdirSync(join(claudeFolder, 'projects', folder), { recursive: true });
    writeFileSync(join(claudeFolder, 'projects', folder, name), content);
  };
  const request = (options: { header?: string; sessionId?: string | null; body?: Buffer } = {}) => ({
    header: options.header ?? null,
    sessionId: options.sessionId === undefined ? SESSION : options.sessionId,
    body: ByteParts.of(options.body ?? Buffer.from('{}')),
  });

  test('names the folder in which the session was begun', async () => {
    write('{"type":"summary"}\n', '-other', 'x.jsonl');
    write(queued + message('/home/me/acme') + message('/home/me/acme/sub'));
    expect(await projectFromTranscript(claudeFolder, SESSION)).toBe('/home/me/acme');
  });

  test.each([
    ['absent folder', null],
    ['begun, without a message yet', queued],
    ['last line half written', queued + message('/home/me/acme').slice(0, -8)],
    ['not JSON', '"cwd"\n{"cwd"\n{"cwd":7}\n'],
    ['first message beyond the limit', `{"content":"${'x'.repeat(70_000)}"}\n${message('/late')}`],
  ])('%s: no answer', async (_, content) => {
    if (content !== null) write(content);
    expect(await projectFromTranscript(claudeFolder, SESSION)).toBeNull();
  });

  test.each(['../x', '..', 'a/b', 'a\\b', '', 'a.b', 'a\0b', 'x'.repeat(200)])(
    'the session id %j reaches no file',
    async (id) => {
      mkdirSync(join(claudeFolder, 'projects', 'p'), { recursive: true });
      writeFileSync(join(claudeFolder, 'projects', 'x.jsonl'), message('/stolen'));
      writeFileSync(join(claudeFolder, 'projects', 'p', 'a.b.jsonl'), message('/stolen'));
      expect(await projectFromTranscript(claudeFolder, id)).toBeNull();
      const finder = createProjectFinder({ claudeFolder });
      expect(await finder.find(request({ sessionId: id, body: newClient('/real') }))).toEqual({
        project: '/real',
        source: 'request',
      });
    },
  );

  test('a header wins over everything, and is not remembered for the session', async () => {
    write(message('/home/me/acme'));
    const finder = createProjectFinder({ claudeFolder });
    expect(await finder.find(request({ header: ' acme ' }))).toEqual({ project: 'acme', source: 'header' });
    expect(await finder.find(request({ header: '  ' }))).toEqual({
      project: '/home/me/acme',
      source: 'transcript',
    });
  });

  test('without a session every request speaks for itself', async () => {
    const finder = createProjectFinder({ claudeFolder });
    expect(await finder.find(request({ sessionId: null, body: newClient('/one') }))).toEqual({
      project: '/one',
      source: 'request',
    });
    expect(await finder.find(request({ sessionId: null }))).toEqual({ project: null, source: 'none' });
  });

  test('an answer from the request is bettered by the transcript once that is there, and then stays', async () => {
    const finder = createProjectFinder({ claudeFolder });
    expect(await finder.find(request())).toEqual({ project: null, source: 'none' });
    expect(await finder.find(request({ body: newClient('/link/acme') }))).toEqual({
      project: '/link/acme',
      source: 'request',
    });
    write(queued + message('/home/me/acme'));
    expect(await finder.find(request())).toEqual({ project: '/link/acme', source: 'request' });
    expect(await finder.find(request())).toEqual({ project: '/home/me/acme', source: 'transcript' });
    rmSync(join(claudeFolder, 'projects'), { recursive: true });
    expect(await finder.find(request({ body: newClient('/other') }))).toEqual({
      project: '/home/me/acme',
      source: 'transcript',
    });
  });

  test('many requests of one session at once agree', async () => {
    write(message('/home/me/acme'));
    const finder = createProjectFinder({ claudeFolder });
    await finder.find(request());
    const answers = await Promise.all(
      Array.from({ length: 64 }, () => finder.find(request({ body: newClient('/x') }))),
    );
    expect(new Set(answers.map(({ project }) => project))).toEqual(new Set(['/home/me/acme']));
  });

  test('no more than a thousand sessions are remembered', async () => {
    const finder = createProjectFinder({ claudeFolder });
    await finder.find(request({ body: newClient('/first') }));
    for (let number = 0; number < 1000; number++) await finder.find(request({ sessionId: `s-${number}` }));
    expect(await finder.find(request())).toEqual({ project: null, source: 'none' });
    expect(await finder.find(request({ sessionId: 's-999', body: newClient('/kept') }))).toMatchObject({
      project: '/kept',
    });
  });
});
