import { expect, test } from 'vitest'
import { splitParagraphs } from '../../src/retrieval/paragraphs.ts'

test('blank lines separate paragraphs, whatever ends a line', () => {
  expect(splitParagraphs('\uFEFFone\ntwo\r\n\r\n  \nthree\r\rfour\n')).toEqual(['one\ntwo', 'three', 'four'])
})

test('a heading stands at the head of every paragraph below it, and alone where there is none', () => {
  expect(splitParagraphs('intro\n# Refunds\nfirst\n\nsecond\n## Empty\n# Last')).toEqual([
    'intro',
    '# Refunds\nfirst',
    '# Refunds\nsecond',
    '## Empty',
    '# Last',
  ])
})

test('a fenced block is not split, nor are its lines headings', () => {
  expect(splitParagraphs('a\n```sh\n# comment\n\nrun\n```\n\n```x```\n\nb')).toEqual([
    'a\n```sh\n# comment\n\nrun\n```',
    '```x```',
    'b',
  ])
})

test('a long paragraph is cut at lines and words, and no text is lost', () => {
  const words = Array.from({ length: 1_000 }, (_, index) => `word${index}`).join(' ')
  const parts = splitParagraphs(words)
  expect(parts.join(' ')).toBe(words)
  for (const part of parts) expect(part.length).toBeLessThanOrEqual(2_000)
  expect(splitParagraphs('😀'.repeat(1_500)).join('')).toBe('😀'.repeat(1_500))
})

test('an empty text has no paragraphs', () => {
  expect(splitParagraphs(' \n\n')).toEqual([])
})
