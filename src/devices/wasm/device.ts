export class WasmDevice { static async open(_bytes: Uint8Array): Promise<never> { throw new Error('unwritten'); } }
