/*
 * One SMTP or LMTP session: greeting, EHLO, STARTTLS and EHLO again; then it is
 * ready for a login (login.h) and for transactions. It ends with QUIT.
 */
#ifndef SMTP_SESSION_H
#define SMTP_SESSION_H

#include <stdbool.h>

#include "envelope/outcome.h"
#include "profile/profile.h"
#include "profile/secret.h"
#include "smtp/dialogue.h"
#include "smtp/extension.h"
#include "smtp/mx_policy.h"

struct session {
	struct dialogue dialogue;
	struct extensions extensions;
	const struct profile *profile; /* borrowed */
	const struct server *server;   /* borrowed */
	/* Of a mail exchanger; NULL: the profile decides alone; borrowed. */
	const struct mx_verdict *verdict;
	struct secret *secret; /* borrowed; NULL: no login */
	struct buf own_name;   /* the client's name for EHLO */
	struct buf offered;    /* see extensions_add_mechanisms */
	enum tls_policy tls;   /* for this server */
	bool is_loopback;      /* the server itself is on this host */
	bool is_unix, is_lmtp;
	bool diagnose;		/* see session_options */
	size_t recipient_limit; /* seen in a transaction; 0: none */
	bool is_chunk_refused;	/* CHUNKING is offered, but BDAT is unknown */
	/*
	 * Several letters share the session: none goes by BDAT, because the
	 * 354 to DATA confirms the replies to the letter before.
	 */
	bool is_shared;
	bool has_next; /* another letter follows this one: no QUIT after it */
	bool is_unfit_for_flights; /* not for MAIL right after a content */
	uint64_t mails;		   /* MAIL commands sent so far */
	bool is_extended;	   /* EHLO was accepted, not HELO */
	bool is_login_said;	   /* AUTH was sent */
	const char *mechanism;	   /* used to log in; NULL: none */
	bool is_broken;	   /* no command may be sent any more, not even QUIT */
	bool is_dismissed; /* QUIT was sent and its reply read or given up */
	/* Recipients that a surplus reply could change; see on_surplus. */
	struct recipient **unconfirmed; /* the array is owned */
	size_t unconfirmed_count;
	/* A surplus 2yz was heard: it may mean that content was taken. */
	bool has_taken;
	bool is_out_of_step; /* replies and commands do not match */
	bool lacks_reply;    /* there were fewer replies than commands */
	bool may_move;	     /* after a failure: another server may be tried */
	/* clock_now; 0: not yet. Ready: for a login. */
	int64_t connected_at, secured_at, ready_at;
	struct outcome trouble; /* why opening or login failed */
};

/* All pointers are borrowed until session_close. */
struct session_options {
	const struct profile *profile;
	const struct server *server;
	/* What holds for this mail exchanger; NULL: it is none. */
	const struct mx_verdict *verdict;
	struct secret *secret;		 /* NULL: no login */
	const struct observer *observer; /* may be NULL */
	int64_t deadline;		 /* for the whole run; clock_now */
	bool by_proxy; /* the socket is connected to a proxy */
	/* What the socket leads to; the session then owns it. NULL: no command.
	 */
	struct tunnel *tunnel;
	/*
	 * Called if the server is silent: checks in another connection whether
	 * it uses TLS from the start. NULL: no check.
	 */
	bool (*speaks_tls)(void *context, int fd);
	void *context;
	/*
	 * Goes on whatever is wrong with the certificate, to find out more (see
	 * tls_distrust). Never with a secret: then it has no effect.
	 */
	bool diagnose;
	/* Replies must not show it, though it is not used; NULL: none. */
	const struct secret *hidden;
};

/*
 * Opens a session on a connected socket and takes ownership of it. False:
 * session->trouble gives the stage and the reason. In any case the caller must
 * call session_close.
 */
bool session_open(
    struct session *session, int fd, const struct session_options *options);
bool session_is_encrypted(const struct session *session);
/* Whether commands may be sent before earlier ones are answered (RFC 2920). */
bool session_is_pipelined(const struct session *session);
/* Whether the server accepts no more transactions (MAILMAX, RFC 9422). */
bool session_is_full(const struct session *session);
/*
 * Whether content may be sent by BDAT together with other commands (RFC 3030).
 * Not without encryption over a network: a firewall that does not know BDAT
 * could take the content for commands.
 */
bool session_is_chunked(const struct session *session);
/* Whether no recipient may get the mail unless all do (partial). */
bool session_is_all_or_nothing(const struct session *session);
/*
 * Notes how a surplus reply, if one is still found, would change the
 * recipient's outcome. The recipient must stay at its address until the session
 * is closed.
 */
void session_note_unconfirmed(struct session *session,
    struct recipient *recipient, enum on_surplus effect);
/* Call it when replies are known to match commands: forgets those notes. */
void session_confirm(struct session *session);
/*
 * Sends QUIT, unless it was sent already (quit_said), and waits a few seconds
 * for the reply, which changes nothing (RFC 5321 section 4.1.1.10). But if
 * another reply follows, the server sent one too many before, and
 * session->is_out_of_step is set.
 */
void session_dismiss(struct session *session, bool quit_said);
/* Calls session_dismiss, if that was not done, and frees the session. */
void session_close(struct session *session, bool quit_said);

#endif
