import type { Calibration } from '../calibration.ts';

/**
 * Probabilities of the bundled models' scores by the fingerprint of what they were fitted for: other weights or another formula have none.
 * Platt's scaling, maximum likelihood on the training sets of results/fits/calibration.json, which holds the same numbers and how well
 * they do elsewhere; models/build/fit_calibration.py and fit_default.py make it.
 */
const fitted: Readonly<Record<string, Calibration>> = {
  'late-interaction-1(bge-small-en-v1.5@int8:68807e3ff2ab:22d2f503)': { slope: 16.405, intercept: -13.8415 },
  'cross-encoder-1(ms-marco-minilm-l-12-v2@int8:4cfeaadb0fcf:5b229048)': { slope: 0.3252, intercept: -2.3741 },
  // The default cascade's last stage: its combined score.
  'cross-encoder-1(ms-marco-minilm-l-12-v2@int8:4cfeaadb0fcf:5b229048) 1.5 × ratio² × late interaction, standardised + (2 × softplus((logit - 2) / 2) + logit / 20) / ratio':
    {
      slope: 0.3076,
      intercept: -3.0437,
    },
};

export const fittedCalibration = (fingerprint: string): Calibration | undefined => fitted[fingerprint];
