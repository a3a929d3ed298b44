/** The quick tests beside core, barrier and effects as one file: a mutant then costs one worker, not a dozen. */
import "../core/chain.test.ts";
import "../core/decide.test.ts";
import "../core/ledger.test.ts";
import "../core/marker.test.ts";
