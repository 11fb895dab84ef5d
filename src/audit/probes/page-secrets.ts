/** The public files of the page, searched for secrets. */
import { http } from './ask.ts'
import type { Probe } from './types.ts'

/** Shorter ones stand in any text by chance. */
const SHORTEST = 8
/** The page has a handful. */
const MOST_FILES = 8

export const pageSecrets: Probe = {
  id: 'deep.page_secrets',
  severity: 'critical',
  title: 'A file of the page holds a secret of this gateway',
  why: 'The page and its scripts are public: anybody who reaches the port reads them (SPEC 2.8, R40). They are searched for every secret that the configuration knows.',
  requests: () => [http('/')],
  more: ([page]) => (page === undefined ? [] : filesOf(page.body).map((path) => http(path))),
  judge: ({ audit, secrets }, answers) => {
    const texts = new Set(secrets.map((secret) => secret.reveal()))
    const known = [...texts].filter((text) => text.length >= SHORTEST)
    const open = answers.filter(({ body }) => known.some((text) => body.includes(text)))
    if (open.length === 0) return []
    const where = open.map(({ sent }) => sent.path).join(', ')
    return [
      {
        detail: `Anybody who reaches the port reads it in ${where}`,
        fix: `Install the published version again, and change what stands in ${audit.configFile}: the secret was public`,
      },
    ]
  },
}

/** Scripts, styles and icons of ours that it names. */
function filesOf(html: string): readonly string[] {
  const named = [...html.matchAll(/(?:src|href)="(?:\.?\/)([^"?#/][^"?#]*\.\w+)"/g)]
  const paths = named
    .map(([, path = '']) => `/${path}`)
    .filter((path) => URL.canParse(path, 'http://localhost'))
  return [...new Set(paths)].slice(0, MOST_FILES)
}
