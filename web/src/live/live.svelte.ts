/** The state of the live page: what is set, what is solved of it, and what to ask for next. */

import { effective } from "../weights";
import type { Displacement } from "../document";
import * as server from "./ask";
import { fromFragment, toFragment, type Setting, type State } from "./link";
import { weightsNear } from "./near";
import type { Concept, Offered, Outline } from "./outline";
import { EMPTY, extended, type Sample } from "./sample";

/** Futures that are solved where assumptions are moved. */
export const FRESH = 64;
/** Milliseconds for which the hand must rest before the server is asked. */
const REST = 300;
/** Milliseconds between two attempts to reach a server that is gone. */
const AGAIN = 1000;
/** Settings of which the solved futures are kept. */
const KEPT = 12;

/** What a setting shows: some futures, and for how much each counts. */
export interface View {
  sample: Sample;
  /** null: all count alike. */
  weights: Float64Array | null;
  /** Effective number of futures. */
  worth: number;
  /** Solved as they are shown, or solved elsewhere and reweighted; nothing yet. */
  kind: "solved" | "reweighted" | "nothing";
  /** Futures that are to be solved for it. */
  wanted: number;
}

interface Job {
  key: string;
  setting: Setting;
  wanted: number;
}

const keyOf = (setting: Setting): string =>
  JSON.stringify([setting.concept, Object.entries(setting.pinned).sort()]);

const isMoved = (setting: Setting): boolean => Object.keys(setting.pinned).length > 0;

export class Live {
  offered = $state.raw<Offered[]>([]);
  outline = $state.raw<Outline | null>(null);
  /** A text from the editor that is shown instead of what is offered. */
  text = $state.raw<string | null>(null);
  state = $state<State>(fromFragment(location.hash));
  /** The setting that the sliders move. */
  active = $state(0);
  /** Solved futures by setting. */
  solved = $state.raw<Record<string, Sample>>({});
  /** The setting that is being solved now. */
  solving = $state.raw<string | null>(null);
  /** Who flees where in the study that is served, whatever is moved; null before it is told. */
  flight = $state.raw<Displacement | null>(null);
  connected = $state(true);
  refusal = $state<string | null>(null);

  #refused = new Set<string>();
  #current: { key: string; abort: AbortController } | null = null;
  #rest: ReturnType<typeof setTimeout> | undefined;
  #again: ReturnType<typeof setTimeout> | undefined;
  #asked = 0;
  /** The scenario of which it was asked who flees where, by its hash. */
  #fled: string | null = null;
  #ended = false;

  /** The setting that the sliders move. */
  get setting(): Setting {
    return this.state.settings[this.active] ?? this.state.settings[0]!;
  }

  get source(): server.Source | null {
    if (this.text !== null) return { text: this.text };
    return this.state.scenario === null ? null : { scenario: this.state.scenario };
  }

