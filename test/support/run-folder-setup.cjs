// Before all test files: a folder for what several of them need and one of them makes.
const { mkdtempSync } = require('node:fs');
const { tmpdir } = require('node:os');
const path = require('node:path');

module.exports = () => {
  process.env.TEST_RUN_FOLDER = mkdtempSync(path.join(tmpdir(), 'test-run-'));
};
