/** A measure as people read it: .812. */
export const figure = (value: number): string => value.toFixed(3);

/** A difference, with its sign. */
export const signedFigure = (value: number): string => `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(3)}`;
