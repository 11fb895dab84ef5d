/** Headers that stand on every answer, and those that must not. */
import { http, inWords, WHO_ANSWERS } from './ask.ts'
import type { Answered, Probe } from './types.ts'

export const responseHeaders: Probe = {
  id: 'deep.response_headers',
  severity: 'warning',
  title: 'Answers lack a header that protects, or name the program',
  why: 'nosniff and Referrer-Policy stand on every answer, and no header names the program; the page has a Content-Security-Policy and cannot be framed (SPEC 11).',
  requests: () => [http('/'), http('/health'), http('/api/v1/no-such-route')],
  judge: (_live, answers) => {
    const wrong = answers.flatMap((answered) =>
      answered.status === 0
        ? []
        : faultsOf(answered).map((fault) => `${inWords(answered.sent)}: ${fault}`),
    )
    return wrong.length === 0 ? [] : [{ detail: wrong.join('; '), fix: WHO_ANSWERS }]
  },
}

function faultsOf({ sent, status, headers }: Answered): readonly string[] {
  const lacks = (name: string, value: RegExp) =>
    value.test(headers[name] ?? '') ? [] : [`no ${name} as it should be`]
  const says = (name: string) => (headers[name] === undefined ? [] : [`a ${name} header`])
  const page = sent.path === '/' && status === 200
  return [
    ...lacks('x-content-type-options', /^nosniff$/i),
    ...lacks('referrer-policy', /\S/),
    ...(page ? lacks('content-security-policy', /default-src|script-src/) : []),
    ...(page ? lacks('x-frame-options', /^(?:deny|sameorigin)$/i) : []),
    ...says('server'),
    ...says('x-powered-by'),
  ]
}
