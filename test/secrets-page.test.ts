/** docs/secrets.md: every command on it is typed in its order, and every piece of configuration is loaded. */
import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { openShell } from './printed/shell.fixture.ts'

const PAGE = readFileSync(join(import.meta.dirname, '../docs/secrets.md'), 'utf8')
const AGE = spawnSync('age', ['--version']).status === 0
const TOKEN = 'c0ffee11'.repeat(8)
const KEY = `sk-ant-${'k3y'.repeat(12)}`

function blocks(language: string): readonly string[] {
  const found = PAGE.matchAll(new RegExp(`^\`\`\`${language}\\n([^]*?)^\`\`\`$`, 'gm'))
  return [...found].map(([, text = '']) => text)
}

interface Step {
  /** A piece of what it prints. */
  readonly says: RegExp
  /** What is typed, where it asks. */
  readonly input?: string
  /** A line that is typed before it. */
  readonly before?: string
}

/** From each line of the page to what comes of it. */
const STEPS: Readonly<Record<string, Step>> = {
  'openclaw secrets init': { says: /recipient age1/ },
  'openclaw secrets set ANTHROPIC_API_KEY': { says: /is encrypted in/, input: KEY },
  'openssl rand -hex 32 | openclaw secrets set OPENCLAW_GATEWAY_TOKEN': {
    says: /OPENCLAW_GATEWAY_TOKEN is encrypted in/,
  },
  'openclaw secrets list': { says: /ANTHROPIC_API_KEY +\S+\.secrets\.age\nOPENCLAW_GATEWAY_TOKEN/ },
  'openclaw secrets get ANTHROPIC_API_KEY': { says: /^\[redacted sha256:[0-9a-f]{8}\]\n$/ },
  'openclaw secrets get ANTHROPIC_API_KEY --reveal': { says: new RegExp(`^${KEY}\n$`) },
  'openclaw secrets unset ANTHROPIC_API_KEY': { says: /is removed from/ },
  'openclaw secrets encrypt': {
    before: `echo OPENAI_API_KEY=one > ~/.openclaw/.secrets`,
    says: /\.secrets\.age written, \S+\.secrets removed/,
  },
  'openclaw secrets decrypt': { says: /OPENAI_API_KEY=one/ },
  'openclaw secrets decrypt --write': { says: /\.secrets written/ },
  'openclaw secrets encrypt --overwrite': {
    before: `sed -i s/one/two/ ~/.openclaw/.secrets`,
    says: /\.secrets removed/,
  },
  'age -d -i ~/.config/openclaw/identity.txt ~/.openclaw/.secrets.age': {
    says: /OPENAI_API_KEY=two/,
  },
  'age-keygen -y ~/.config/openclaw/identity.txt > recipients.txt': { says: /^$/ },
  'age -o ~/.openclaw/.secrets.age -R recipients.txt .secrets': {
    before: `echo OPENAI_API_KEY=three > .secrets`,
    says: /^$/,
  },
  'age-keygen -o safe.txt': { says: /Public key: age1/ },
  'openclaw config set secrets.recipients "[\\"$(age-keygen -y safe.txt)\\"]"': {
    says: /secrets\.recipients set/,
  },
  'openclaw config validate': { says: /openclaw\.json/ },
  'openclaw config get gateway.auth.token': {
    before: `echo ${TOKEN} | openclaw secrets set OPENCLAW_GATEWAY_TOKEN`,
    says: /^\[redacted sha256:/,
  },
  'openclaw login anthropic': { says: /it is models\.providers\.anthropic\.apiKey/, input: KEY },
  'openclaw login openai': {
    before: `openclaw secrets unset OPENAI_API_KEY`,
    says: /it is models\.providers\.openai\.apiKey/,
    input: `sk-proj-${'k3y'.repeat(12)}`,
  },
  'openclaw config explain models.providers.anthropic.apiKey': {
    says: /won .*credentials\/anthropic-oauth\.json: \[redacted sha256:/,
  },
  'ls -la ~/.openclaw/credentials/': { says: /-rw------- .* anthropic-oauth\.json/ },
  'openclaw logout anthropic': { says: /anthropic-oauth\.json is removed/ },
  'openclaw security audit': { says: /nothing found|0 critical/ },
}

const lines = blocks('sh').flatMap((text) => text.trim().split('\n'))

test('the page has these lines and no others', () => {
  expect(lines).toEqual(Object.keys(STEPS))
})

const typed = openShell()
afterAll(() => typed.remove())

test.skipIf(!AGE)(
  `each of them works in its order${AGE ? '' : ' (skipped: needs age)'}`,
  { timeout: 120_000 },
  async () => {
    for (const line of lines) {
      const { says, before, input = '' } = STEPS[line] ?? { says: /$^/ }
      if (before !== undefined) expect(await typed.type(before)).toMatchObject({ code: 0 })
      const asked = input === '' ? line : `printf %s "$TYPED" | ${line}`
      const { code, output } = await typed.type(asked, { TYPED: input })
      expect({ line, output }).toEqual({ line, output: expect.stringMatching(says) })
      expect({ line, code }).toEqual({ line, code: 0 })
    }
  },
)

test.each(blocks('json5'))('this configuration finds its secret: %s', async (text) => {
  const shell = openShell()
  try {
    for (const folder of ['.openclaw', 'mounted'])
      mkdirSync(join(shell.home, folder), { mode: 0o700 })
    writeFileSync(join(shell.stateDir, 'openclaw.json'), text, { mode: 0o600 })
    writeFileSync(join(shell.home, 'mounted/token'), `${TOKEN}\n`, { mode: 0o600 })
    for (const program of ['vault', 'aws'])
      writeFileSync(join(shell.home, 'bin', program), `#!/bin/sh\necho ${TOKEN}\n`, { mode: 0o755 })
    const env = { MY_TOKEN: TOKEN }
    expect(await shell.type('openclaw config validate', env)).toMatchObject({ code: 0 })
    const { output } = await shell.type('openclaw config get --reveal --json', env)
    expect(output.split(TOKEN)).toHaveLength(2)
  } finally {
    shell.remove()
  }
})
