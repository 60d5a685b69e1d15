// Contract: the body reaches the upstream byte for byte, whatever it looks like; when a route renames the model, only the
// bytes of that name change. (P3, P8, traps 32, 33)
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { streamMessage } from '../support/anthropic-answers.ts';
import { tokens } from '../support/expected-cost.ts';
import { sha256, type RecordedRequest } from '../support/fake-upstream.ts';
import { sendRequest } from '../support/raw-http.ts';
import { sessionHeader, startRig, type Rig } from '../support/rig.ts';

const realModel = 'claude-opus-5-5';
const renamedModel = 'deploy"ment\\é-1';

/** Bodies that a parse-and-stringify would change. `MODEL` stands for the JSON text of the model's name. */
const bodies: Record<string, string> = {
  'odd whitespace':
    '{ "model" :\t MODEL ,\r\n\n "max_tokens":1 , "messages" : [ { "role":"user","content":"hi"} ] ,"stream":true }\n ',
  'leading whitespace': ' \n\t{"model":MODEL,"max_tokens":1,"messages":[],"stream":true}',
  'unknown fields at every level':
    '{"model":MODEL,"future":{"a":[1,2,{"b":null}]},"messages":[{"role":"user","content":[{"type":"new","x":1}],"zz":0}],"stream":true}',
  'escapes written in their long form':
    '{"model":MODEL,"messages":[{"role":"user","content":"caf\\u00e9 \\/ \\ud83d\\ude42 \\b"}],"stream":true}',
  'integers beyond 2^53 and odd numbers':
    '{"model":MODEL,"seed":12345678901234567890,"t":1.0,"u":1e2,"v":-0,"w":0.30000000000000004,"messages":[],"stream":true}',
  'model last': '{"stream":true,"messages":[{"role":"user","content":"hi"}],"max_tokens":5,"model":MODEL}',
  'the word model inside a string before the real one':
    '{"messages":[{"role":"user","content":"{\\"model\\":\\"decoy\\"} \\"model\\": \\"decoy\\""}],"model":MODEL,"stream":true}',
  'a nested model before the real one':
    '{"metadata":{"model":"decoy","stream":false},"tools":[{"model":"decoy"}],"model":MODEL,"stream":true}',
  'duplicate keys elsewhere': '{"a":1,"a":2,"model":MODEL,"messages":[],"stream":true}',
  'system as array with the attribution block first':
    '{"model":MODEL,"system":[{"type":"text","text":"x-anthropic-billing-header: cc_version=2.1.330.440; cc_entrypoint=sdk-cli;"},{"type":"text","text":"You are"}],"messages":[{"role":"user","content":"a"},{"role":"system","content":[]}],"stream":true}',
  'multi-byte text':
    '{"model":MODEL,"messages":[{"role":"user","content":"é漢🙂\u2028\u2029"}],"stream":true}',
  'an empty key and strings full of brackets':
    '{"":"}{][","k\\"}":"\\\\","model":MODEL,"messages":[],"stream":true}',
};

const bodyWith = (template: string, model: string): string => template.replaceAll('MODEL', () => model);

let rig: Rig;
beforeAll(async () => {
  rig = await startRig({
    routes: [
      { match: { model: 'claude-rename-*' }, to: [{ provider: 'upstream', model: renamedModel }] },
      { match: {}, to: [{ provider: 'upstream' }] },
    ],
  });
  const usage = tokens({ inputTokens: 1, outputTokens: 1 });
  rig.upstream.setAnswer(streamMessage({ model: realModel, usage, blocks: [{ type: 'text', text: 'ok' }] }));
});
afterAll(() => rig.close());

async function passOn(body: Uint8Array | string, session: string): Promise<RecordedRequest> {
  const next = rig.upstream.nextRequest();
  const answer = await rig.post(body, [sessionHeader(session)]);
  expect(answer.status).toBe(200);
  return next;
}

async function modelAskedIn(session: string): Promise<string | null | undefined> {
  const rows = await rig.gateway.control.waitForExchanges((all) => all.every((row) => row.state !== 'live'));
  return rows.find((row) => row.sessionId === session)?.modelAsked;
}

describe.each(Object.entries(bodies))('%s', (name, template) => {
  test('passes byte for byte, and the model asked for is the top-level one', async () => {
    const body = bodyWith(template, `"${realModel}"`);
    const request = await passOn(body, `same ${name}`);
    expect(request.sha256).toBe(sha256(body));
    expect(await modelAskedIn(`same ${name}`)).toBe(realModel);
  });

  test('with a renaming route only the bytes of the model change', async () => {
    const body = bodyWith(template, '"claude-rename-me"');
    const request = await passOn(body, `renamed ${name}`);
    const sent = request.body.toString('utf8');
    const [before = '', after = ''] = template.split('MODEL');
    expect(sent.startsWith(before)).toBe(true);
    expect(sent.endsWith(after)).toBe(true);
    expect(JSON.parse(sent.slice(before.length, sent.length - after.length))).toBe(renamedModel);
    expect(request.values('content-length')).toEqual([String(request.body.length)]);
    expect(await modelAskedIn(`renamed ${name}`)).toBe('claude-rename-me');
  });
});

test('a model name or key written with escapes is understood and left as written', async () => {
  const body = '{"\\u006dodel":"claude\\u002dopus-5-5","messages":[],"stream":true}';
  const request = await passOn(body, 'escaped model');
  expect(request.sha256).toBe(sha256(body));
  expect(await modelAskedIn('escaped model')).toBe(realModel);
});

test('bytes that are no valid UTF-8 inside a string reach the upstream as they are', async () => {
  const body = Buffer.concat([
    Buffer.from(`{"model":"${realModel}","messages":[{"role":"user","content":"`),
    Buffer.from([0xff, 0xc3, 0x28, 0xed, 0xa0, 0x80]),
    Buffer.from('"}],"stream":true}'),
  ]);
  expect((await passOn(body, 'invalid utf-8')).sha256).toBe(sha256(body));
});

test('a body sent in chunks without a length arrives whole', async () => {
  const body = bodyWith(bodies['model last'] ?? '', `"${realModel}"`);
  const next = rig.upstream.nextRequest();
  const exchange = sendRequest(`${rig.gateway.url}/v1/messages`, {
    method: 'POST',
    openEnd: true,
    headers: [rig.gateway.key(), ['Content-Type', 'application/json']],
  });
  for (const character of body) await exchange.write(character);
  exchange.endBody();
  expect((await exchange.answer).status).toBe(200);
  expect((await next).sha256).toBe(sha256(body));
});

test.each([
  '',
  'not json',
  '[1,2]',
  '{"model":7,"messages":[]}',
  '{"messages":[]}',
  '{"model":"a","messages":[',
])('a body without a readable model (%j) is a 400 invalid_request_error and costs nothing', async (body) => {
  const before = await rig.gateway.control.totals();
  rig.upstream.setAnswer(async (exchange) => {
    await exchange.request.bodyEnded;
    exchange.head(400, [['Content-Type', 'application/json']]);
    exchange.end('{"type":"error","error":{"type":"invalid_request_error","message":"no"}}');
  });
  const answer = await rig.post(body);
  expect(answer.status).toBe(400);
  expect(answer.json()).toMatchObject({ type: 'error', error: { type: 'invalid_request_error' } });
  expect((await rig.gateway.control.totals()).costNanoUsd).toBe(before.costNanoUsd);
});
