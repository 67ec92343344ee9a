/** BLAKE2b-256 (RFC 7693), by which PyPI's file host names its files. Node's own BLAKE2b has 512 bits only. */
import {createBLAKE2b, type IHasher} from 'hash-wasm';

export type Blake2 = IHasher;

export const createBlake2 = async (): Promise<Blake2> => createBLAKE2b(256);
