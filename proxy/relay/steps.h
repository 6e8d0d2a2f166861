/*
 * steps - what the files of an exchange call of each other; exchange.h has the
 * picture. Only they include it. Any of these may end the exchange; it then
 * stays readable, in EXCHANGE_OVER, to the end of the turn.
 */
#ifndef HANDRAIL_RELAY_STEPS_H
#define HANDRAIL_RELAY_STEPS_H

#include "proxy/relay/exchange.h"

/* ask.c */
void ask_begin(struct exchange *); /* the request is whole: read it */
void ask_turn(struct exchange *);  /* the lease has been decided */
void ask_send(struct exchange *);  /* to the bot */
/* Send the question, without the fields of drop. */
void ask_origin(struct exchange *, const char *const *drop);
void ask_failed(struct exchange *, enum origin_failure, const char *text);
void ask_refuse_failed(struct exchange *); /* it has been counted */

/* pass.c */
bool pass_takes_body(const struct exchange *); /* of a request */
void pass_begin(struct exchange *);
void pass_origin(
    struct exchange *, enum origin_event, const struct origin_data *);

/* customer.c */
void customer_arrive(struct exchange *); /* history, facts, what is new */
void customer_keep(struct exchange *);
/* The turn for the transcript, borrowed; false: it is the AI's. */
bool customer_message(
    const struct exchange *, size_t turn, struct conversation_message *out);
/* Classifiers have to be asked first: it goes on by itself. */
bool customer_waits(struct exchange *);
void customer_judge(struct exchange *);
void customer_heed(struct exchange *); /* the same, where no AI may speak */
/* Record what was found, then to the bot, or answer. */
void customer_settle(struct exchange *);

/* answer.c */
void answer_begin(struct exchange *); /* a JSON or empty body will come */
void answer_body(struct exchange *, struct span);
void answer_end(struct exchange *);
void answer_failed(struct exchange *, enum origin_failure, const char *text);
/* A body in no form the channel knows is coming. */
void answer_unreadable(struct exchange *);
void answer_fall_back(struct exchange *, enum guard_event, const char *word);
void answer_send(struct exchange *); /* settled: act */

/* flow.c */
void flow_begin(struct exchange *);
void flow_body(struct exchange *, struct span);
void flow_end(struct exchange *);
void flow_failed(struct exchange *, enum origin_failure, const char *text);
void flow_drained(struct exchange *);
void flow_client_gone(struct exchange *);
/* End it now, undecided for that reason. */
void flow_give_up(struct exchange *, const char *why);
/* Nothing has been said, and the customer has waited long enough. */
void flow_late(struct exchange *);

/* keep.c: the message e->told goes into the transcript; the number of its main
 * text, whose salt this is. */
uint32_t keep_message(struct exchange *, const unsigned char *salt);
enum store_kind keep_kind(enum channel_kind);
/* What the customer is told instead or besides: e->say. */
void keep_own_words(struct exchange *);
/* For people: the AI was interrupted here, and why. */
void keep_note(struct exchange *, const char *text);
/* They are not told after all. */
void keep_untold(struct exchange *);
/* Others are said in their place: people are not shown these. */
void keep_unsaid(struct exchange *);
/* Kept as delivered, and withheld after all. */
void keep_withheld(struct exchange *);

/* remember.c: what the customer has of e->told, or is about to get, counts in
 * the conversation; the exchange waits until that is written. */
void remember_message(struct exchange *);

/* heed.c: the customer's words are kept, and a person has the conversation. */
void heed_customer(struct exchange *);
void heed_raised(struct exchange *, int result);

/* takeover.c */
void takeover_request(struct exchange *); /* the draft is e->told */
/* A person was asked for before, which only the audit log tells: ask again. */
void takeover_again(struct exchange *);
/* What a customer is told whom nobody has answered yet: at most once in a
 * while, else "". */
const char *takeover_text(struct exchange *);
void takeover_answer(struct exchange *); /* a person has the conversation */
/* With what the person wrote since, else the waiting text. */
void takeover_go_on(struct exchange *);
void takeover_say(struct exchange *); /* e->say, in Handrail's own name */
/* The person's words are written to the client, have left. */
void takeover_sending(struct exchange *);
void takeover_sent(struct exchange *);
/* The store knows. If the person had given it back, the next message waits
 * until the AI has it again. */
void takeover_marked(struct exchange *, int result);
void takeover_replies(
    struct exchange *, int err, const struct worker_replies *);

/* settle.c: write the decision over the message (withheld or not), wait for
 * what the verdict needs, then call. */
struct settle_message {
	enum guard_speaker speaker;
	struct span text; /* what the record commits to; of the AI the main
			     text of e->told, and not to be given */
	int64_t released; /* -1: not a stream */
	size_t turn;      /* of a customer: which of asked */
	bool note;        /* only recorded: another one decides */
	bool own;         /* Handrail's own approved words; speaker says
			     nothing */
};
void settle_decision(struct exchange *, const struct settle_message *,
    void (*then)(struct exchange *));
/* Give the message at hand its number in the conversation, unless it has one;
 * keep as in conversation_number. */
void settle_number(struct exchange *, bool keep);
struct record;
void settle_record(struct exchange *, struct record *, int need,
    void (*then)(struct exchange *));
/* The bot has spoken: may it still? Before e->told is made. */
void settle_moment(struct exchange *);
/* Is all speech of the AI paused at this moment? */
bool settle_is_silenced(const struct exchange *);
/* A handoff that is in memory only: nobody is promised a person whom a restart
 * would forget. */
bool settle_is_unkept(const struct exchange *);
/* The hit whose rule says why, of e->verdicts; n_hits: none. */
size_t settle_why(const struct exchange *);
/* Undecided, because edits make the text break a rule: which. */
bool settle_broken_by(const struct exchange *, struct guard_rule_info *out);
char *settle_broken_words(const struct guard_rule_info *); /* for free() */
/* What the bot sent could not be read: log why. */
void settle_log_unread(const struct exchange *);
/* The same for people and the record, for free(); NULL: another thing decided.
 */
char *settle_unread_words(const struct exchange *);
void settle_woken(struct exchange *, enum worker_wake, int result);
/* Fill in what every record of this exchange has. */
void settle_fill(const struct exchange *, struct record *);
/* Where the handoff goes at this time: the queue of the verdict, or the one
 * that takes over outside its hours. */
const char *settle_queue(const struct exchange *);
/* Why there is one, in a word: "rule", "zone", "cannot_decide", ... */
const char *settle_cause(const struct exchange *);

#endif
