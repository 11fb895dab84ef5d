import { expect, it } from 'vitest'
import { runProgram } from './run-program.ts'

it('answers what a program prints, without a shell in between', async () => {
  expect(await runProgram(['/bin/echo', '$HOME; echo no'], { HOME: '/h' })).toEqual({
    kind: 'output',
    text: '$HOME; echo no\n',
  })
})

it('gives it the environment it was given and no other', async () => {
  expect(await runProgram(['/usr/bin/env'], { ONLY: 'this' })).toEqual({
    kind: 'output',
    text: 'ONLY=this\n',
  })
})

it.each([
  [['/no/such'], 'not found'],
  [['/bin/echo', 'a\0b'], 'cannot be started'],
  [['/bin/sh', '-c', 'echo secret >&2; exit 3'], 'failed (exit 3)'],
  [['/bin/sh', '-c', 'head -c 100000 /dev/zero'], 'more than 64 KiB'],
])('%j fails in words, and its own are left out', async (command, words) => {
  const ran = await runProgram(command, { PATH: process.env['PATH'] })
  expect(ran).toMatchObject({ kind: 'failed', why: expect.stringContaining(words) })
  expect(JSON.stringify(ran)).not.toContain('secret')
})

it('that goes on too long is ended', async () => {
  const ran = await runProgram(['/bin/sh', '-c', 'sleep 600'], {}, 50)
  expect(ran).toEqual({ kind: 'failed', why: 'program /bin/sh took longer than 0.05 seconds' })
})

it('nobody answers what it asks', async () => {
  const ran = await runProgram(['/bin/sh', '-c', 'read -r answer; echo "$answer$?"'], {})
  expect(ran).toEqual({ kind: 'output', text: '1\n' })
})
