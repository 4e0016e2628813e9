import { invoke } from "@tauri-apps/api/core";
import { listen } from "@tauri-apps/api/event";
import type { Line } from "./line";
import type { Change } from "./types";

/** The desk's engine behind the window. */
export const tauri: Line = {
  call: (command, input) => (input === undefined ? invoke(command) : invoke(command, { input })),
  listen: (heard) => {
    const stop = listen<Change[]>("changed", (event) => heard(event.payload));
    return () => void stop.then((end) => end());
  },
};
