/*
 * One issue of Cairn: chain, claims, effects, and what may go wrong between them. README.md beside this file says
 * which code each part stands for, and what is left out.
 *
 * Every option of a loop is one deed: a request that is sent or lands, a read with the decision that follows from
 * it, something that happens on GitHub. A read after which one only waits changes nothing, and is no deed: whatever
 * goes on for ever here repeats deeds, and Spin finds it.
 *
 * -D names a variant (one rule taken out: Spin must find what goes wrong), ONLY one property, GOAL a place that
 * must be reached: see cases.ts.
 */

/* ---- Bounds */
#define RUNS 3 /* 0 and 1: two runs; 2: the second attempt of run 0, started by "re-run" */
#define NOBODY 3
#define REPLICAS 2
#define ATTEMPTS 2
#define STARTS 2 /* dispatches for one intent */
#ifndef ACTS
#define ACTS 3 /* what people do, at most */
#endif

/* ---- Properties: -DONLY=... looks at one alone */
#define ONCE 1    /* at most one landing for each effect key */
#define OLDER 2   /* nothing of an older generation lands after a newer one's declare */
#define RAISED 3  /* an act raises once */
#define ABSENT 4  /* "nothing landed" is true when it is settled */
#define STAYS 5   /* ... and stays true: nothing lands once its attempt is settled */
#define ALONE 6   /* no agent starts while another one works in a run that the engine calls alive */
#define ENDS 7    /* the issue ends done or held, with every act answered */
#define VISIBLE 8 /* nobody claims an intent that nobody can see */
#ifndef ONLY
#define ONLY 0
#endif
#define must(property, holds) assert((holds) || (ONLY != 0 && ONLY != property))

/* ---- Goals: places that must be reachable, or the properties would hold for nothing */
#define HAPPY 1       /* done by the first run */
#define FOUND 2       /* the owner died, and what it did is found */
#define RETRIED 3     /* an attempt is lost, and the next one is done */
#define REPLACED 4    /* a person cancels the work of an owner; the next generation is done */
#define LANDED_LATE 5 /* a request lands behind the fence, and is found */
#define ZOMBIE 6      /* a run that the engine calls over reads the head, and stops */
#define RERUN 7       /* a re-run of the owner reads the head, and stops */
#define RACED 8       /* two runs claim, one loses */
#define CLAIMED_LATE 9 /* a claim lands when its run is over */
#define UNSURE 10     /* a branch is sent again, and its first request had landed */
#define ADOPTED 11    /* the second attempt needs no agent: the branch is there */
#define MENDED 12     /* the owner's check says no, and the next attempt is done */
#ifndef GOAL
#define GOAL 0
#endif
#define reached(goal) assert(GOAL != goal)

/* ---- The chain: what its head says. No state comes twice, so a step that was built on another head fails */
mtype:edge = { NONE, DECLARED, CLAIMED };
mtype:edge edge = NONE;
byte gen = 0;
byte att = 0;
byte owner = NOBODY;
bool withAgent = false;  /* the open intent names the agent's run and the branch; without: the pull request alone */
bool result = false;     /* the owner's word: what is missing was surely not sent */
bool branchTold = false; /* ... and that the branch is there */
bool red = false;        /* ... and that its check said no to other files than before */
bool cancelled = false;  /* the fence */
bool held = false;
bool done = false;
byte consumed = 0;       /* human acts are taken in their order */
byte raised = 0;         /* the last that raised a generation */

/* Generation and attempt in one number, from 1 */
#define turn (2 * gen + att - 2)
#define genOf(t) ((t + 1) / 2)

/* ---- The issue on GitHub */
bool marker = false; /* the open intent's comment */
#ifdef NO_MARKER
#define markerSeen true
#else
#define markerSeen marker
#endif
byte starts = 0;     /* runs that were started for it */
byte acts = 1;       /* what people did: the first is cairn:ready */
bool asksHold[3];    /* cairn:hold, not cairn:ready */

/* ---- What has landed for this generation (agentRan: for this attempt), and whether every read shows it */
byte branches = 0; /* GitHub refuses a second branch of one name */
byte pulls = 0;    /* here GitHub would take a second one: a merge, a review and a comment are alike */
bool agentRan = false;
bool branchShown = true;
bool pullShown = true;
bool quiet = false; /* the quiet period has passed since the later of owner over and fence */

