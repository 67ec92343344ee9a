/** The record of an image. */
import {createHash} from 'node:crypto';
import type {Digest} from '../../plan/index.js';
import {formatRecord} from '../../registry/index.js';

/** Digest of what a record says besides what was pushed. */
export const digestOfRecord = (record: object): Digest => `sha256:${createHash('sha256').update(formatRecord({...record, pushed: []})).digest('hex')}`;
