/** Whether a stranger's message may end in a program. */
import type { Check } from '../../types.ts'

export const execWithOpenDm: Check = {
  id: 'tools.exec_with_open_dm',
  severity: 'critical',
  title: 'Strangers write to agents that may run programs',
  why: 'What a stranger writes is an instruction to an agent (S1). Where nobody is asked before a program runs, or it runs outside the sandbox, that is a stranger at your keyboard: critical then, else a warning.',
  find({ accounts, config }) {
    const { sandbox, ask } = config.tools.exec
    const runs = config.agents.list.filter(
      ({ tools }) => tools === undefined || tools.includes('exec'),
    )
    const open = accounts.filter(({ stranger }) => stranger.direct === 'allowed')
    if (ask === 'always' || runs.length === 0 || open.length === 0) return []
    const detail = `${open.map(({ place }) => place).join(', ')} is open, and ${runs.map(({ id }) => id).join(', ')} may use exec (tools.exec.ask "${ask}", sandbox "${sandbox}")`
    const severity = ask === 'off' || sandbox === 'off' ? 'critical' : 'warning'
    const fix = `openclaw config set ${open[0]?.place}.dmPolicy pairing, or tools.exec.ask always`
    return [{ severity, detail, fix }]
  },
}
