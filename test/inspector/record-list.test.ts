import { expect, test } from 'vitest'
import { RecordList } from '../../inspector/src/feed/record-list.ts'
import { SelectedRecords } from '../../inspector/src/feed/selected-records.ts'
import { eventRecord } from './records.ts'

const record = (seq: number) => eventRecord(seq, 'a', seq % 2 === 0 ? 'even' : 'odd', ['b'])
const seqs = (list: RecordList) => list.items.map(({ seq }) => seq)

test('records that come at the end, before all others, or into a gap end up in order, each once', () => {
  const list = new RecordList()
  list.add([record(5), record(6)])
  list.add([record(9)])
  list.add([record(1), record(2)])
  list.add([record(6), record(7), record(8)])
  expect(seqs(list)).toEqual([1, 2, 5, 6, 7, 8, 9])
  expect(list.find(7)?.seq).toBe(7)
  expect(list.find(3)).toBeUndefined()
})

test('a selection reads what is new only, and all again after a change further up', () => {
  const list = new RecordList()
  let asked = 0
  const selected = new SelectedRecords(list, (each) => {
    asked++
    return each.kind === 'event' && each.type === 'odd'
  })
  list.add([record(3), record(4), record(5)])
  expect(selected.read().map(({ seq }) => seq)).toEqual([3, 5])
  const before = selected.read()
  list.add([record(6)])
  expect(selected.read()).toBe(before)
  expect(asked).toBe(4)
  list.add([record(1)])
  expect(selected.read().map(({ seq }) => seq)).toEqual([1, 3, 5])
})

test('the oldest records go when there are too many, some more than needed', () => {
  const list = new RecordList(10)
  list.add(Array.from({ length: 10 }, (_, index) => record(index)))
  list.add([record(10)])
  expect(seqs(list)).toEqual([2, 3, 4, 5, 6, 7, 8, 9, 10])
})
