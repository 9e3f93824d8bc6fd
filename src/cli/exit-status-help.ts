// The exit statuses of a command, as its help shows them.

/** What they all have in common. */
const COMMON: Readonly<Record<number, string>> = {
  130: 'interrupted',
  1: 'could not start: no host was touched',
  4: 'some host was unreachable',
  5: 'the output could not be written',
}

/** In the order in which they apply. @param meanings - a number alone says what it does of every command. */
export const exitStatusHelp = (meanings: readonly (number | readonly [number, string])[]): string =>
  [
    '',
    'Exit status, the first that applies:',
    ...meanings
      .map((each) => (typeof each === 'number' ? ([each, COMMON[each]!] as const) : each))
      .map(([status, means]) => `${String(status).padStart(5)}  ${means}`),
  ].join('\n')
