// What a Python program on a lab host makes of a value: both travel as JSON.
import { inHost } from './in-host.ts'

const base64 = (text: string): string => Buffer.from(text).toString('base64').replace(/.{76}/g, '$&\n')

/** @param program - finds the value in `given`, and prints JSON. */
export const pythonIn = async (host: string, program: string, given: unknown): Promise<unknown> =>
  JSON.parse(
    await inHost(
      host,
      `base64 -d >/tmp/given <<'E'\n${base64(JSON.stringify(given))}\nE\nbase64 -d >/tmp/program <<'E'\n${base64(`import json, sys\ngiven = json.load(open("/tmp/given"))\n${program}`)}\nE\npython3 /tmp/program`,
    ),
  )
