import { expect, it } from 'vitest';
import { type Activation, activations, erf } from './activations.ts';

// torch 2.15.0: torch.nn.GELU()(x), GELU(approximate='tanh')(x), SiLU()(x), Sigmoid()(x), Tanh()(x), ReLU()(x) and torch.erf(x) in double precision.
const at = [-5, -0.7, 0, 0.3, 2.5];
const golden: Readonly<Record<Activation, readonly number[]>> = {
  identity: [-5.0, -0.7, 0.0, 0.3, 2.5],
  tanh: [-0.9999092042625951, -0.6043677771171635, 0.0, 0.2913126124515909, 0.9866142981514303],
  sigmoid: [0.0066928509242848554, 0.3318122278318339, 0.5, 0.574442516811659, 0.9241418199787566],
  relu: [0.0, 0.0, 0.0, 0.3, 2.5],
  gelu: [-1.4332578593401202e-6, -0.1693745565561511, 0.0, 0.1853734266566858, 2.4844758366855597],
  'gelu-tanh': [-2.2917961972623857e-7, -0.16942986529488321, 0.0, 0.18537092354275922, 2.484915733910001],
  silu: [-0.03346425462142428, -0.2322685594822837, 0.0, 0.1723327550434977, 2.3103545499468914],
};
const errors = [-0.9999999999984626, -0.6778011938374184, 0.0, 0.3286267594591274, 0.999593047982555];

it.each(Object.entries(golden))('%s is that of torch', (name, values) => {
  for (const [i, x] of at.entries()) expect(activations[name as Activation](x)).toBeCloseTo(values[i] as number, 12);
});

it('the error function is that of torch, far out too', () => {
  for (const [i, x] of at.entries()) expect(erf(x)).toBeCloseTo(errors[i] as number, 14);
  expect([erf(7), erf(-30)]).toEqual([1, -1]);
});
