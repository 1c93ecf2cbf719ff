/** Whether the long suite runs: some tests try all of what the ordinary suite tries a part of. */
export const isLong = process.env.FINETOOTH_TEST_LONG === '1';
