import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The path of what stays for the next run of the tests, since making it takes long. */
export const kept = (name: string): string => join(process.env.FINETOOTH_TEST_KEPT ?? tmpdir(), name);
