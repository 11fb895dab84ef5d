/** Commands of nodes that reach deep into their machine: only an administrator allows them, or asks for one (PROTOCOL 3.7, 4.4). */
import type { Scope } from '../access/scopes.ts'

const ADMIN_COMMANDS: ReadonlySet<string> = new Set([
  'system.run',
  'system.run.prepare',
  'system.which',
  'browser.proxy',
  'browser.proxy.upload.v1',
  'fs.listdir',
  'terminal.upload',
])
const ADMIN_PREFIX = 'system.execapprovals.'

/** However it is spelt: what a node makes of `System.Run` is the node's secret. */
export function isAdminCommand(command: string): boolean {
  const name = command.toLowerCase()
  return ADMIN_COMMANDS.has(name) || name.startsWith(ADMIN_PREFIX)
}

/** What whoever approves these commands must hold, all of it. */
export function requiredApproveScopes(commands: readonly string[]): readonly Scope[] {
  return [
    'operator.pairing',
    ...(commands.length > 0 ? (['operator.write'] as const) : []),
    ...(commands.some(isAdminCommand) ? (['operator.admin'] as const) : []),
  ]
}
