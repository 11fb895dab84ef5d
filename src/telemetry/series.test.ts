import { describe, expect, test } from 'vitest'
import { exposition } from './exposition.ts'
import { Counter, Histogram, MOST_SERIES } from './series.ts'

const metric = (type: 'counter' | 'histogram', help = 'What it says.') => ({
  name: 'a_thing',
  type,
  help,
  labels: {},
})

describe('a counter', () => {
  test('adds up by its labels', () => {
    const counter = new Counter(['surface', 'outcome'])
    counter.add(['http', 'allowed'])
    counter.add(['http', 'allowed'], 2)
    counter.add(['http', 'refused'])
    expect(counter.samples()).toEqual([
      { suffix: '', labels: ['surface', 'http', 'outcome', 'allowed'], value: 3 },
      { suffix: '', labels: ['surface', 'http', 'outcome', 'refused'], value: 1 },
    ])
  })

  test('without labels is 0 before anything happened', () => {
    expect(new Counter([]).samples()).toEqual([{ suffix: '', labels: [], value: 0 }])
  })

  test('holds so many series and no more: the rest counts together, and nothing is lost', () => {
    const counter = new Counter(['made_up'])
    for (let index = 0; index < MOST_SERIES + 500; index++) counter.add([`word-${index}`])
    const samples = counter.samples()
    expect(samples).toHaveLength(MOST_SERIES + 1)
    expect(samples.at(-1)).toEqual({ suffix: '', labels: ['made_up', 'other'], value: 500 })
  })
})

describe('a histogram', () => {
  test('counts what is at most each bound', () => {
    const histogram = new Histogram([], [1, 5])
    for (const value of [0.5, 1, 3, 7]) histogram.observe([], value)
    expect(exposition([[metric('histogram'), histogram.samples()]]).split('\n')).toEqual([
      '# HELP a_thing What it says.',
      '# TYPE a_thing histogram',
      'a_thing_bucket{le="1"} 2',
      'a_thing_bucket{le="5"} 3',
      'a_thing_bucket{le="+Inf"} 4',
      'a_thing_sum 11.5',
      'a_thing_count 4',
      '',
    ])
  })
})

test('no text ends a line or a label before its end', () => {
  const samples = [{ suffix: '', labels: ['what', 'a"b\\c\nd'], value: Infinity }]
  expect(exposition([[metric('counter', 'one\ntwo \\'), samples]])).toBe(
    '# HELP a_thing one\\ntwo \\\\\n# TYPE a_thing counter\na_thing{what="a\\"b\\\\c\\nd"} +Inf\n',
  )
})
