// Fails when a test was skipped: here every server that a test may need is installed.
import { readFileSync } from 'node:fs'

const report = JSON.parse(readFileSync(process.argv[2], 'utf8'))
const skipped = report.testResults.flatMap(({ assertionResults }) =>
  assertionResults
    .filter(({ status }) => status !== 'passed')
    .map(({ fullName, status }) => `${status}: ${fullName}`),
)
for (const line of skipped) console.error(line)
console.log(
  `${report.numPassedTests} passed, ${report.numFailedTests} failed, ${skipped.length} skipped`,
)
process.exit(skipped.length > 0 || report.numPassedTests === 0 ? 1 : 0)
