/**
 * What the tensor room and the devices agree on: element types, the op table, the form of commands, the device
 * interface. It computes nothing. Start with `ops.ts`.
 */
export * from './blocks.js';
export * from './commands.js';
export * from './device.js';
export * from './dtypes.js';
export * from './ops.js';
