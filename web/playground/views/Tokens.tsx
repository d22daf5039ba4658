/** An answer token by token: colour says how likely each was, and its alternatives are one click away. */
import { useSignal } from '@preact/signals';
import type { AnswerToken, Message } from '../conversation.js';
import { continueFrom, running } from '../state.js';

const percent = (logprob: number) => `${(100 * Math.exp(logprob)).toFixed(1)} %`;
/** White space made visible where it is all there is. */
const visible = (token: string) => (token.trim() === '' ? token.replaceAll('\n', '⏎').replaceAll(' ', '␣') : token);
const levels = [0.9, 0.5, 0.2, 0.05];
const levelOf = ({ logprob }: AnswerToken) => levels.findIndex((least) => Math.exp(logprob) >= least);

export function Tokens({ message }: { message: Message }) {
  const chosen = useSignal<number | undefined>(undefined);
  const tokens = message.tokens ?? [];
  const at = chosen.value;
  const token = at === undefined ? undefined : tokens[at];
  return (
    <div>
      <div class="tokens">
        {tokens.map((each, i) => (
          <button
            type="button"
            key={i}
            class={`token level${levelOf(each)}`}
            title={`${percent(each.logprob)} — click for alternatives`}
            aria-pressed={i === at}
            onClick={() => {
              chosen.value = i === at ? undefined : i;
            }}
          >
            {each.token === '\n' ? '⏎\n' : each.token}
          </button>
        ))}
      </div>
      {token !== undefined && at !== undefined && (
        <fieldset class="alternatives">
          <legend>
            “{visible(token.token)}” had {percent(token.logprob)}. Go on from:
          </legend>
          {token.alternatives.map((alternative) => (
            <button
              type="button"
              key={alternative.token}
              disabled={running.value !== undefined || alternative.token === token.token}
              onClick={() => {
                chosen.value = undefined;
                void continueFrom(message, at, alternative.token);
              }}
            >
              {visible(alternative.token)} {percent(alternative.logprob)}
            </button>
          ))}
        </fieldset>
      )}
    </div>
  );
}
