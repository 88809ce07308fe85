// Prints `passed failed` for the JSON report of a vitest run that ended with the given exit status.
import { readFileSync } from 'node:fs'

const [path, status] = process.argv.slice(2)
const report = JSON.parse(readFileSync(path, 'utf8'))
const passed = report.numPassedTests
const skipped = report.numTotalTests - passed - report.numFailedTests
// A file that could not be loaded has no tests that could fail.
const brokenFiles = report.testResults.filter((file) => file.status === 'failed' && file.assertionResults.length === 0)
let failed = report.numFailedTests + skipped + brokenFiles.length
// No tests at all, or an error outside of any test.
if (failed === 0 && (passed === 0 || status !== '0')) failed = 1
console.log(passed, failed)
