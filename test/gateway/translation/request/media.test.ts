// What becomes of images and documents (T8 to T11, T119).
import { describe, expect, it } from 'vitest';
import {
  assistant,
  bodyOf,
  messageOf,
  pdf,
  png,
  promptOf,
  refusalOf,
  targetWith,
  text,
  toolResult,
  toolUse,
  translate,
  user,
} from './support.ts';

const pngPart = { type: 'file', mediaType: 'image/png', data: { type: 'data', data: 'iVBORw0KGgo=' } };
const pdfPart = {
  type: 'file',
  mediaType: 'application/pdf',
  data: { type: 'data', data: 'JVBERi0=' },
  filename: 'plan.pdf',
};

describe('images in tool results', () => {
  const conversation = [
    user('look'),
    assistant(toolUse('a', 'Shot'), toolUse('b', 'Shot')),
    user([toolResult('a', [text('left'), png]), toolResult('b', [png]), text('which?')]),
  ];

  it('T8: follow in the user message after all results of the turn, with a placeholder in the result', () => {
    const placeholder = '[image: in the user message after the tool results]';
    expect(promptOf(conversation).slice(2)).toEqual([
      {
        role: 'tool',
        content: [
          {
            type: 'tool-result',
            toolCallId: 'a',
            toolName: 'Shot',
            output: { type: 'text', value: `left\n${placeholder}` },
          },
          {
            type: 'tool-result',
            toolCallId: 'b',
            toolName: 'Shot',
            output: { type: 'text', value: placeholder },
          },
        ],
      },
      {
        role: 'user',
        content: [
          text('From the result of Shot:'),
          pngPart,
          text('From the result of Shot:'),
          pngPart,
          text('which?'),
        ],
      },
    ]);
  });

  it('T8: stay in the result for models that take them there', () => {
    const tool = messageOf(promptOf(conversation, targetWith({ imagesInToolResults: true })), 'tool');
    expect(tool.content[0]).toMatchObject({ output: { type: 'content', value: [text('left'), pngPart] } });
  });

  it('T8: a PDF follows in the user message', () => {
    const prompt = promptOf(
      [user('read'), assistant(toolUse('a', 'Read')), user([toolResult('a', [pdf])])],
      targetWith({ imagesInToolResults: true }),
    );
    expect(prompt.at(-1)).toEqual({ role: 'user', content: [text('From the result of Read:'), pdfPart] });
  });
});

describe('media a model cannot take', () => {
  it('T9: leave a visible note and are listed', () => {
    const translated = translate(
      bodyOf([user([png, pdf, text('compare')])]),
      targetWith({ images: false, pdf: false }),
    );
    expect(translated.options.prompt).toEqual([
      {
        role: 'user',
        content: [
          text(
            '[image omitted: model cannot see images]\n\n[document "plan.pdf" omitted: model cannot read PDF files]\n\ncompare',
          ),
        ],
      },
    ]);
    expect(translated.dropped).toEqual(['image', 'document']);
  });
});

describe('sources', () => {
  const partsOf = (block: unknown): unknown => promptOf([user([block])])[0]?.content;

  it('T10: base64 and url images become files, with the type the address tells', () => {
    expect(partsOf(png)).toEqual([pngPart]);
    const at = (url: string): unknown => partsOf({ type: 'image', source: { type: 'url', url } });
    const url = (address: string, mediaType: string): unknown => [
      { type: 'file', mediaType, data: { type: 'url', url: new URL(address) } },
    ];
    expect(at('https://a.example/x.JPG?y=1')).toEqual(url('https://a.example/x.JPG?y=1', 'image/jpeg'));
    expect(at('https://a.example/x')).toEqual(url('https://a.example/x', 'image/*'));
    expect(at('data:image/png;base64,iVBORw0KGgo=')).toEqual([pngPart]);
  });

  it.each([
    ['image', { type: 'file', file_id: 'file_1' }],
    ['document', { type: 'file', file_id: 'file_1' }],
    ['image', { type: 'url', url: 'file:///etc/passwd' }],
    ['image', { type: 'url', url: 'nonsense' }],
    ['image', { type: 'base64', data: 'x' }],
    ['image', { type: 'moon' }],
    ['image', undefined],
  ])('T10: an %s of another source is refused naming the field', (type, source) => {
    const refusal = refusalOf(bodyOf([user([{ type, source }])]));
    expect(refusal.status).toBe(400);
    expect(refusal.message).toMatch(/^messages\.0\.content\.0\.source/);
  });

  it('T10: a file_id is refused with what to do instead', () => {
    const refusal = refusalOf(bodyOf([user([{ type: 'image', source: { type: 'file', file_id: 'f' } }])]));
    expect(refusal.message).toMatch(/file_id.*base64/);
  });

  it('T119: addresses are refused for a model that does not fetch them', () => {
    const body = bodyOf([
      user([{ type: 'image', source: { type: 'url', url: 'http://169.254.169.254/x.png' } }]),
    ]);
    expect(refusalOf(body, targetWith({ mediaUrls: false })).message).toContain('base64');
  });

  it('T11: documents become files, inline text or their parts; citations are noted', () => {
    expect(partsOf(pdf)).toEqual([pdfPart]);
    expect(
      partsOf({
        type: 'document',
        source: { type: 'base64', media_type: 'application/pdf', data: 'JVBERi0=' },
      }),
    ).toEqual([{ ...pdfPart, filename: 'document.pdf' }]);
    expect(partsOf({ type: 'document', source: { type: 'url', url: 'https://a.example/p.pdf' } })).toEqual([
      {
        type: 'file',
        mediaType: 'application/pdf',
        data: { type: 'url', url: new URL('https://a.example/p.pdf') },
      },
    ]);
    const plain = { type: 'text', media_type: 'text/plain', data: 'words' };
    expect(partsOf({ type: 'document', title: 'Notes', context: 'of May', source: plain })).toEqual([
      text('Notes\nof May\n\nwords'),
    ]);
    expect(
      partsOf({ type: 'document', source: { type: 'content', content: [text('a'), png, text('b')] } }),
    ).toEqual([text('a'), pngPart, text('b')]);
    expect(partsOf({ type: 'document', source: { type: 'content', content: 'flat' } })).toEqual([
      text('flat'),
    ]);
    const cited = translate(
      bodyOf([user([{ type: 'document', citations: { enabled: true }, source: plain }])]),
    );
    expect(cited.dropped).toEqual(['citations']);
  });

  it('T10, T11: a search result is text with its title and source', () => {
    const block = { type: 'search_result', title: 'T', source: 'https://s.example', content: [text('body')] };
    expect(partsOf(block)).toEqual([text('T\nhttps://s.example\nbody')]);
  });
});
