// Runs the unit tests and a small part of the lab on every Node that is supported: `npm run test:nodes`. Words are
// those of test/run.ts for unit tests.
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { installedNode, NODES } from './installed-node.ts'
import { ROOT } from './unit/cli/mailrun.ts'

/** The command on real hosts, and the laws of every task. */
const LAB = ['cli.test', 'laws.test']

const words = process.argv.slice(2)
let failed = false
for (const version of NODES) {
  const node = await installedNode(version)
  console.log(`Node ${version}: ${node}`)
  for (const part of [
    ['unit', ...words],
    ['lab', ...LAB],
  ])
    failed = !(await passes(node, part)) || failed
}
process.exit(failed ? 1 : 0)

function passes(node: string, part: readonly string[]): Promise<boolean> {
  const child = spawn(node, [join(ROOT, 'dist/test/run.js'), ...part], { cwd: ROOT, stdio: 'inherit' })
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code) => resolve(code === 0))
  })
}
