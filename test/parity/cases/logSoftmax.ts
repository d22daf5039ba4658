import { softmaxes } from './softmax.js';

export const logSoftmax = softmaxes;
