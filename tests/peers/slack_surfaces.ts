// What Fivefold sends to Slack, said in Slack's own types.
// `KnownBlock` stands in for `AnyBlock`, which would let any made-up block pass.
import type { HomeView, KnownBlock, ModalView } from "@slack/types";

export type MessageBlocks = KnownBlock[];
export type Modal = Omit<ModalView, "blocks"> & { blocks: KnownBlock[] };
export type Home = Omit<HomeView, "blocks"> & { blocks: KnownBlock[] };