#define mayFind(landed) (landed > 0)
#define mayMiss(landed, shown) (landed == 0 || !shown)

/* ---- Runs */
mtype:place = { FREE, GATE, CLAIMING, CLAIM_LATE, PROBE, HEAD, PERMIT, SENT, AGENT, RESULT, RESULT_LATE, ENDED };
mtype:effect = { NOTHING, RUN_AGENT, BRANCH, PULL };
mtype:place at[RUNS] = FREE;
mtype:effect effect[RUNS] = NOTHING; /* that it is about to perform */
mtype:effect sent[RUNS] = NOTHING;   /* no answer came: it may still land */
byte my[RUNS];                       /* turn of the intent that it was started for */
bool unsure[RUNS];                   /* the branch was sent, and nobody knows what became of it */
bool stale[RUNS];                    /* its reads may show its claim as the head, which it no longer is */
bool lostSight[RUNS];                /* the engine calls it over, and it goes on */
bool rerun = false;                  /* somebody has used "re-run" */

#ifdef ALL_MAY_GO_ON
#define mayGoOn(i) (edge == CLAIMED && at[i] != GATE)
#else
#define mayGoOn(i) (i == 0)
#endif

#define stopped(i) (at[i] == FREE || at[i] == ENDED || at[i] == CLAIM_LATE || at[i] == RESULT_LATE)
#define isOver(i) (stopped(i) || lostSight[i])

#if defined OWNER_WITHOUT_ATTEMPT
#define isOwner(i) (owner != NOBODY && owner % 2 == i % 2)
/* The engine answers for the latest attempt of a run */
#define ownerOver (isOver(owner) && (owner % 2 == 1 || (isOver(0) && isOver(2))))
#elif defined CLAIM_BY_COMMENT_ORDER
bool believes[RUNS];
bool comments = false; /* a claim stands in the list */
bool second[RUNS];     /* another claim stood there before this run's */
#define isOwner(i) (believes[i])
#define ownerOver isOver(owner)
#elif defined SETTLE_BY_TIMER
#define isOwner(i) (owner == i)
#define ownerOver true
#else
#define isOwner(i) (owner == i)
#define ownerOver isOver(owner)
#endif

#define headIsMine(i) (edge == CLAIMED && my[i] == turn && isOwner(i) && !cancelled && !result)

/* ---- Replicas of the app: a step that was decided, on the head as it was read */
#define IDLE 0
#define CANCEL 1
#define EXPIRE 2
#define NEVER_STARTED 3
/* these may take an act with them */
#define APPLIED 4
#define FAILED 5
#define LOST 6
#define OBEY 7
byte step[REPLICAS];

/* Of one deed alone, and no part of any state */
hidden byte k;
hidden byte made;
hidden byte act;
hidden byte mends;

/* ---- What led here: for goals alone */
#if GOAL > 0
#define note(what) what = true
bool landedAlone = false; /* a request landed when its run was over */
bool landedLate = false;  /* ... and behind the fence */
bool wasLost = false;
bool wasRed = false;
bool wasCancelled = false;
#else
#define note(what) skip
#endif

inline free(i) {
  at[i] = FREE;
  if
  :: sent[i] == NOTHING -> my[i] = 0
  :: else
  fi
}

/* The process of a run is no more. An owner is remembered by the engine, and so is what may be re-run. */
inline leave(i) {
  effect[i] = NOTHING; unsure[i] = false; stale[i] = false; lostSight[i] = false;
  if
  :: edge != NONE && my[i] == turn && (owner == i || i == 0) -> at[i] = ENDED
  :: else -> free(i)
  fi
}

/* The owner's word, if the head is its claim still. */
inline conclude(i) {
  if
  :: headIsMine(i) -> at[i] = RESULT
  :: else -> leave(i)
  fi
}

inline says(i) {
  branchTold = (effect[i] == PULL);
  at[i] = ENDED; effect[i] = NOTHING; unsure[i] = false; lostSight[i] = false;
  moves();
  stale[i] = false;
  result = true
}

/* Before each step of the chain: what others built on the head fails, and the old head may be shown for a while. */
inline moves() {
  for (k : 0 .. REPLICAS - 1) {
    step[k] = IDLE
  }
  for (k : 0 .. RUNS - 1) {
    if
    :: headIsMine(k) && !stopped(k) -> stale[k] = true
    :: else
    fi;
    if
    :: at[k] == CLAIMING || at[k] == CLAIM_LATE || at[k] == RESULT || at[k] == RESULT_LATE -> leave(k)
    :: else
    fi
  }
  k = 0
}

