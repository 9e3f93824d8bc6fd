// Refuses sources and options of mounts that a line of fstab cannot hold, or that would show a password to every user.

const REMEDY =
  'every user of the host can read /etc/fstab: write it with file into one that is root’s (mode 0600), and name that'

export function checkSource(source: string): string | undefined {
  if (source === '' || /[\n\r\0]/.test(source) || /^[#-]/.test(source))
    return `source must be a device, a server's directory, a directory or a word, got ${JSON.stringify(source)}`
  // The text itself is not shown.
  if (/^[^/]*\/\/[^/]*:[^/]*@/.test(source)) return `source holds a password (before its @): ${REMEDY}`
  if (source.startsWith('/') && /\/\.{1,2}(?:\/|$)/.test(source))
    return `source must not hold "." or "..", got ${JSON.stringify(source)}`
  return undefined
}

export function checkOptions(options: readonly string[]): string | undefined {
  for (const option of options) {
    const [key = '', value] = option.split('=', 2)
    const isPassword = /pass|secret/i.test(key) && !/file|fd$/i.test(key) && value !== undefined
    const isInUser = /^user(?:name)?$/i.test(key) && value !== undefined && /[%:]/.test(value)
    if (isPassword || isInUser)
      return `options hold a password (${JSON.stringify(key)}): ${REMEDY}, such as credentials=/etc/samba/share`
    if (option === '' || /[\n\r\0]/.test(option)) return `options: ${JSON.stringify(option)} is no option`
    if (option.replace(/"[^"]*"/g, '').includes(','))
      return `options: give each by itself, got ${JSON.stringify(option)}`
    if (key === 'remount') return 'options: remount is no option of a mount: it is done where options differ'
  }
  return undefined
}
