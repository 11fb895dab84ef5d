/** Ways into a running gateway by which a change is confirmed, or is not. */
import { request } from 'node:http'
import { join } from 'node:path'
import { TOKEN, type RunningGateway } from './gateway.ts'

/** `config.confirm` over the owner's socket. */
export function confirmAsOwner(dir: string): Promise<{ status: number; text: string }> {
  const options = { socketPath: join(dir, 'gateway.sock'), path: '/api/v1/config/confirm' }
  return new Promise((done, fail) => {
    const asking = request({ ...options, method: 'POST', host: 'localhost' }, (response) => {
      const said = { text: '' }
      response.on('data', (chunk: Buffer) => (said.text += chunk.toString()))
      response.on('end', () => done({ status: response.statusCode ?? 0, text: said.text }))
    })
    asking.on('error', fail)
    asking.end()
  })
}

/** Logs a browser in with the token: the headers that its requests then have. */
export async function login(gateway: Pick<RunningGateway, 'ask'>) {
  const body = { secret: TOKEN }
  const answer = await gateway.ask({ method: 'POST', path: '/api/v1/session', body })
  const [, id = ''] =
    /openclaw_session=([^;]+)/.exec(String(answer.headers['set-cookie']?.[0])) ?? []
  const [, proof = ''] = /"proof":"([^"]+)"/.exec(answer.text) ?? []
  if (id === '' || proof === '') throw new Error(answer.text)
  return { cookie: `openclaw_session=${id}`, 'x-openclaw-session-proof': proof }
}
