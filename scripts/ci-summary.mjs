// Sums up a check run: vitest's JSON report and the last line of the end-to-end run. Names what was skipped; ends with
// `N passed, N failed, N skipped`. A step that failed without a failed test counts as one failure.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const [folder, failedSteps] = [process.argv[2], Number(process.argv[3])];
const totals = { passed: 0, failed: 0, skipped: 0 };

const read = (name) => {
  try {
    return readFileSync(join(folder, name), 'utf8');
  } catch {
    return null;
  }
};

const unit = JSON.parse(read('unit.json') ?? 'null');
for (const file of unit?.testResults ?? []) {
  for (const test of file.assertionResults) {
    if (test.status === 'passed') totals.passed++;
    else if (test.status === 'failed') totals.failed++;
    else {
      totals.skipped++;
      console.log(`skipped: ${test.fullName}`);
    }
  }
}

const endToEnd = [...(read('e2e.txt') ?? '').matchAll(/^(\d+) passed, (\d+) failed, (\d+) skipped$/gm)].at(
  -1,
);
if (endToEnd !== undefined) {
  totals.passed += Number(endToEnd[1]);
  totals.failed += Number(endToEnd[2]);
  totals.skipped += Number(endToEnd[3]);
}

const missing = (unit === null ? 1 : 0) + (endToEnd === undefined ? 1 : 0);
if (failedSteps + missing > 0 && totals.failed === 0) totals.failed = failedSteps + missing;
console.log(`${totals.passed} passed, ${totals.failed} failed, ${totals.skipped} skipped`);
process.exit(totals.failed === 0 && failedSteps === 0 && missing === 0 ? 0 : 1);
