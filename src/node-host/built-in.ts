/** Commands that every node has without a list: they tell what the machine is, and change nothing. */
import { arch, hostname, release, uptime } from 'node:os'
import type { BuiltInCommand } from './types.ts'

/** `version`: of this program. To add one: write what it answers, add its line. */
export function builtInCommands(version: string): readonly BuiltInCommand[] {
  return [{ kind: 'built-in', name: 'node.info', answer: () => nodeInfo(version) }]
}

function nodeInfo(version: string) {
  return {
    hostName: hostname(),
    platform: process.platform,
    release: release(),
    arch: arch(),
    version,
    uptimeSeconds: Math.round(uptime()),
  }
}
