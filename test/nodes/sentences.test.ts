import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { splitSentences } from '../../src/nodes/sentences.ts'

const spoken = (text: string) => splitSentences(text, { final: true }).sentences.map((sentence) => sentence.trim())

/** As a stream: chunk after chunk, the rest carried over. */
function stream(chunks: readonly string[], longest: number): string[] {
  const sentences: string[] = []
  let rest = ''
  for (const chunk of chunks) {
    const split = splitSentences(rest + chunk, { longest })
    sentences.push(...split.sentences)
    rest = split.rest
  }
  return [...sentences, ...splitSentences(rest, { longest, final: true }).sentences]
}

describe('splitSentences', () => {
  test.each([
    ['Hello there. How are you? Fine!', ['Hello there.', 'How are you?', 'Fine!']],
    ['你好。今天怎么样？很好！再见', ['你好。', '今天怎么样？', '很好！', '再见']],
    ['他说：“好的。”然后走了。', ['他说：“好的。”', '然后走了。']],
    ['She said "stop." He did.', ['She said "stop."', 'He did.']],
    ['Pi is 3.14 and e is 2.72. Right?', ['Pi is 3.14 and e is 2.72.', 'Right?']],
    [
      'Use fruit, e.g. apples, i.e. food. Dr. Smith and Mr. J. Doe agree.',
      ['Use fruit, e.g. apples, i.e. food.', 'Dr. Smith and Mr. J. Doe agree.'],
    ],
    ['The answer is no. So do I. Next', ['The answer is no.', 'So do I.', 'Next']],
    ['See example.com/a?b=c!d for more. Bye.', ['See example.com/a?b=c!d for more.', 'Bye.']],
    ['Wait... what?! Really?? Yes.', ['Wait...', 'what?!', 'Really??', 'Yes.']],
    ['First line\nsecond line\r\n\n  third', ['First line', 'second line', 'third']],
    ['1. Mix it.\n2. Bake it for 3.5 hours.', ['1. Mix it.', '2. Bake it for 3.5 hours.']],
    ['I have 3. You have 4.', ['I have 3.', 'You have 4.']],
    ['**Done.** Next (as said.) last', ['**Done.**', 'Next (as said.)', 'last']],
    ['OK!然后', ['OK!', '然后']],
  ])('%j', (text, sentences) => {
    expect(spoken(text)).toEqual(sentences)
  })

  test('gives a sentence as soon as the character behind it is there', () => {
    expect(splitSentences('Hi there.')).toEqual({ sentences: [], rest: 'Hi there.' })
    expect(splitSentences('Hi there. ')).toEqual({ sentences: ['Hi there.'], rest: ' ' })
    expect(splitSentences('你好。今')).toEqual({ sentences: ['你好。'], rest: '今' })
    expect(splitSentences('A line\n')).toEqual({ sentences: ['A line'], rest: '\n' })
  })

  test('cuts a long run before a word, behind a Chinese comma, or where it must', () => {
    expect(stream(['one two three four'], 10)).toEqual(['one two', ' three', ' four'])
    expect(stream(['今天天气，很好我们出去玩吧'], 8)).toEqual(['今天天气，', '很好我们出去玩吧'])
    expect(stream(['a'.repeat(25)], 10)).toEqual(['a'.repeat(10), 'a'.repeat(10), 'a'.repeat(5)])
    expect(stream(['a😀😀😀'], 4)).toEqual(['a😀', '😀😀'])
  })

  test('loses no text, and gives the same sentences however it is cut into chunks', () => {
    const piece = fc.constantFrom(
      'a',
      'e.g',
      'Dr',
      'I',
      '3',
      '.',
      '.',
      '!',
      '?',
      '…',
      '。',
      '！',
      '”',
      '"',
      ')',
      ' ',
      '  ',
      '\n',
      '\r\n',
      '好',
      '，',
      '😀',
    )
    const chunked = fc.array(
      fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join('')),
      { maxLength: 12 },
    )
    const longest = fc.constantFrom(2, 5, 12, 300)
    fc.assert(
      fc.property(chunked, longest, (chunks, limit) => {
        const text = chunks.join('')
        const sentences = stream(chunks, limit)
        expect(sentences.join('')).toBe(text)
        expect(sentences).toEqual(splitSentences(text, { longest: limit, final: true }).sentences)
        expect(sentences).toEqual(stream(text.split(''), limit))
        for (const sentence of sentences) expect(sentence.length).toBeLessThanOrEqual(limit)
      }),
      { numRuns: 2_000 },
    )
  })
})
