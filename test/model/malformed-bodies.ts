import fc from 'fast-check'

/** What a server answers to one call of a model: a status, headers, and a body in the pieces in which it is written. */
export interface MalformedAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly pieces: readonly Uint8Array[]
  /** `destroy`: the connection breaks off behind the last piece. */
  readonly ending: 'end' | 'destroy'
}

const deep = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth)
/** Stands for JSON that is nested more deeply than anything can write that does so on the stack. */
const deepMark = '@deep'
const json = fc.oneof({ arbitrary: fc.jsonValue({ maxDepth: 3 }), weight: 20 }, fc.constant(deepMark))
const text = fc.oneof(
  { arbitrary: fc.string({ unit: 'binary', maxLength: 20 }), weight: 40 },
  {
    arbitrary: fc.constantFrom(
      '',
      ' ',
      '\n\n',
      '\u0000',
      '\ud800',
      'data: ',
      '[DONE]',
      '```json\n{}\n```',
      '{"item":"apple"}',
    ),
    weight: 40,
  },
  { arbitrary: fc.integer({ min: 1, max: 60_000 }).map((length) => '長'.repeat(length)), weight: 1 },
)
const callText = fc.oneof(
  {
    arbitrary: fc.constantFrom('{}', '{"a":1', '', '[1', 'null', '{"__proto__":{"a":1}}', '1e999', '{"a":1}{"a":2}'),
    weight: 20,
  },
  { arbitrary: text, weight: 4 },
  { arbitrary: fc.integer({ min: 10, max: 20_000 }).map(deep), weight: 1 },
)
/** Mostly what belongs there, now and then anything. */
const mostly = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<unknown> =>
  fc.oneof({ arbitrary, weight: 30 }, { arbitrary: json, weight: 1 }, { arbitrary: fc.constant(undefined), weight: 1 })

const name = fc.constantFrom('look', 'look', 'nothing', '', 'choose_route', '__proto__', 'x'.repeat(500))
const call = fc.record({
  index: mostly(fc.constantFrom(0, 0, 1, 2, -1, 0.5, 1e300)),
  id: mostly(fc.constantFrom('a', 'a', 'b', '')),
  type: mostly(fc.constant('function')),
  function: mostly(fc.record({ name: mostly(name), arguments: mostly(callText) })),
})
const reason = fc.constantFrom('stop', 'length', 'tool_calls', 'content_filter', 'eos', 'unknown', 'function_call')
const message = fc.record(
  {
    role: mostly(fc.constantFrom('assistant', 'user', 'tool')),
    content: mostly(text),
    refusal: mostly(fc.constantFrom(null, null, 'I will not.')),
    reasoning_content: mostly(text),
    tool_calls: mostly(fc.array(call, { maxLength: 4 })),
  },
  { requiredKeys: [] },
)
const usage = fc.record({
  prompt_tokens: mostly(fc.constantFrom(1, -1, Number.MAX_VALUE, '7')),
  completion_tokens: mostly(fc.nat()),
  total_tokens: mostly(fc.nat()),
  prompt_tokens_details: mostly(fc.record({ cached_tokens: mostly(fc.nat()) })),
})
const choice = fc.record(
  {
    index: mostly(fc.constantFrom(0, 0, 0, 1)),
    delta: mostly(message),
    message: mostly(message),
    finish_reason: mostly(fc.oneof(fc.constant(null), reason)),
  },
  { requiredKeys: [] },
)
/** A completion, or a chunk of one. */
const completion = fc.record(
  {
    choices: mostly(fc.array(choice, { maxLength: 3 })),
    usage: mostly(usage),
    model: mostly(fc.constant('m')),
    error: fc.oneof(
      { arbitrary: fc.constant(undefined), weight: 20 },
      {
        arbitrary: mostly(fc.record({ message: mostly(text), code: mostly(fc.constantFrom('x', 429, 500)) })),
        weight: 1,
      },
    ),
  },
  { requiredKeys: ['choices'] },
)

const item = fc.record(
  {
    type: mostly(fc.constantFrom('message', 'function_call', 'reasoning')),
    call_id: mostly(fc.constantFrom('a', 'a', 'b')),
    name: mostly(name),
    arguments: mostly(callText),
    content: mostly(fc.array(mostly(fc.record({ type: mostly(fc.constant('output_text')), text: mostly(text) })))),
  },
  { requiredKeys: ['type'] },
)
/** An event of the Responses API, or a whole response. */
const responseEvent = fc.record(
  {
    type: mostly(
      fc.constantFrom(
        ...[
          'output_text.delta',
          'refusal.delta',
          'output_item.added',
          'output_item.done',
          'completed',
          'incomplete',
        ].map((type) => `response.${type}`),
        'response.function_call_arguments.delta',
        'response.failed',
        'error',
        'response.unknown',
      ),
    ),
    object: mostly(fc.constant('response')),
    delta: mostly(text),
    output_index: mostly(fc.constantFrom(0, 0, 1)),
    item: mostly(item),
    output: mostly(fc.array(item, { maxLength: 3 })),
    response: mostly(
      fc.record(
        {
          status: mostly(fc.constantFrom('completed', 'incomplete')),
          output: mostly(fc.array(mostly(item))),
          usage: json,
        },
        { requiredKeys: [] },
      ),
    ),
  },
  { requiredKeys: ['type'] },
)

