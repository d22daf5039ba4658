/** Tokens and times of an answer. */
import type { GenerationUsage } from '../runtime/index.js';

/** Sums over prompts and choices; a prompt counts once for all of its choices. */
export class UsageSum {
  private prompt = 0;
  private cached = 0;
  private completion = 0;
  private prefillSeconds = 0;
  private decodeSeconds = 0;

  add(usage: GenerationUsage, choice: number): void {
    this.completion += usage.completionTokens;
    this.decodeSeconds = Math.max(this.decodeSeconds, usage.seconds.decode);
    if (choice !== 0) return;
    this.prompt += usage.promptTokens;
    this.cached += usage.cachedTokens;
    this.prefillSeconds = Math.max(this.prefillSeconds, usage.seconds.prefill);
  }

  get usage(): object {
    const { prompt, completion } = this;
    return {
      prompt_tokens: prompt,
      completion_tokens: completion,
      total_tokens: prompt + completion,
      prompt_tokens_details: { cached_tokens: this.cached },
    };
  }

  /** As llama-server tells them. */
  get timings(): object {
    const read = this.prompt - this.cached;
    const rate = (tokens: number, seconds: number) => (seconds > 0 ? tokens / seconds : 0);
    return {
      cache_n: this.cached,
      prompt_n: read,
      prompt_ms: 1000 * this.prefillSeconds,
      prompt_per_second: rate(read, this.prefillSeconds),
      predicted_n: this.completion,
      predicted_ms: 1000 * this.decodeSeconds,
      predicted_per_second: rate(this.completion, this.decodeSeconds),
    };
  }
}
