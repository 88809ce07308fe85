import { describe, expect, test } from 'vitest'
import { heardText, takePlayback, takeSentence, takeStop, type HeardSpeech } from '../../src/nodes/heard-speech.ts'

const now = 1_000_000

/** Sentences that were sent at once, two seconds each. */
function sent(...texts: string[]): HeardSpeech {
  let speech: HeardSpeech = { traceId: 's/0.1', sentences: [] }
  texts.forEach((text, index) => {
    speech = takeSentence(speech, 's/0.1', {
      text,
      index,
      attempt: 1,
      seconds: 2,
      at: now,
      ...(index ? { lead: ' ' } : {}),
    })
  })
  return speech
}

describe('by the clock', () => {
  test('sentences are played one after the other, and of the one that is played the words count that fit', () => {
    const speech = sent('The museum opens at nine.', 'It closes at five.')
    const at = (seconds: number) => heardText(speech, now + seconds * 1_000)
    expect([at(-1), at(0), at(0.3), at(1), at(1.99)]).toEqual(['', '', 'The', 'The museum', 'The museum opens at nine'])
    expect([at(2), at(3), at(4), at(99)]).toEqual([
      'The museum opens at nine.',
      'The museum opens at nine. It closes',
      'The museum opens at nine. It closes at five.',
      'The museum opens at nine. It closes at five.',
    ])
  })

  test('a sentence that left late is played late, and one that did not leave is not heard', () => {
    let speech = takeSentence(sent('One.'), 's/0.1', { text: 'Two.', index: 1, attempt: 1, lead: ' ' })
    expect(heardText(speech, now + 60_000)).toBe('One.')
    speech = takeSentence(speech, 's/0.1', {
      text: 'Two.',
      index: 1,
      attempt: 1,
      lead: ' ',
      seconds: 1,
      at: now + 60_000,
    })
    expect(heardText(speech, now + 60_000)).toBe('One.')
    expect(heardText(speech, now + 61_000)).toBe('One. Two.')
  })

  test('Chinese is cut between words, too', () => {
    expect(heardText(sent('博物馆九点开门。'), now + 1_000)).toMatch(/^博物馆/)
    expect(heardText(sent('博物馆九点开门。'), now + 500)).not.toBe('博')
  })

  test('a sentence without audio counts once the one before is through', () => {
    const speech = takeSentence(sent('One.'), 's/0.1', { text: '一。', index: 1, attempt: 1, silent: true })
    expect(heardText(speech, now + 1_999)).toBe('One')
    expect(heardText(speech, now + 2_000)).toBe('One.一。')
  })
})

describe('stopped', () => {
  test('nothing is heard after that, whenever it is asked', () => {
    const speech = takeStop(sent('One two.', 'Three.'), { by: 'user_input', at: now + 2_000 })
    expect(heardText(speech, now + 99_000)).toBe('One two.')
    expect(heardText(takeStop(speech, { by: 'again', at: now + 9_000 }), now + 99_000)).toBe('One two.')
  })

  test('speech that goes on in the same turn counts again', () => {
    const speech = takeStop(sent('One two.'), { by: 'approve', at: now + 2_000 })
    const three = { text: 'Three.', index: 1, attempt: 1, lead: ' ', seconds: 1, at: now + 3_000 }
    expect(heardText(takeSentence(speech, 's/0.1', three), now + 99_000)).toBe('One two. Three.')
  })
})

describe('by what the client acknowledges', () => {
  test('only that was heard, whatever the clock says', () => {
    const speech = sent('One two three four.', 'Five.', 'Six.')
    const heard = (index: number, seconds?: number) =>
      heardText(takePlayback(speech, { index, ...(seconds === undefined ? {} : { seconds }) }), now + 99_000)
    expect(heard(0, 0)).toBe('')
    expect(heard(0, 1)).toBe('One two')
    expect(heard(0)).toBe('One two three four.')
    expect(heard(1)).toBe('One two three four. Five.')
    expect(heard(7, 3)).toBe('One two three four. Five. Six.')
  })
})

describe('sentences', () => {
  test('of a repeated answer replace those of the first try, and void what stood behind', () => {
    let speech = sent('One.', 'Two.', 'Three.')
    speech = takeSentence(speech, 's/0.1', { text: 'Zwei.', index: 1, attempt: 2, lead: ' ', seconds: 1, at: now })
    expect(heardText(speech, now + 99_000)).toBe('One. Zwei.')
    expect(takeSentence(speech, 's/0.1', { text: 'Two.', index: 1, attempt: 1, seconds: 1, at: now })).toEqual(speech)
  })

  test('of another turn begin anew, and those that come when it is over do not count', () => {
    const next = takeSentence(sent('One.'), 's/0.2', { text: 'Hi.', index: 0, attempt: 1, seconds: 1, at: now })
    expect(next).toMatchObject({ traceId: 's/0.2', sentences: [{ text: 'Hi.' }] })
    const over: HeardSpeech = { traceId: 's/0.1', sentences: [], over: true }
    expect(takeSentence(over, 's/0.1', { text: 'Late.', index: 0, attempt: 1 })).toBe(over)
  })
})
