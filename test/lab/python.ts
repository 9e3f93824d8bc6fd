// What a Python program on a lab host makes of a value: both travel as JSON.
import { inHost } from './in-host.ts'

const base64 = (text: string): string => Buffer.from(text).toString('base64').replace(/.{76}/g, '$&\n')

/** @param program - finds the value in `given`, and prints JSON. */
export async function pythonIn(host: string, program: string, given: unknown): Promise<unknown> {
  const whole = `import json, sys\ngiven = json.load(open("/tmp/given"))\n${program}`
  const script = `base64 -d >/tmp/given <<'E'
${base64(JSON.stringify(given))}
E
base64 -d >/tmp/program <<'E'
${base64(whole)}
E
python3 /tmp/program`
  return JSON.parse(await inHost(host, script))
}
