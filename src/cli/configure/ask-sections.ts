/** Goes through the sections question by question; what cannot be is said at once, and asked again. */
import type { Change } from '../../config/apply-changes.ts'
import { dryEdit } from '../../config/dry-edit.ts'
import type { LoadRequest } from '../../config/gather.ts'
import { keyText, parseKeyPath, valueAt } from '../../config/key-path.ts'
import type { Loaded } from '../../config/load.ts'
import { problemText } from '../../config/problem.ts'
import { inForce } from '../../config/view.ts'
import type { Secret } from '../../core/secret.ts'
import type { Prompt } from '../prompt.ts'
import { askSetting } from './ask-setting.ts'
import { SECTIONS, type Asked } from './sections.ts'

export interface SectionsAsked {
  /** `[]`: all of them. */
  readonly sections: readonly string[]
  readonly loaded: Loaded
  readonly prompt: Prompt
  readonly request: LoadRequest
  readonly show: (secret: Secret) => string
}

export async function askSections(all: SectionsAsked): Promise<readonly Change[]> {
  const { sections, prompt } = all
  const chosen = SECTIONS.filter(({ name }) => sections.length === 0 || sections.includes(name))
  prompt.say('Enter keeps what is there. Nothing is written before you have seen all of it.')
  const state: State = { changes: [], config: inForce(all.loaded.config) }
  for (const { title, asked } of chosen) {
    prompt.say(`\n== ${title}`)
    for (const one of asked) await askOne(one, state, all)
  }
  return state.changes
}

interface State {
  changes: readonly Change[]
  /** With the changes so far. */
  config: unknown
}

async function askOne(asked: Asked, state: State, all: SectionsAsked): Promise<void> {
  const { prompt, request, show } = all
  if (!asked.when((key) => valueAt(state.config, parseKeyPath(key) ?? []))) return
  const change = await askSetting(asked, { prompt, config: state.config, showSecret: show })
  if (change === null) return
  const changes = [...state.changes, change]
  const { edited } = await dryEdit(request, () => changes)
  if (edited.kind === 'edited') {
    state.changes = changes
    if (edited.now.kind === 'loaded') state.config = inForce(edited.now.config)
    return
  }
  const key = keyText(asked.path)
  const own = edited.problems.filter((problem) => problem.key?.startsWith(key))
  for (const problem of own.length > 0 ? own : edited.problems) prompt.say(problemText(problem))
  await askOne(asked, state, all)
}