inline close() {
  edge = NONE; owner = NOBODY; withAgent = false; result = false; branchTold = false; red = false;
  cancelled = false;
  marker = false; starts = 0; quiet = false; agentRan = false;
  for (k : 0 .. RUNS - 1) {
#ifdef CLAIM_BY_COMMENT_ORDER
    believes[k] = false; second[k] = false;
#endif
    lostSight[k] = lostSight[k] && at[k] == AGENT;
    if
    /* Nothing is left for a gate but to refuse */
    :: at[k] == ENDED || at[k] == GATE -> free(k)
    :: else
    fi
  }
#ifdef CLAIM_BY_COMMENT_ORDER
  comments = false;
#endif
  k = 0
}

inline declare(attempt, agent) {
  edge = DECLARED; att = attempt; withAgent = agent; agentRan = false
}

/* An act is obeyed, and those before it are taken with it. */
inline obey() {
#ifndef ACT_BY_LABEL
  consumed = act;
#endif
  if
  :: asksHold[act - 1] -> held = true
  :: else ->
    must(RAISED, act > raised);
    raised = act;
    gen++; held = false; done = false;
    branches = 0; pulls = 0; branchShown = true; pullShown = true;
    declare(1, true)
  fi
}

inline lands(i, what) {
  must(OLDER, genOf(my[i]) == gen);
  must(STAYS, genOf(my[i]) < gen || (my[i] == turn && edge == CLAIMED));
  if
  :: genOf(my[i]) < gen
  :: else ->
    if
    :: what == RUN_AGENT ->
      must(ONCE, !agentRan);
      for (k : 0 .. RUNS - 1) { must(ALONE, k == i || at[k] != AGENT || lostSight[k]) }
      agentRan = true
    :: what == BRANCH ->
      branches = 1; branchShown = false;
      /* GitHub refuses whatever else is under way to this name */
      for (k : 0 .. RUNS - 1) {
        if
        :: sent[k] == BRANCH -> sent[k] = NOTHING
        :: else
        fi
      }
    :: what == PULL ->
      must(ONCE, pulls == 0);
      pulls = 1; pullShown = false
    fi
  fi;
  k = 0
}

/* The effect is there: what comes after it. */
inline next(i) {
  if
  :: unsure[i] -> reached(UNSURE)
  :: else
  fi;
  unsure[i] = false;
  if
  :: effect[i] == BRANCH -> effect[i] = PULL; at[i] = PROBE
  :: effect[i] == PULL -> leave(i)
  fi
}

