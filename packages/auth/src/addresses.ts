export { type AddressKind, addressKind } from './discovery/addresses.ts';
