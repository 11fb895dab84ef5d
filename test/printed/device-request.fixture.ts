/** A device elsewhere that comes with the gateway's token, and waits for somebody to approve it. */
import { openShell } from './shell.fixture.ts'

/** The id of its request. The gateway listens on all addresses: nobody is local on 127.0.0.2. */
export async function askByDevice(port: string, token: string): Promise<string> {
  const other = openShell()
  const url = `http://127.0.0.2:${port}`
  const line = `openclaw devices pair --url ${url} --token - --no-wait <<< ${token}`
  const { output } = await other.type(line)
  other.remove()
  const [, id] = /request (\S+) waits/.exec(output) ?? []
  if (id === undefined) throw new Error(output)
  return id
}
