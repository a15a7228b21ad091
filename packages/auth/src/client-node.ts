export { assertionFromEnvironment, assertionFromFile } from './node/assertions.ts';
export { createAuthorizer } from './node/authorizer.ts';
export { type FileCredentialStoreOptions, fileCredentialStore } from './node/file-store.ts';
export { type KeychainEntry, keychainCredentialStore } from './node/keychain-store.ts';
export { openBrowser } from './node/open-browser.ts';
export { pinnedFetch } from './node/pinned-fetch.ts';
export { type LoopbackReceiverOptions, loopbackReceiver } from './node/redirect-receiver.ts';
export { resolveHost } from './node/resolve-host.ts';
