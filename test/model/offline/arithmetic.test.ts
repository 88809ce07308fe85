import { expect, it } from 'vitest'
import { findArithmetic } from '../../../src/model/offline/arithmetic.ts'

it.each([
  ['17*23', '17*23'],
  ['what is 17 x 23?', '17*23'],
  ['17x23', '17*23'],
  ['17 × 23', '17*23'],
  ['17 times 23', '17*23'],
  ['7 multiplied by 6', '7*6'],
  ['multiply 6 by 7', '6*7'],
  ['what is the product of 6 and 7', '6*7'],
  ['12 plus 30', '12+30'],
  ['two plus two', '2+2'],
  ['twenty-three times two', '23*2'],
  ['twenty minus one', '20-1'],
  ['sum of 2, 3 and 4', '2+3+4'],
  ['subtract 5 from 12', '12-5'],
  ['(2+3)*4', '(2+3)*4'],
  ['((1+2)*3)-4', '((1+2)*3)-4'],
  ['half of 90', '90/2'],
  ['double 21', '2*21'],
  ['15% of 80', '15/100*80'],
  ['15 percent of the 80', '15/100*80'],
  ['1,234,567 + 1', '1234567+1'],
  ['3.5 + .25', '3.5+0.25'],
  ['$25 + $3', '25+3'],
  ['-5 * 3', '-5*3'],
  ['5 - -3', '5-(-3)'],
  ['10 ÷ 4', '10/4'],
  ['100 divided by 8', '100/8'],
  ['2^10', '2^10'],
  ['2**10', '2^10'],
  ['2 raised to the power of 8', '2^8'],
  ['9 squared', '9^2'],
  ['square root of 16', '16^0.5'],
  ['17 mod 5', '17%5'],
  ['Is 2+2=4?', '2+2'],
  ['计算17乘以23', '17*23'],
  ['１７×２３等于多少', '17*23'],
])('reads %j', (text, expression) => {
  expect(findArithmetic(text)).toEqual([expression])
})

it('finds independent expressions, each once', () => {
  expect(findArithmetic('What is 2+2 and 3*7? And 2 + 2?')).toEqual(['2+2', '3*7'])
})

it.each([
  'Refund order A-17, 25 euros',
  'on 2024-01-05 at 10:30, or 1/2/2024',
  'open 24/7',
  '5 times a day',
  'I have 3 cats and 4 dogs',
  'gpt-4.1-mini',
  '2 + 3.5kg',
  '3am + 4',
  '100-20%',
  'add 3 items',
  'the root of the problem',
  'toString of constructor 3',
  '',
])('finds nothing in %j', (text) => {
  expect(findArithmetic(text)).toEqual([])
})