  /** Begins: what is offered, and the scenario of the link or else the first. */
  async begin(): Promise<void> {
    await this.#try(async () => {
      this.offered = await server.offers();
      const named = this.offered.some((one) => one.name === this.state.scenario);
      if (!named && this.offered[0]) this.state.scenario = this.offered[0].name;
      await this.#load();
    });
  }

  end(): void {
    this.#ended = true;
    this.#current?.abort.abort();
    clearTimeout(this.#rest);
    clearTimeout(this.#again);
  }

  /** Shows another scenario that is offered. */
  open(name: string): Promise<void> {
    this.text = null;
    this.state = { ...fromFragment(""), scenario: name };
    this.active = 0;
    return this.#try(() => this.#load());
  }

  /** Shows a text from the editor. */
  use(text: string): Promise<void> {
    this.text = text;
    this.state.choices = {};
    return this.#try(() => this.#load());
  }

  /** Shows the scenario with another option of a switch. */
  choose(name: string, option: string): Promise<void> {
    this.state.choices[name] = option;
    return this.#try(() => this.#load());
  }

  /** Takes over the state of a link that was followed within the page. */
  follow(fragment: string): Promise<void> {
    const wanted = fromFragment(fragment);
    const other = wanted.scenario !== this.state.scenario || this.text !== null;
    const choices = JSON.stringify(wanted.choices) !== JSON.stringify(this.state.choices);
    this.text = null;
    this.state = wanted;
    this.active = Math.min(this.active, wanted.settings.length - 1);
    return this.#try(async () => {
      if (other || choices) await this.#load();
      else this.#reconsider();
    });
  }

  pin(name: string, value: number): void {
    this.setting.pinned[name] = value;
    this.moved();
  }

  release(name: string): void {
    delete this.setting.pinned[name];
    this.moved();
  }

  releaseAll(): void {
    this.setting.pinned = {};
    this.moved();
  }

  setConcept(concept: Concept): void {
    this.setting.concept = concept;
    this.moved();
  }

  /** A second setting beside the first, which starts as a copy of it. */
  beside(): void {
    const { concept, pinned } = this.setting;
    this.state.settings = [this.state.settings[0]!, { concept, pinned: { ...pinned } }];
    this.active = 1;
    this.moved();
  }

  alone(): void {
    this.state.settings = [this.state.settings[0]!];
    this.active = 0;
    this.moved();
  }

  /** Called after each change: when the hand rests, the server is asked. */
  moved(): void {
    clearTimeout(this.#rest);
    this.#rest = setTimeout(() => this.#reconsider(), REST);
  }

  tryAgain(): void {
    this.refusal = null;
    this.#refused.clear();
    if (!this.flight) this.#fled = null;
    void this.#try(async () => {
      if (!this.outline) await this.#load();
      this.#reconsider();
    });
  }

  /** The address that restores what is shown. */
  get fragment(): string {
    return toFragment(this.state);
  }

  /** What a setting shows at this moment. */
  view(setting: Setting): View {
    const base = this.solved[keyOf({ concept: setting.concept, pinned: {} })] ?? EMPTY;
    const wanted = this.outline?.futures ?? 0;
    if (!isMoved(setting) || !this.outline) {
      const kind = base.futures ? "solved" : "nothing";
      return { sample: base, weights: null, worth: base.futures, kind, wanted };
    }
    const weights = weightsNear(base, this.outline.parameters, setting.pinned);
    const worth = effective(weights, base.futures);
    const own = this.solved[keyOf(setting)];
    if (own?.futures && (own.futures >= worth || own.asked >= FRESH)) {
      return { sample: own, weights: null, worth: own.futures, kind: "solved", wanted: FRESH };
    }
    return { sample: base, weights, worth, kind: worth > 0 ? "reweighted" : "nothing", wanted: FRESH };
  }

  /** The same with nothing moved: what verdicts are compared with. */
  baseline(setting: Setting): View {
    return this.view({ concept: setting.concept, pinned: {} });
  }

  /** How many futures are solved of a setting itself, whatever is shown. */
  progress(setting: Setting): { done: number; running: boolean } {
    const key = keyOf(setting);
    return { done: this.solved[key]?.asked ?? 0, running: this.solving === key };
  }

  async #load(): Promise<void> {
    const source = this.source;
    if (!source) return;
    this.#current?.abort.abort();
    this.#current = null;
    const turn = ++this.#asked;
    const outline = await server.outlineOf(source, this.state.choices);
    if (turn !== this.#asked) return;
    if (outline.hash !== this.outline?.hash || choicesOf(outline) !== choicesOf(this.outline)) {
      this.solved = {};
      this.#refused.clear();
      this.refusal = null;
    }
    if (!outline.solved || outline.hash !== this.#fled) this.flight = this.#fled = null;
    this.outline = outline;
    this.#forgetUnknown(outline);
    this.#reconsider();
  }

  /** Drops from the state what the scenario does not have. */
  #forgetUnknown(outline: Outline): void {
    const parameters = new Set(outline.parameters.filter((one) => one.stops).map((one) => one.name));
    for (const setting of this.state.settings) {
      for (const name of Object.keys(setting.pinned)) {
        if (!parameters.has(name)) delete setting.pinned[name];
      }
    }
    const state = this.state;
    const has = (list: { name: string }[], name: string | null): boolean =>
      list.some((one) => one.name === name);
    if (state.doctrines) {
      const known = state.doctrines.filter((name) => has(outline.doctrines, name));
      state.doctrines = known.length ? known : null;
    }
    if (!has(outline.outcomes, state.outcome)) state.outcome = null;
    if (!has(outline.ladders, state.ladder)) state.ladder = null;
    const brush = state.brush;
    if (brush && !(has(outline.outcomes, brush.outcome) && has(outline.doctrines, brush.doctrine))) {
      state.brush = null;
    }
  }

  #next(): Job | null {
    if (!this.outline) return null;
    const settings = [this.setting, ...this.state.settings.filter((one) => one !== this.setting)];
    const bases = settings.map((one): Setting => ({ concept: one.concept, pinned: {} }));
    const wanted = this.outline.futures;
    const jobs: [Setting, number][] = [
      ...bases.map((one): [Setting, number] => [one, this.#first(one, wanted)]),
      ...settings.filter(isMoved).map((one): [Setting, number] => [one, FRESH]),
      ...bases.map((one): [Setting, number] => [one, wanted]),
    ];
    for (const [setting, most] of jobs) {
      const key = keyOf(setting);
      if (this.#refused.has(key) || (this.solved[key]?.asked ?? 0) >= most) continue;
      return { key, setting: { ...setting, pinned: { ...setting.pinned } }, wanted: most };
    }
    return null;
  }

  /** Futures with nothing moved that come before anything else: those of a study cost nothing. */
  #first(base: Setting, wanted: number): number {
    return this.outline?.solved && base.concept === "equilibrium" ? wanted : Math.min(16, wanted);
  }

  #reconsider(): void {
    clearTimeout(this.#rest);
    if (this.#ended || !this.connected) return;
    const job = this.#next();
    if (job && this.#current?.key === job.key) return;
    this.#current?.abort.abort();
    this.#current = null;
    this.solving = job?.key ?? null;
    if (job) void this.#try(() => this.#run(job));
    else if (this.outline?.solved) void this.#try(() => this.#flee());
  }

  /** Asks once who flees where in the study, when everything else is there. */
  async #flee(): Promise<void> {
    const { outline, text } = this;
    const name = this.state.scenario;
    if (!outline || text !== null || name === null || this.#fled === outline.hash) return;
    this.#fled = outline.hash;
    try {
      const flight = await server.flightOf(name);
      if (this.#fled === outline.hash) this.flight = flight;
    } catch (error) {
      if (this.#fled !== outline.hash) return;
      if (error instanceof server.Refusal) {
        throw new server.Refusal(`Who flees where is not shown: ${error.message}`);
      }
      this.#fled = null;
      throw error;
    }
  }

  async #run(job: Job): Promise<void> {
    const abort = new AbortController();
    const mine = { key: job.key, abort };
    this.#current = mine;
    const { source, outline } = this;
    if (!source || !outline) return;
    const before = this.solved[job.key] ?? EMPTY;
    const wanted: server.Wanted = {
      source,
      choices: this.state.choices,
      pinned: job.setting.pinned,
      concept: job.setting.concept,
      doctrines: outline.doctrines.map((one) => one.name),
      first: before.asked,
      futures: job.wanted,
    };
    try {
      for await (const block of server.solve(wanted, abort.signal)) {
        const have = this.solved[job.key] ?? EMPTY;
        const asked = Math.min(job.wanted, have.asked + 16);
        this.#keep(job.key, extended(have, block, asked));
      }
    } catch (error) {
      if (abort.signal.aborted) return;
      if (error instanceof server.Refusal) this.#refused.add(job.key);
      throw error;
    } finally {
      if (this.#current === mine) {
        this.#current = null;
        this.solving = null;
      }
    }
    this.#reconsider();
  }

  #keep(key: string, sample: Sample): void {
    const bases = new Set(
      (["equilibrium", "limit"] as const).map((concept) => keyOf({ concept, pinned: {} })),
    );
    const rest = Object.entries(this.solved).filter(([name]) => name !== key);
    const fresh = rest.filter(([name]) => !bases.has(name)).slice(-KEPT);
    this.solved = Object.fromEntries([
      ...rest.filter(([name]) => bases.has(name)),
      ...fresh,
      [key, sample],
    ]);
  }

  /** Does something that needs the server; where it does not answer, waits until it does. */
  async #try(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (this.#ended || (error instanceof DOMException && error.name === "AbortError")) return;
      if (error instanceof server.Silence) this.#wait();
      else if (error instanceof server.Refusal) {
        this.refusal = error.message;
        this.#reconsider();
      } else throw error;
    }
  }

  #wait(): void {
    this.connected = false;
    clearTimeout(this.#again);
    this.#again = setTimeout(() => {
      void server.offers().then(
        (offered) => {
          this.connected = true;
          this.offered = offered;
          void this.#try(() => (this.outline ? this.#load() : this.begin()));
        },
        () => this.#wait(),
      );
    }, AGAIN);
  }
}

const choicesOf = (outline: Outline | null): string => JSON.stringify(outline?.choices ?? null);
