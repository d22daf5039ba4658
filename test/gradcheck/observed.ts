import { type Command, decodeCommands } from '../../src/contract/index.js';
import { ReferenceDevice } from '../../src/devices/index.js';

/** The reference device, noting what it is told to run. */
export class ObservedDevice extends ReferenceDevice {
  readonly commands: Command[] = [];

  override submit(words: Int32Array): void {
    this.commands.push(...decodeCommands(words));
    super.submit(words);
  }
}
