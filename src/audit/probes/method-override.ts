/** Requests that say they are of another method than they are. */
import { FOREIGN_NAME, http, reported, WHO_ANSWERS } from './ask.ts'
import type { Probe, Sent } from './types.ts'

const HOST = `Host: ${FOREIGN_NAME}`

/** A probe of liveness is answered to GET alone, so that a POST which is answered was taken for one. */
const post = (path: string, ...headers: readonly string[]): Sent => ({
  ...http(path, ...headers),
  method: 'POST',
})

export const methodOverride: Probe = {
  id: 'deep.method_override',
  severity: 'critical',
  title: 'The gateway lets a header or the address change the method',
  why: 'Whoever is judged for one method and served another is past every rule that names methods, a proxy’s among them (SPEC 11). TRACE, which gives back what a browser keeps from its pages, is tried as well.',
  requests: () => [
    post('/health', 'X-HTTP-Method-Override: GET', HOST),
    post('/health', 'X-Method-Override: GET', HOST),
    post('/health?_method=GET', HOST),
    { ...http('/', HOST), method: 'TRACE' },
  ],
  judge: (_live, answers) =>
    reported(
      answers.filter(({ letIn }) => letIn),
      'Answered as another method',
      WHO_ANSWERS,
    ),
}
