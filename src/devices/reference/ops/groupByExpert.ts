import type { Kernel } from '../operands.js';
import { checkIndices } from './indices.js';

export const groupByExpert: Kernel<'groupByExpert'> = ({ indices, source, position, offsets, rows, k, experts }) => {
  checkIndices('groupByExpert', indices, rows * k, experts);
  let place = 0;
  for (let e = 0; e < experts; e++) {
    offsets[e] = place;
    for (let choice = 0; choice < rows * k; choice++) {
      if (indices[choice] !== e) continue;
      source[place] = Math.floor(choice / k);
      position[choice] = place++;
    }
  }
  offsets[experts] = place;
};
