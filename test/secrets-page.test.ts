/** docs/secrets.md: every command on it is typed in its order, and every piece of configuration finds its secret. */
import { spawnSync } from 'node:child_process'
import { followGuide } from './guides/guide.fixture.ts'
import type { FileStep, Step } from './guides/steps.ts'

const AGE = spawnSync('age', ['--version']).status === 0
const TOKEN = 'c0ffee11'.repeat(8)
const KEY = `sk-ant-${'k3y'.repeat(12)}`

/** What the configuration refers to, in a home of its own; the secret is there once, and found. */
const ALONE = {
  block: 'json5',
  file: '.openclaw/openclaw.json',
  home: 'alone',
  files: {
    'mounted/token': `${TOKEN}\n`,
    'bin/vault': `#!/bin/sh\necho ${TOKEN}\n`,
    'bin/aws': `#!/bin/sh\necho ${TOKEN}\n`,
  },
  env: { MY_TOKEN: TOKEN },
  gives: {
    'openclaw config validate': /is valid/,
    'openclaw config get --reveal --json': new RegExp(
      `^((?!${TOKEN})[^])*${TOKEN}((?!${TOKEN})[^])*$`,
    ),
  },
} as const satisfies Omit<FileStep, 'begins'>

const STEPS: readonly Step[] = [
  { line: 'openclaw secrets init', says: /recipient age1/ },
  { line: 'openclaw secrets set ANTHROPIC_API_KEY', says: /is encrypted in/, input: KEY },
  {
    line: 'openssl rand -hex 32 | openclaw secrets set OPENCLAW_GATEWAY_TOKEN',
    says: /OPENCLAW_GATEWAY_TOKEN is encrypted in/,
  },
  {
    line: 'openclaw secrets list',
    says: /ANTHROPIC_API_KEY +\S+\.secrets\.age\nOPENCLAW_GATEWAY_TOKEN/,
  },
  {
    line: 'openclaw secrets get ANTHROPIC_API_KEY',
    says: /^\[redacted sha256:[0-9a-f]{8}\]\n$/,
  },
  {
    line: 'openclaw secrets get ANTHROPIC_API_KEY --reveal',
    says: new RegExp(`^${KEY}\n$`),
  },
  { line: 'openclaw secrets unset ANTHROPIC_API_KEY', says: /is removed from/ },
  {
    before: `openclaw config set models.providers.openai.apiKey sk-proj-${'k3y'.repeat(12)}; openclaw config set channels.telegram.token 12345:${'k3y'.repeat(12)}`,
    line: 'openclaw config get models.providers.openai.apiKey --reveal | openclaw secrets set OPENAI_API_KEY',
    says: /OPENAI_API_KEY is encrypted in/,
  },
  {
    line: 'openclaw config unset models.providers.openai.apiKey',
    says: /removed in .*\n.*OPENAI_API_KEY sets models\.providers\.openai\.apiKey all the same/,
  },
  {
    line: 'openclaw config get channels.telegram.token --reveal | openclaw secrets set TELEGRAM_TOKEN',
    says: /TELEGRAM_TOKEN is encrypted in/,
  },
  {
    line: "openclaw config set channels.telegram.token '${TELEGRAM_TOKEN}'",
    says: /channels\.telegram\.token set in/,
  },
  {
    before: `openclaw config unset channels.telegram; openclaw secrets unset TELEGRAM_TOKEN; openclaw secrets unset OPENAI_API_KEY; echo OPENAI_API_KEY=one > ~/.openclaw/.secrets`,
    line: 'openclaw secrets encrypt',
    says: /\.secrets\.age written, \S+\.secrets removed/,
  },
  { line: 'openclaw secrets decrypt', says: /OPENAI_API_KEY=one/ },
  { line: 'openclaw secrets decrypt --write', says: /\.secrets written/ },
  {
    before: `sed -i s/one/two/ ~/.openclaw/.secrets`,
    line: 'openclaw secrets encrypt --overwrite',
    says: /\.secrets removed/,
  },
  {
    line: 'age -d -i ~/.config/openclaw/identity.txt ~/.openclaw/.secrets.age',
    says: /OPENAI_API_KEY=two/,
  },
  { line: 'age-keygen -y ~/.config/openclaw/identity.txt > recipients.txt', says: /^$/ },
  {
    before: `echo OPENAI_API_KEY=three > .secrets`,
    line: 'age -o ~/.openclaw/.secrets.age -R recipients.txt .secrets',
    says: /^$/,
  },
  { line: 'age-keygen -o safe.txt', says: /Public key: age1/ },
  {
    line: 'openclaw config set secrets.recipients "[\\"$(age-keygen -y safe.txt)\\"]"',
    says: /secrets\.recipients set/,
  },
  { ...ALONE, begins: `{ gateway: { auth: { mode: 'token', token: { source: 'exec'` },
  { ...ALONE, begins: `{ models: { providers: { anthropic:` },
  { ...ALONE, begins: `{ gateway: { auth: { mode: 'token', token: { source: 'file'` },
  { ...ALONE, begins: `{ gateway: { auth: { mode: 'token', token: { source: 'env'` },
  { line: 'openclaw config validate', says: /openclaw\.json/ },
  {
    before: `echo ${TOKEN} | openclaw secrets set OPENCLAW_GATEWAY_TOKEN`,
    line: 'openclaw config get gateway.auth.token',
    says: /^\[redacted sha256:/,
  },
  {
    line: 'openclaw login anthropic',
    says: /it is models\.providers\.anthropic\.apiKey/,
    input: KEY,
  },
  {
    before: `openclaw secrets unset OPENAI_API_KEY`,
    line: 'openclaw login openai',
    says: /it is models\.providers\.openai\.apiKey/,
    input: `sk-proj-${'k3y'.repeat(12)}`,
  },
  {
    line: 'openclaw config explain models.providers.anthropic.apiKey',
    says: /won .*credentials\/anthropic-oauth\.json: \[redacted sha256:/,
  },
  { line: 'ls -la ~/.openclaw/credentials/', says: /-rw------- .* anthropic-oauth\.json/ },
  { line: 'openclaw logout anthropic', says: /anthropic-oauth\.json is removed/ },
  { line: 'openclaw security audit', says: /nothing found|0 critical/ },
]

followGuide({ page: 'docs/secrets.md', steps: STEPS, lacks: AGE ? null : 'age' })
