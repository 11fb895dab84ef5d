// Fails when a test was skipped: here every server that a test may need is installed. What no package brings is only said.
import { readFileSync } from 'node:fs'

const report = JSON.parse(readFileSync(process.argv[2], 'utf8'))
const OF_THE_KERNEL = /needs (cgroup2|overlay file systems)/
const left = report.testResults.flatMap(({ assertionResults }) =>
  assertionResults
    .filter(({ status }) => status !== 'passed')
    .map(({ fullName, status }) => `${status}: ${fullName}`),
)
const skipped = left.filter((line) => !OF_THE_KERNEL.test(line))
for (const line of left) console.error(line)
console.log(
  `${report.numPassedTests} passed, ${report.numFailedTests} failed, ${left.length} skipped`,
)
process.exit(skipped.length > 0 || report.numPassedTests === 0 ? 1 : 0)
