/** Whether `work` was done within so many milliseconds; it goes on when it was not. Throws what the work throws within them. */
export const doneWithin = async (work: Promise<unknown>, milliseconds: number): Promise<boolean> => {
  if (milliseconds === Number.POSITIVE_INFINITY) {
    await work;
    return true;
  }
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), Math.max(0, milliseconds));
  });
  try {
    return await Promise.race([work.then(() => true), late]);
  } finally {
    clearTimeout(timer);
    // What fails after its time is nobody's.
    work.catch(() => {});
  }
};
