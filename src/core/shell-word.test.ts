import { execFileSync } from 'node:child_process'
import { expect, it } from 'vitest'
import { shellWord } from './shell-word.ts'

it.each(['plain-1', '', "it's", '$(id)', '`id`', 'a b', 'a"b', '!x', '*', "'", '\\', 'a\nb', '-n'])(
  'a shell reads %j back as it was',
  (text) => {
    const heard = execFileSync('/bin/sh', ['-c', `printf %s ${shellWord('x')}${shellWord(text)}`])
    expect(heard.toString()).toBe(`x${text}`)
  },
)