/* ---- A run: gate, agent, effects, conclusion */
active [RUNS] proctype Run() {
  byte i = _pid;
end:
  do
  /* gate: the intent is proved, then claimed; what is not open (any more) is refused */
  :: d_step { at[i] == GATE && edge != DECLARED -> leave(i) }
#ifdef CLAIM_BY_COMMENT_ORDER
  :: d_step { at[i] == GATE && edge == DECLARED && marker -> second[i] = comments; comments = true; at[i] = CLAIMING }
  :: d_step { at[i] == CLAIMING && second[i] -> leave(i) }
  /* it is the first, or its list does not show who is */
  :: d_step { at[i] == CLAIMING -> believes[i] = true; edge = CLAIMED; owner = i; at[i] = HEAD; effect[i] = RUN_AGENT }
#else
  :: d_step { at[i] == GATE && edge == DECLARED && markerSeen -> at[i] = CLAIMING }
  :: d_step { at[i] == CLAIMING || at[i] == CLAIM_LATE ->
      must(VISIBLE, edge == DECLARED && marker);
      if
      :: at[i] == CLAIM_LATE -> reached(CLAIMED_LATE); at[i] = ENDED
      :: else -> at[i] = HEAD
      fi;
      if
      :: at[1 - i % 2] == CLAIMING -> reached(RACED)
      :: else
      fi;
      moves();
      edge = CLAIMED; owner = i; marker = false; starts = 0;
      if
      :: at[i] == ENDED
      :: else ->
        if
        :: withAgent -> effect[i] = RUN_AGENT
        :: else -> reached(ADOPTED); effect[i] = PULL; at[i] = PROBE
        fi
      fi
    }
#endif

  /* performOrRecover: probe, read the head, send once, classify */
  :: d_step { at[i] == PROBE && effect[i] == BRANCH && mayFind(branches) -> next(i) }
  :: d_step { at[i] == PROBE && effect[i] == PULL && mayFind(pulls) -> next(i) }
  :: d_step { at[i] == PROBE && effect[i] == BRANCH && mayMiss(branches, branchShown) -> at[i] = HEAD }
  :: d_step { at[i] == PROBE && effect[i] == PULL && mayMiss(pulls, pullShown) -> at[i] = HEAD }
  :: d_step { at[i] == HEAD && (headIsMine(i) || stale[i]) -> at[i] = PERMIT }
  :: d_step { at[i] == HEAD && !headIsMine(i) ->
      if
      :: lostSight[i] -> reached(ZOMBIE)
      :: i == 2 && owner == 0 && !cancelled && !result -> reached(RERUN)
      :: else
      fi;
      leave(i) }
  /* the read that permits has grown old before anything was sent: read again */
  :: d_step { at[i] == PERMIT && !headIsMine(i) && !stale[i] -> at[i] = HEAD }
  :: d_step { at[i] == PERMIT && effect[i] == RUN_AGENT -> lands(i, RUN_AGENT); at[i] = AGENT }
  :: d_step { at[i] == PERMIT && (effect[i] == PULL || effect[i] == BRANCH && branches == 0) -> /* applied */
      lands(i, effect[i]); next(i) }
  :: d_step { at[i] == PERMIT && (effect[i] == PULL || effect[i] == BRANCH && branches == 0) -> /* unknown */
      sent[i] = effect[i]; at[i] = SENT }
  :: d_step { at[i] == PERMIT && effect[i] == BRANCH && branches > 0 -> next(i) } /* refused: it is there */
  :: d_step { at[i] == PERMIT && effect[i] == PULL -> conclude(i) } /* refused, and not there */
  :: d_step { at[i] == PERMIT && effect[i] == BRANCH -> /* refused, and nothing is seen of it */
      if
#ifndef NOT_SENT_AFTER_UNKNOWN
      :: unsure[i] -> leave(i)
#endif
      :: else -> conclude(i)
      fi }
  :: d_step { at[i] == SENT && effect[i] == BRANCH && mayFind(branches) -> next(i) }
  :: d_step { at[i] == SENT && effect[i] == PULL && mayFind(pulls) -> next(i) }
  :: d_step { at[i] == SENT && effect[i] == BRANCH && mayMiss(branches, branchShown) ->
      if
      :: unsure[i] -> leave(i)
      :: else -> unsure[i] = true; at[i] = HEAD
      fi }
#ifdef RESEND
  :: d_step { at[i] == SENT && effect[i] == PULL && mayMiss(pulls, pullShown) -> at[i] = HEAD }
#else
  :: d_step { at[i] == SENT && effect[i] == PULL && mayMiss(pulls, pullShown) -> leave(i) }
#endif

  /* the agent */
  :: d_step { at[i] == AGENT -> effect[i] = BRANCH; at[i] = PROBE }
  :: d_step { at[i] == AGENT -> conclude(i) }

  /* conclude: the owner's word, a step of the chain */
  :: d_step { at[i] == RESULT || at[i] == RESULT_LATE -> says(i) }
  /* of an agent's work of which nothing was sent: the check said no */
  :: d_step { (at[i] == RESULT || at[i] == RESULT_LATE) && withAgent && effect[i] != PULL -> says(i); red = true }

  /* it dies; what it has sent may land without it */
  :: d_step { !stopped(i) ->
      if
      :: at[i] == CLAIMING -> at[i] = CLAIM_LATE; lostSight[i] = false
      :: at[i] == RESULT -> at[i] = RESULT_LATE; stale[i] = false; lostSight[i] = false
      :: else -> leave(i)
      fi }
  :: d_step { at[i] == CLAIM_LATE || at[i] == RESULT_LATE -> leave(i) }
  /* its runner is out of touch: the engine calls it over */
  :: d_step { mayGoOn(i) && edge != NONE && my[i] == turn && !stopped(i) && !lostSight[i] ->
      lostSight[i] = true }
  /* somebody re-runs run 0: all of it, or what failed with the outputs of its gate */
  :: d_step { i == 2 && !rerun && at[2] == FREE && edge != NONE && my[0] == turn && isOver(0) ->
      rerun = true; my[2] = turn; at[2] = GATE }
  :: d_step { i == 2 && !rerun && at[2] == FREE && edge == CLAIMED && owner == 0 && isOver(0) && withAgent ->
      rerun = true; my[2] = turn; at[2] = HEAD; effect[2] = RUN_AGENT }
  :: d_step { i == 2 && !rerun && at[2] == FREE && edge == CLAIMED && owner == 0 && isOver(0) ->
      rerun = true; my[2] = turn; at[2] = PROBE; effect[2] = (withAgent -> BRANCH : PULL) }
  od
}