const garbage = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 30 }),
  fc.constantFrom('<html><body>502 Bad Gateway</body></html>', 'null', '[]', '3', '"text"', '{', deep(5_000)),
)
const partOf = (value: fc.Arbitrary<unknown>): fc.Arbitrary<string> =>
  fc.oneof(
    { arbitrary: value.map((whole) => JSON.stringify(whole).replaceAll(`"${deepMark}"`, deep(20_000))), weight: 30 },
    { arbitrary: garbage, weight: 1 },
  )
const eventOf = (part: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  fc.oneof(
    { arbitrary: part.map((data) => `data: ${data}\n\n`), weight: 20 },
    { arbitrary: part.map((data) => `event: x\r\ndata: ${data}\r\n\r\n`), weight: 1 },
    {
      arbitrary: fc.constantFrom(
        'data: [DONE]\n\n',
        ': comment\n\n',
        'data:\n\n',
        '\uFEFF',
        'id: 1\n',
        'retry: x\n\n',
        'data',
      ),
      weight: 4,
    },
  )
const streamOf = (part: fc.Arbitrary<string>, end: string): fc.Arbitrary<string> =>
  fc
    .tuple(
      fc.array(eventOf(part), { maxLength: 8 }),
      fc.option(fc.constantFrom(end, end, 'data: [DONE]\n\n'), { nil: '' }),
    )
    .map(([events, last]) => [...events, last].join(''))
const chatEnd = 'data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\n'
const responseEnd = 'data: {"type":"response.completed","response":{"status":"completed","output":[]}}\n\n'

/** Bodies with the content type that belongs to them. */
const bodyOf = (part: fc.Arbitrary<string>, end: string): fc.Arbitrary<readonly [whole: string, type: string]> =>
  fc.oneof(
    { arbitrary: streamOf(part, end).map((whole) => [whole, 'text/event-stream'] as const), weight: 3 },
    { arbitrary: part.map((whole) => [whole, 'application/json'] as const), weight: 2 },
  )
const bodies = {
  chat: bodyOf(partOf(completion), chatEnd),
  responses: bodyOf(partOf(responseEvent), responseEnd),
}

const share = fc.oneof({ arbitrary: fc.constant(null), weight: 6 }, fc.double({ min: 0, max: 1, noNaN: true }))
const otherType = fc.oneof(
  { arbitrary: fc.constant(undefined), weight: 8 },
  fc.constantFrom('text/event-stream; charset=utf-8', 'application/json', 'text/html', 'text/plain', '', 'nonsense'),
)
const oddHeaders = fc.constantFrom<Record<string, string>>(
  ...Array.from({ length: 20 }, () => ({})),
  { 'content-encoding': 'gzip' },
  { 'content-encoding': 'nonsense' },
  { 'content-length': '1000000' },
  { 'retry-after': 'tomorrow' },
  { 'x-should-retry': 'maybe' },
)

const status = fc.oneof(
  { arbitrary: fc.constant(200), weight: 20 },
  fc.constantFrom(201, 204, 206, 300, 304, 400, 401, 404, 408, 418, 429, 500, 503, 599),
)
const ending = fc.oneof({ arbitrary: fc.constant('end' as const), weight: 9 }, fc.constant('destroy' as const))

/**
 * Answers of an API that are wrong in every way in which servers have been seen to be, and some more; a few are sound by
 * chance.
 */
export function malformedAnswer(api: keyof typeof bodies): fc.Arbitrary<MalformedAnswer> {
  return fc
    .tuple(bodies[api], share, otherType, oddHeaders, status, ending, fc.constantFrom(1, 1, 2, 7))
    .map(([[whole, ownType], cut, type = ownType, odd, code, last, count]) => {
      const all = Buffer.from(whole)
      const bytes = cut === null ? all : all.subarray(0, Math.floor(all.length * cut))
      const size = Math.max(1, Math.ceil(bytes.length / count))
      const cuts = Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) => index * size)
      return {
        status: code,
        headers: { ...(type === '' ? {} : { 'content-type': type }), ...odd },
        pieces: cuts.map((at) => bytes.subarray(at, at + size)),
        // What is announced and does not come would be waited for.
        ending: 'content-length' in odd ? 'destroy' : last,
        // What a failing property shows of it.
        [fc.toStringMethod]: () => `${code} ${type} ${JSON.stringify(odd)} ${last}: ${whole.slice(0, 500)}`,
      }
    })
}
