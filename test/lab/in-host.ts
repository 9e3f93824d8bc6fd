// What a script prints that runs as root inside a lab host; the test fails where the script does.
import * as assert from 'uvu/assert'

/** As it is. The lab is the one that the test has named by the first call. */
export async function outputIn(host: string, script: string): Promise<string> {
  const { hostExec } = await import('../../lab/index.ts')
  const { code, stdout, stderr } = await hostExec(host, script)
  assert.is(code, 0, `${host}: ${script}\n${stdout}${stderr}`)
  return stdout
}

/** Without white space at its ends. */
export const inHost = async (host: string, script: string): Promise<string> => (await outputIn(host, script)).trim()
