/** The line with which a conversation begins. */
export const standInLine = '(Offline stand-in: no model is connected.)\n'
