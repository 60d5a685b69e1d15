// Contract: an exchange belongs to the project that `x-tollgate-project` names, else to the folder in the session's transcript
// under Claude Code's folder, else to the working directory named in the request; the row says which it was.
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ExchangeRow } from '../../src/contract/rows.ts';
import { streamMessage } from '../support/anthropic-answers.ts';
import { tokens } from '../support/expected-cost.ts';
import type { HeaderList } from '../support/fake-upstream.ts';
import { messagesBody, startRig, type Rig } from '../support/rig.ts';

let rig: Rig;
beforeAll(async () => {
  rig = await startRig();
  const usage = tokens({ inputTokens: 1, outputTokens: 1 });
  rig.upstream.setAnswer(
    streamMessage({ model: 'claude-opus-5-5', usage, blocks: [{ type: 'text', text: 'ok' }] }),
  );
});
afterAll(() => rig.close());

/** What Claude Code puts into its requests about the machine. */
const environmentText = (folder: string): string =>
  `# Environment\nYou have been invoked in the following environment: \n - Primary working directory: ${folder}\n - Platform: linux`;
const bodyNaming = (folder: string): string =>
  messagesBody({
    messages: [
      { role: 'user', content: 'Say hi' },
      { role: 'system', content: [{ type: 'text', text: environmentText(folder) }] },
    ],
  });

async function writeTranscript(session: string, folder: string): Promise<void> {
  const projects = join(rig.gateway.home, '.claude', 'projects', folder.replaceAll('/', '-'));
  await mkdir(projects, { recursive: true });
  const lines = [
    { type: 'summary', summary: 'earlier' },
    { type: 'user', cwd: folder, sessionId: session, message: { role: 'user', content: 'hi' } },
  ];
  await writeFile(
    join(projects, `${session}.jsonl`),
    lines.map((line) => JSON.stringify(line)).join('\n') + '\n',
  );
}

let counter = 0;
async function attributed(
  body: string,
  headers: HeaderList,
): Promise<Pick<ExchangeRow, 'project' | 'projectSource'>> {
  await rig.post(body, headers);
  const rows = await rig.gateway.control.settled((counter += 1));
  const { project, projectSource } = rows[0] as ExchangeRow;
  return { project, projectSource };
}
const session = (digit: number): string => `${String(digit).repeat(8)}-0000-4000-8000-000000000000`;

test('the header wins over everything', async () => {
  await writeTranscript(session(1), '/home/me/from-transcript');
  const headers: HeaderList = [
    ['x-claude-code-session-id', session(1)],
    ['x-tollgate-project', '/home/me/from-header'],
  ];
  expect(await attributed(bodyNaming('/home/me/from-request'), headers)).toEqual({
    project: '/home/me/from-header',
    projectSource: 'header',
  });
});

test('the transcript of the session wins over the request', async () => {
  await writeTranscript(session(2), '/home/me/from-transcript');
  const headers: HeaderList = [['x-claude-code-session-id', session(2)]];
  expect(await attributed(bodyNaming('/home/me/elsewhere'), headers)).toEqual({
    project: '/home/me/from-transcript',
    projectSource: 'transcript',
  });
});

test('without a transcript the working directory of the request is used, also one with odd characters', async () => {
  const headers: HeaderList = [['x-claude-code-session-id', session(3)]];
  expect(await attributed(bodyNaming('/home/me/my "project" é'), headers)).toEqual({
    project: '/home/me/my "project" é',
    projectSource: 'request',
  });
});

test('a request that tells nothing belongs to no project, and a wrong session id opens no file', async () => {
  expect(await attributed(messagesBody(), [])).toEqual({ project: null, projectSource: 'none' });
  const headers: HeaderList = [['x-claude-code-session-id', '../../../../etc/passwd']];
  expect(await attributed(messagesBody(), headers)).toEqual({ project: null, projectSource: 'none' });
});

test('P5: developer, class and agents of the headers are in the row', async () => {
  await rig.post(messagesBody(), [
    ['x-tollgate-developer', 'ada'],
    ['x-claude-code-request-class', 'subagent'],
    ['x-claude-code-agent-id', 'a1'],
    ['x-claude-code-parent-agent-id', 'a0'],
  ]);
  const [row] = await rig.gateway.control.settled((counter += 1));
  expect(row).toMatchObject({
    developer: 'ada',
    requestClass: 'subagent',
    agentId: 'a1',
    parentAgentId: 'a0',
  });
  expect(row?.durationMs).toBeGreaterThanOrEqual(row?.firstByteMs ?? Infinity);
});
