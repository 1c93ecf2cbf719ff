export { FinetoothError } from './errors.ts';
