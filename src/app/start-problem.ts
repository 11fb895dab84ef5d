/** A start that cannot be, for a reason that the operator can mend: shown as it is, without a trace. */
export class StartProblem extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'StartProblem'
  }
}
