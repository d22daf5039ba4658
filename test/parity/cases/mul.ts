import { broadcasts } from './add.js';

export const mul = broadcasts;
