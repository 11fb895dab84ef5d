/** The page `docs/reference/config.md`, written from the schema. */
import { keyText } from './key-path.ts'
import { OVERRIDES } from './overrides.ts'
import { configSchema } from './schema.ts'
import { settings, type Setting } from './schema-walk.ts'

const HEAD = [
  '# Configuration reference',
  '',
  'Every key of `openclaw.json`, with what it accepts and its default. Generated from the schema by `npm run docs`.',
  '',
  '`${NAME}` in any text is replaced from the environment; `$${` is a literal `${`. Precedence: flag, environment, file, default.',
  '`*` stands for a name of your own or a position in a list. Secrets are never printed unless you ask with `--reveal`.',
  '',
].join('\n')

export function configReference(): string {
  const all = settings(configSchema)
  const sections = all.filter(({ path, kind }) => path.length === 1 && kind === 'group')
  const loose = all.filter(({ path, kind }) => path.length === 1 && kind !== 'group')
  const parts = sections.map(({ path: [name = ''], description }) => {
    const own = all.filter(
      ({ path, kind }) => path[0] === name && path.length > 1 && kind !== 'group',
    )
    return `## \`${name}\`\n\n${description}\n\n${table(own)}`
  })
  return [HEAD, table(loose), ...parts, outside()].join('\n')
}

function table(rows: readonly Setting[]): string {
  const lines = rows.map(({ path, accepts, fallback, description, kind }) => {
    const shown = kind === 'secret' ? `secret: ${accepts}` : accepts
    return `| \`${keyText(path)}\` | ${cell(shown)} | ${fallback === undefined ? '' : `\`${cell(JSON.stringify(fallback))}\``} | ${cell(description)} |`
  })
  return ['| key | accepts | default | meaning |', '| --- | --- | --- | --- |', ...lines, ''].join(
    '\n',
  )
}

function outside(): string {
  const lines = OVERRIDES.map(({ path, flag, variable }) => {
    return `| \`${keyText(path)}\` | ${flag === undefined ? '' : `\`--${flag}\``} | ${variable === undefined ? '' : `\`${variable}\``} |`
  })
  const head = [
    '## Flags and environment variables that win over the file',
    '',
    '| key | flag | variable |',
    '| --- | --- | --- |',
  ]
  return [...head, ...lines, ''].join('\n')
}

function cell(text: string): string {
  return text.replaceAll('|', String.raw`\|`).replaceAll('\n', ' ')
}
