/** Whether this Node is one that the gateway is made for. */
import type { Check } from '../types.ts'

/** As `engines` of the package says; `entry.js` ends on anything older. */
const LEAST = [22, 18] as const

export const nodeVersion: Check = {
  id: 'host.node_version',
  severity: 'critical',
  title: 'This Node is too old, or not kept up for long',
  why: 'The gateway needs Node 22.18. Odd majors get no repairs after half a year (nodejs.org/en/about/previous-releases): for information.',
  find({ node }) {
    const [major = 0, minor = 0] = node.split('.').map(Number)
    const fix = 'Install Node 24, and start the gateway with it'
    if (major < LEAST[0] || (major === LEAST[0] && minor < LEAST[1]))
      return [{ detail: `this is Node ${node}, and ${LEAST.join('.')} is the oldest`, fix }]
    if (major % 2 === 0) return []
    return [{ severity: 'info', detail: `Node ${node} is no long-term version`, fix }]
  },
}
