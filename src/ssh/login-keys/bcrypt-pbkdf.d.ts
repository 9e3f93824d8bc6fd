// Types for the one function of the package bcrypt-pbkdf that is used. The package has no types.
declare module 'bcrypt-pbkdf' {
  /** Fills `key`; not 0: it cannot. */
  function pbkdf(
    pass: Uint8Array,
    passBytes: number,
    salt: Uint8Array,
    saltBytes: number,
    key: Uint8Array,
    keyBytes: number,
    rounds: number,
  ): number
  const bcrypt: { readonly pbkdf: typeof pbkdf }
  export default bcrypt
}
