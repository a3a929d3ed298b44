/** Addresses of the simulated world. */
import { NOWHERE } from "../sandbox/index.ts";

export const API_URL = NOWHERE;
export const APP_URL = "http://cairn.test";
