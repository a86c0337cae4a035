/** vitest's JSON report → "N passed, N failed, N skipped" on a line of its own, which is what build servers look for. */
import { readFileSync } from "node:fs";

interface Report {
  numPassedTests: number;
  numFailedTests: number;
  numPendingTests: number;
  numTodoTests: number;
}

const [path = "test/results/vitest.json"] = process.argv.slice(2);
const report: Report = JSON.parse(readFileSync(path, "utf8"));
const skipped = report.numPendingTests + report.numTodoTests;
console.log(`${report.numPassedTests} passed, ${report.numFailedTests} failed, ${skipped} skipped`);
