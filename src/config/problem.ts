/** What is wrong with a configuration: where it stands, what it says, and what to do about it. */

/** The closed list. `start-rules.ts` adds {@link StartCode}; what follows it are warnings of whoever knows networks and pages. */
export type ProblemCode =
  | 'unreadable'
  | 'two_files'
  | 'syntax'
  | 'duplicate_key'
  | 'forbidden_key'
  | 'unknown_key'
  | 'wrong_value'
  | 'conflict'
  | 'missing_variable'
  | 'unresolved_secret'
  | 'secrets_unopened'
  | 'login_unreadable'
  | 'env_token_shadows_config'
  | 'change_waits'
  | 'not_agreed'
  | StartCode
  | SenderCode
  | 'account_incomplete'
  | 'control_ui_no_origins'

export type StartCode =
  | 'mode_needed'
  | 'none_exposed'
  | 'no_token'
  | 'no_password'
  | 'mixed_trusted_proxy_token'
  | 'trusted_proxy_no_proxies'
  | 'trusted_proxy_no_user_header'
  | 'weak_token'
  | 'weak_password'
  | 'unmatchable_secret'
  | 'shared_value'
  | 'funnel_needs_password'
  | 'custom_bind_no_host'
  | 'bridge_port_taken'
  | 'remote_mode'
  | 'unsupported'
  | 'control_ui_any_origin'
  | 'control_ui_host_fallback'
  | 'trusted_proxies_wide'
  | 'trusted_proxy_loopback_only'

/** What in the lists of senders does not do what it says. */
export type SenderCode =
  | 'invalid_entry'
  | 'name_in_group'
  | 'open_without_wildcard'
  | 'wildcard_without_open'
  | 'owner_unknown'

export interface Problem {
  readonly code: ProblemCode
  /** The key as the user would type it; `null` when the whole file is meant. */
  readonly key: string | null
  readonly where: Where | null
  /** What is wrong. Holds no secret. */
  readonly message: string
  /** What is accepted, or what to do next. */
  readonly fix: string
}

export interface Where {
  /** A file, `environment variable X`, or `--flag`. */
  readonly source: string
  /** From 1; `null` where there are no lines, or the key is not in the file. */
  readonly line: number | null
}

/** `/etc/x/openclaw.json:7: gateway.port: "seventy" is not accepted. Accepted: …` */
export function problemText(problem: Problem): string {
  const { where, key } = problem
  const place =
    where === null ? '' : `${where.source}${where.line === null ? '' : `:${where.line}`}: `
  const subject = key === null ? '' : `${key}: `
  return `${place}${subject}${problem.message}. ${problem.fix}`
}

/** A rule of the start that the configuration breaks. */
export function startProblem(
  code: StartCode,
  key: string,
  { message, fix }: Pick<Problem, 'message' | 'fix'>,
): Problem {
  return { code, key, where: null, message, fix }
}