#ifdef NO_FENCE
#define fenced true
#else
#define fenced cancelled
#endif
#if defined NO_QUIET
#define looksLost mayMiss(pulls, pullShown)
#elif defined PROBE_EARLY
bool missed = false; /* a look behind the fence has found nothing */
#define looksLost (quiet && missed)
#else
#define looksLost (quiet && mayMiss(pulls, pullShown))
#endif
#define takesAct(r) (step[r] >= APPLIED)

/* The replicas are alike: which of them has decided what makes no difference, nor whether both have decided it. */
#define undecided(what) (step[1] == IDLE && step[0] != what)
inline decide(what) {
  if
  :: step[0] < what -> step[1] = step[0]; step[0] = what
  :: else -> step[1] = what
  fi
}

inline whatWasReached() {
#if GOAL == HAPPY
  assert(gen > 1 || att > 1 || cancelled || owner != 0 || lostSight[0])
#elif GOAL == FOUND
  assert(!landedAlone || landedLate)
#elif GOAL == LANDED_LATE
  assert(!landedLate)
#elif GOAL == RETRIED
  assert(!wasLost || att == 1)
#elif GOAL == MENDED
  assert(!wasRed || att == 1)
#elif GOAL == REPLACED
  assert(!wasCancelled || gen == 1)
#else
  skip
#endif
}

inline make(r) {
  made = step[r]; act = taken;
#ifdef PROBE_EARLY
  missed = false;
#endif
  moves();
  if
  :: made == CANCEL ->
    cancelled = true;
    if
    :: ownerOver
    :: else -> note(wasCancelled)
    fi
  :: made == OBEY -> close(); obey()
  :: made == EXPIRE -> close(); declare(att + 1, true)
  :: made == NEVER_STARTED -> close(); held = true
  :: else ->
    if
    :: made == APPLIED -> whatWasReached()
    :: made == LOST -> note(wasLost)
    :: made == FAILED && red -> note(wasRed)
    :: else
    fi;
    mends = red;
    must(ABSENT, made == APPLIED || pulls == 0 && (made == FAILED || branchShown));
    close();
    if
    :: act > 0 -> done = done || made == APPLIED; obey()
    :: act == 0 && made == APPLIED -> done = true
    :: act == 0 && (made == LOST || made == FAILED && mends) && att < ATTEMPTS ->
      declare(att + 1, branches == 0)
    :: else -> held = true
    fi
  fi
}

