/** What an operator may write to name a lock. */
import { expect, test } from 'vitest'
import { bucketsOf } from './throttle-locks.ts'

test.each<{ text: string; buckets: readonly string[] }>([
  { text: '192.0.2.1', buckets: ['192.0.2.1', '192.0.0.0/16', '*'] },
  { text: '::ffff:192.0.2.1', buckets: ['192.0.2.1', '192.0.0.0/16', '*'] },
  { text: '2001:DB8::1', buckets: ['2001:db8:0:0::/64', '2001:db8:0::/48', '*'] },
  { text: '2001:db8::/64', buckets: ['2001:db8:0:0::/64'] },
  { text: '2001:db8:0:0::/64', buckets: ['2001:db8:0:0::/64'] },
  { text: '2001:db8:0::/48', buckets: ['2001:db8:0::/48'] },
  { text: '192.0.0.0/16', buckets: ['192.0.0.0/16'] },
  { text: '*', buckets: ['*'] },
  { text: '', buckets: [] },
  { text: '192.0.2.0/24', buckets: [] },
  { text: '192.0.2.1/64', buckets: [] },
  { text: '2001:db8::/16', buckets: [] },
  { text: '192.0.2.1/16/16', buckets: [] },
  { text: 'evil.example', buckets: [] },
  { text: '010.0.0.1', buckets: [] },
])('"$text" names $buckets', ({ text, buckets }) => {
  expect(bucketsOf(text)).toEqual(buckets)
})
