// Decides which accounts have to be asked for.

/** Root is always there, and a number needs no account. */
export const askable = (account: string | undefined): account is string =>
  account !== undefined && account !== 'root' && !isNumber(account)

/** An owner or a group given by its number: `'8'`. */
export const isNumber = (account: string | undefined): account is string =>
  account !== undefined && /^\d+$/.test(account)
