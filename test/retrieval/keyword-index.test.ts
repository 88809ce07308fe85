import { describe, expect, test } from 'vitest'
import { KeywordIndex } from '../../src/retrieval/keyword-index.ts'

const texts = [
  'Refunds are paid within 5 days.',
  'Shipping takes 3 days within Europe, and 10 days elsewhere.',
  'We ship refunds, refunds, and more refunds of many other things to all the people who ever asked for one.',
  '退款政策：七天内可以退款。',
  '发货政策：三天内发货。',
  '',
]
const search = (query: string, limit = 10) => new KeywordIndex(texts).search(query, limit).map(({ index }) => index)

describe('keyword ranking', () => {
  test('finds texts that share words, the shorter one first, and no others', () => {
    expect(search('How do I get a refund?')).toEqual([2, 0])
    expect(search('refund days')).toEqual([0, 2, 1])
    expect(search('warranty')).toEqual([])
  })

  test('rare words count more than frequent ones', () => {
    const index = new KeywordIndex(['common rare', 'common common', 'common other', 'common more'])
    expect(index.search('common rare', 1)).toMatchObject([{ index: 0 }])
  })

  test('the same words in a shorter text count more', () => {
    const index = new KeywordIndex(['refund with many other words around it', 'refund now'])
    expect(index.search('refund', 2).map((match) => match.index)).toEqual([1, 0])
  })

  test('plural and singular, upper and lower case are one word', () => {
    expect(search('SHIPPING POLICIES')).toEqual([1])
    expect(new KeywordIndex(['Our policy', 'The boxes', 'A class']).search('policies box classes', 3)).toHaveLength(3)
  })

  test('stop words alone find nothing', () => {
    expect(search('what is it and who are they')).toEqual([])
    expect(search('')).toEqual([])
    expect(search('?!')).toEqual([])
  })

  test('finds Chinese words without spaces', () => {
    expect(search('退款要多久？')).toEqual([3])
    expect(search('政策')).toHaveLength(2)
    expect(search('货')).toEqual([4])
  })

  test('gives at most `limit` matches with falling scores', () => {
    const matches = new KeywordIndex(texts).search('refund days', 2)
    expect(matches).toHaveLength(2)
    expect(matches[0]?.score).toBeGreaterThan(matches[1]?.score ?? 0)
    expect(new KeywordIndex([]).search('refund', 2)).toEqual([])
  })
})