/* ---- The replicas of the app: observe, decide, act */
active proctype Replicas() {
  byte r;
  byte taken;
end:
  do
  /* signals */
  :: d_step { edge == DECLARED && !marker -> marker = true }
  :: d_step { edge == DECLARED && markerSeen && starts < STARTS && at[0] == FREE && sent[0] == NOTHING ->
      starts++; at[0] = GATE; my[0] = turn }
  :: d_step { edge == DECLARED && markerSeen && starts < STARTS && at[1] == FREE && sent[1] == NOTHING &&
      at[0] != FREE ->
      starts++; at[1] = GATE; my[1] = turn }

  /* nothing is open */
  :: d_step { undecided(OBEY) && edge == NONE && acts > consumed -> decide(OBEY) }

  /* declared, not claimed */
  :: d_step { undecided(OBEY) && edge == DECLARED && acts > consumed -> decide(OBEY) }
  :: d_step { undecided(EXPIRE) && edge == DECLARED && att < ATTEMPTS -> decide(EXPIRE) }
  :: d_step { undecided(NEVER_STARTED) && edge == DECLARED && starts == STARTS &&
      (my[0] != turn || isOver(0)) && (my[1] != turn || isOver(1)) && (my[2] != turn || isOver(2)) ->
      decide(NEVER_STARTED) }

  /* claimed, and the owner lives */
  :: d_step { undecided(CANCEL) && edge == CLAIMED && !ownerOver && !cancelled && acts > consumed -> decide(CANCEL) }
  /* all of it is found (of a merge: whatever the engine says) */
  :: d_step { undecided(APPLIED) && edge == CLAIMED && mayFind(pulls) -> decide(APPLIED) }
  /* over, and the owner says that what is missing was not sent */
  :: d_step { undecided(FAILED) && edge == CLAIMED && ownerOver && result && mayMiss(pulls, pullShown) &&
      (!branchTold || !withAgent || mayFind(branches)) -> decide(FAILED) }
  /* over, and nothing is known: fence, quiet period, probe */
#if !defined NO_FENCE && !defined NO_RECOVERY
  :: d_step { undecided(CANCEL) && edge == CLAIMED && ownerOver && !cancelled && mayMiss(pulls, pullShown) ->
      decide(CANCEL) }
#endif
#ifdef PROBE_EARLY
  :: d_step { edge == CLAIMED && ownerOver && fenced && mayMiss(pulls, pullShown) -> missed = true }
#endif
  :: d_step { undecided(LOST) && edge == CLAIMED && ownerOver && fenced && looksLost -> decide(LOST) }
#ifdef RAISE_BEFORE_SETTLED
  :: d_step { undecided(OBEY) && edge == CLAIMED && acts > consumed -> decide(OBEY) }
#endif

  /* the step is made: with an act that the look has found, if any (of two the later one), or without */
  :: atomic { step[0] != IDLE ->
      if
      :: r = 0
      :: step[1] != IDLE -> r = 1
      fi;
      if
      :: step[r] != OBEY -> taken = 0
      :: takesAct(r) && acts > consumed -> taken = consumed + 1
      :: takesAct(r) && acts > consumed + 1 -> taken = consumed + 2
      fi;
      d_step { make(r); r = 0; taken = 0 } }
  /* or its process dies before */
  :: d_step { step[0] != IDLE -> quiet = quiet && cancelled; step[0] = step[1]; step[1] = IDLE };
progress_crash: skip
  :: d_step { step[1] != IDLE -> quiet = quiet && cancelled; step[1] = IDLE };
progress_crash_too: skip
  od
}

inline arrived(i) {
  sent[i] = NOTHING;
  if
  :: at[i] == FREE -> my[i] = 0
  :: else
  fi
}

/* ---- The network, for each run: what is under way lands, or never does; reads catch up */
active [RUNS] proctype Network() {
  byte i = _pid - RUNS - 1;
end:
  do
  :: d_step { sent[i] != NOTHING ->
      if
      :: at[i] == ENDED && sent[i] == PULL -> note(landedAlone)
      :: else
      fi;
      if
      :: at[i] == ENDED && sent[i] == PULL && cancelled -> note(landedLate)
      :: else
      fi;
      lands(i, sent[i]); arrived(i) }
  :: d_step { sent[i] != NOTHING -> arrived(i) }
  :: d_step { stale[i] -> stale[i] = false }
  od
}

/* ---- Reads of what has landed catch up, and the quiet period passes: never before what it stands for */
#ifdef SEND_ON_OLD_READ
#define settled(i) (sent[i] == NOTHING && !stale[i])
#else
#define settled(i) (sent[i] == NOTHING && at[i] != PERMIT && !stale[i])
#endif
#ifdef QUIET_FROM_COMMIT
/* The commit of the step is made, and who makes it is slow to move the ref */
#define fencedSince (cancelled || step[0] == CANCEL || step[1] == CANCEL)
#else
#define fencedSince fenced
#endif
active proctype Time() {
end:
  do
  :: d_step { !branchShown -> branchShown = true }
  :: d_step { !pullShown -> pullShown = true }
  :: d_step { edge == CLAIMED && fencedSince && ownerOver && !quiet && branchShown && pullShown &&
      settled(0) && settled(1) && settled(2) -> quiet = true }
  od
}

/* ---- A person, at any moment: cairn:ready once more, and cairn:hold, in either order */
active proctype Person() {
end:
  do
  :: d_step { acts == 1 && acts < ACTS -> asksHold[1] = true; acts = 2 }
  :: d_step { acts == 1 && acts < ACTS -> acts = 2 }
  :: d_step { acts == 2 && acts < ACTS -> asksHold[2] = !asksHold[1]; acts = 3 }
  od
}

/* ---- When nothing can happen any more */
active proctype End() {
  timeout ->
  must(ENDS, edge == NONE && (done || held) && consumed == acts)
}
