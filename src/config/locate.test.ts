import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { stateDirOf } from './locate.ts'

describe('where the state dir is', () => {
  it.each([
    { chosen: undefined, path: '/home/ann/.openclaw' },
    { chosen: '', path: '/home/ann/.openclaw' },
    { chosen: '/srv/claw', path: '/srv/claw' },
    { chosen: '/srv/claw/', path: '/srv/claw' },
    { chosen: '~/claw', path: '/home/ann/claw' },
    { chosen: '~', path: '/home/ann' },
    { chosen: '~ann/claw', path: resolve('~ann/claw') },
    { chosen: 'claw', path: resolve('claw') },
  ])('OPENCLAW_STATE_DIR=$chosen → $path', ({ chosen, path }) => {
    expect(stateDirOf({ OPENCLAW_STATE_DIR: chosen }, '/home/ann')).toBe(path)
  })
})
