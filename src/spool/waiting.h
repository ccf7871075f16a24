/*
 * A mail that waits: what its envelope file (ID.env) says. The file begins
 * with a head that never changes and goes on with records, one fact a line,
 * which are only ever added; the last record about a recipient counts. These
 * functions turn octets into facts and facts into octets; they open no file.
 */
#ifndef SPOOL_WAITING_H
#define SPOOL_WAITING_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "envelope/envelope.h"
#include "spool/id.h"
#include "spool/outcome_word.h"

#define WAITING_OCTETS_MAX                                           \
	((size_t)64 * 1024 * 1024)	      /* of an envelope file \
					       */
#define WAITING_LINE_MAX ((size_t)128 * 1024) /* octets of a line */
/*
 * Outcomes that the records of a file give to recipients. With more of them it
 * counts as damaged, since it takes too long to read; it is written anew before
 * (compaction.h).
 */
#define WAITING_STEPS_MAX ((uint64_t)20 * 1000 * 1000)

enum waiting_kind {
	WAITING_MAIL,
	WAITING_NOTIFICATION, /* about a mail; about it none is ever made */
};

/* What the queue remembers of a recipient beside the envelope's outcome. */
struct waiting_recipient {
	bool is_notified;      /* a notification of its end was begun */
	unsigned notification; /* the last about it; 1 is the mail's first */
	size_t result;	       /* its last `result`; 1 is the mail's first */
	size_t doubt;	       /* its last `result` in doubt; 0: it was never */
	size_t stake; /* the number of the last doubt that names it; 0: none */
};

struct waiting {
	/* The head */
	struct id id;
	enum waiting_kind kind;
	struct id parent;  /* of a notification: the mail that it is about */
	int64_t arrived;   /* seconds since 1970 */
	int64_t clock;	   /* the spool's clock, in seconds, when its lifetime
			    * began: then, or when it was released */
	unsigned long uid; /* of the caller */
	char *profile;	   /* owned, as all texts here */
	char *config;	   /* of --config; NULL: none */
	uint64_t content_size;
	uint32_t content_sum; /* CRC-32C */
	char *message_id;     /* NULL: none */
	bool needs_utf8;      /* SMTPUTF8 (RFC 6531) */
	bool wants_copy;      /* a sent copy is made for its first recipient */
	bool is_unfiltered;   /* filter-command comes before each attempt */
	/*
	 * The outcomes are those of the last attempt. A recipient is open
	 * unless it is relayed or failed.
	 */
	struct envelope envelope;
	struct waiting_recipient *recipients; /* as many as in the envelope */

	/* From the records */
	bool is_held;
	bool is_done;	 /* nothing is left to do: the files can go */
	bool is_removed; /* by hand */
	bool is_dead;	 /* it belongs in the folder `dead` */
	bool is_doubted; /* the end of a content may have gone out since the
			  * last result: see waiting_is_at_stake */
	bool is_doubt_of_some; /* only of those that the records name */
	size_t stakes;	       /* how many doubts have begun so far */
	bool is_unsure;	       /* a result since the last `next` is in doubt */
	unsigned doubts;       /* how many attempts ended in doubt */
	unsigned attempts;
	int64_t not_before;	/* 0: at once */
	int64_t next;		/* the next attempt, as it was planned; 0 */
	int64_t tried;		/* the last attempt; 0: there was none */
	unsigned long pid;	/* of the process that began it */
	char *host;		/* and its host */
	bool is_warned;		/* of the delay, by a notification */
	bool is_notifying;	/* a notification was begun, and is not made */
	unsigned notifications; /* begun so far */
	/* The last one that was begun: its name, and what it says. */
	struct id notification;
	enum notification_event event;
	size_t results;	   /* how many records `result` there are */
	uint64_t steps;	   /* see WAITING_STEPS_MAX */
	bool is_rewritten; /* the file was written anew (compaction.h) */

	/* The octets of the file that count, those of its head, and their
	 * checksum. */
	size_t len, head_len;
	uint32_t sum;
};

enum waiting_result {
	WAITING_READ,
	WAITING_DAMAGED, /* the head is not whole, or not one */
	WAITING_NEWER,	 /* it holds what only a later smtpost knows */
};

/*
 * Reads a whole envelope file. What is after the last whole line does not
 * count: waiting->len is where the next record goes. *waiting is all-zero
 * before, and freed by the caller in any case.
 */
enum waiting_result waiting_read(struct waiting *waiting, struct span text);
void waiting_free(struct waiting *waiting);

/* Takes one record, without its checksum, as waiting_read would. */
void waiting_take_record(struct waiting *waiting, struct span line);

/*
 * Whether an open recipient is one of those who may have the content whose end
 * may have gone out (is_doubted).
 */
bool waiting_is_at_stake(const struct waiting *waiting, size_t recipient);

/* Whether recipients with equal codes share the text of a reply in a record. */
bool waiting_has_very_many(const struct waiting *waiting);
/* As much of a reply as is kept: less of it for very many recipients. */
struct span waiting_cut_text(const struct waiting *waiting, struct span text);

#endif
