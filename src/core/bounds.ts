// Limits on how much mailrun reads from a host or a bastion. docs/faults.md, "Sizes", lists them.

/** Of a login by mailrun's own client: identification, key exchange, banners, questions. */
export const LOGIN_BYTES = 256 << 10

/** Of the system's ssh, on both its outputs, before the login is done. */
export const SSH_WORDS_BYTES = 256 << 10

/** Of `ssh -G`, which says what ssh_config comes to, on both its outputs, and how long it is waited for. */
export const SSH_SETTINGS_BYTES = 4 << 20
export const SSH_SETTINGS_SECONDS = 60

/** Of sudo, su, doas and the login shell, before the shell stands. */
export const BECOME_BYTES = 64 << 10

/** Of one line of these, before the rest of it is passed over. */
export const BECOME_LINE_CHARACTERS = 4096

/** Of one line in which the script of a trip tells how far it is. */
export const FRAME_BYTES = 4096

/** Of all answers of a trip, on both outputs of the shell. */
export const ANSWERS_BYTES = 8 << 20

/** Of one change, while it runs and afterwards: what is kept of its output on the host is less. */
export const STEP_BYTES = 384 << 10

/** Of each output of a command of `mailrun exec`: what it prints beyond that is read, and not kept. */
export const EXEC_BYTES = 1 << 20
