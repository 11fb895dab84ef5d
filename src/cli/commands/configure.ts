/** `openclaw configure`: the wizard. Nothing is written before the whole change was shown and agreed to. */
import type { Change } from '../../config/apply-changes.ts'
import { dryEdit } from '../../config/dry-edit.ts'
import { formatOf, parseDocument } from '../../config/document.ts'
import { editConfig, type Edited } from '../../config/edit.ts'
import type { Tree } from '../../config/key-path.ts'
import type { Loaded } from '../../config/load.ts'
import { nextCommands } from '../../config/next-command.ts'
import { problemText } from '../../config/problem.ts'
import { flag, list, text } from '../arguments.ts'
import { differences, type Difference } from '../configure/difference.ts'
import { fromFlags } from '../configure/from-flags.ts'
import { SECTION_NAMES } from '../configure/sections.ts'
import { warningsAfter } from '../config-warnings.ts'
import { json, line, note, problem } from '../output.ts'
import { Interrupted, Prompt } from '../prompt.ts'
import { EXIT, type Arguments, type Command, type Context } from '../types.ts'
import { printProblems, readConfig, requestOf, secretShower } from './config-reading.ts'

export const configure: Command = {
  name: 'configure',
  summary: 'Ask for the settings that matter, show what would change, and write it.',
  arguments: [],
  options: [
    {
      flags: '--section <name>',
      description: 'only this part; may be repeated',
      repeat: true,
      choices: SECTION_NAMES,
    },
    {
      flags: '--set <setting>',
      description:
        'ask nothing and change this, as `key=value`; may be repeated. `key=-` reads a secret from standard input',
      repeat: true,
    },
    { flags: '--yes', description: 'write without asking' },
    { flags: '--config <file>', description: 'the config file (OPENCLAW_CONFIG_PATH)' },
  ],
  examples: [
    { line: 'openclaw configure', does: 'asks, on a terminal; Enter keeps what is there' },
    { line: 'openclaw configure --section channels', does: 'asks about chat networks alone' },
    {
      line: 'openclaw configure --set gateway.bind=lan --set gateway.port=18790 --yes',
      does: 'changes both at once, for scripts',
    },
  ],
  run,
}

async function run(args: Arguments, context: Context): Promise<number> {
  const options = { config: text(args, 'config'), json: flag(args, 'json') }
  const given = list(args, 'set')
  const asksNothing = given.length > 0
  if (!asksNothing && (!process.stdin.isTTY || options.json)) {
    problem(
      context,
      'configure: it asks on a terminal, and this is none: --set key=value says what to change, --yes that it is meant',
    )
    return EXIT.usage
  }
  const loaded = await readConfig(options, context)
  if (loaded === null) return EXIT.no
  // Before there is a prompt: it would take what is typed for a secret, and show it.
  const told = asksNothing ? await fromFlags(given, { options, io: context }) : null
  const prompt = process.stdin.isTTY && !options.json ? new Prompt() : null
  try {
    const changes = asksNothing ? told : await fromAnswers(args, { loaded, prompt, context })
    if (changes === null) return EXIT.no
    return await conclude({ args, changes, loaded, prompt }, context)
  } catch (error) {
    if (!(error instanceof Interrupted)) throw error
    problem(context, 'interrupted: nothing was changed')
    return EXIT.no
  } finally {
    prompt?.close()
  }
}

interface Questions {
  readonly loaded: Loaded
  readonly prompt: Prompt | null
  readonly context: Context
}

async function fromAnswers(
  args: Arguments,
  { loaded, prompt, context }: Questions,
): Promise<readonly Change[] | null> {
  if (prompt === null) return null
  const { askSections } = await import('../configure/ask-sections.ts')
  const sections = list(args, 'section')
  const request = requestOf({ config: text(args, 'config') }, context, 'omit')
  return askSections({ sections, loaded, prompt, request, show: await secretShower(loaded, false) })
}

interface Wanted {
  readonly args: Arguments
  readonly changes: readonly Change[]
  readonly loaded: Loaded
  readonly prompt: Prompt | null
}

async function conclude(
  { args, changes, loaded, prompt }: Wanted,
  context: Context,
): Promise<number> {
  const options = { config: text(args, 'config'), json: flag(args, 'json') }
  const request = requestOf(options, context, 'omit')
  const { edited, text: after } = await dryEdit(request, () => changes)
  if (edited.kind === 'refused') {
    printProblems(edited.problems, options, context)
    return EXIT.no
  }
  const { file } = edited.location
  const [was, is] = await Promise.all([
    treeOf(file, loaded.text),
    treeOf(file, after ?? loaded.text),
  ])
  const found = differences(was, is, await secretShower(loaded, false))
  if (!options.json) show(found, file, context)
  if (found.length === 0) return end({ edited, found, written: false, options }, context)
  warn(edited, await warningsAfter(edited, context), context)
  const agreed =
    flag(args, 'yes') || (prompt !== null && (await prompt.confirm(`Write this to ${file}?`, true)))
  if (!agreed) {
    problem(
      context,
      prompt === null ? 'nothing was written: --yes writes it' : 'nothing was changed',
    )
    return EXIT.no
  }
  const done = await editConfig(request, () => changes)
  if (done.kind === 'refused') {
    printProblems(done.problems, options, context)
    return EXIT.no
  }
  return end({ edited: done, found, written: true, options }, context)
}

async function treeOf(file: string, written: string | null): Promise<Tree> {
  if (written === null) return {}
  const parsed = await parseDocument(formatOf(file, written), written)
  return parsed.kind === 'parsed' ? parsed.tree : {}
}

function show(found: readonly Difference[], file: string, context: Context): void {
  line(context, found.length === 0 ? `${file} already says so` : `${file}:`)
  for (const { key, before, after } of found) {
    if (before !== null) line(context, `- ${key}: ${before}`)
    if (after !== null) line(context, `+ ${key}: ${after}`)
  }
}

/** The same words as `config set`. */
function warn(
  { startable, problems }: Edited,
  warnings: readonly string[],
  context: Context,
): void {
  for (const one of problems) note(context, `problem: ${problemText(one)}`)
  for (const warning of warnings) note(context, `warning: ${warning}`)
  if (!startable) context.stderr('the gateway does not start with it\n')
  for (const command of nextCommands(problems)) note(context, `next: ${command}`)
}

interface End {
  readonly edited: Edited
  readonly found: readonly Difference[]
  readonly written: boolean
  readonly options: { readonly json: boolean }
}

async function end({ edited, found, written, options }: End, context: Context): Promise<number> {
  const { location, startable, waiting } = edited
  if (options.json) {
    const problems = edited.problems.map(problemText)
    const warnings = await warningsAfter(edited, context)
    const { file } = location
    json(context, { file, written, changes: found, startable, problems, warnings, waiting })
    return EXIT.done
  }
  if (written) line(context, `written to ${location.file}`)
  if (written && startable && waiting.length > 0)
    line(context, 'a gateway that runs keeps the old value: `openclaw gateway restart` applies it')
  return EXIT.done
}
