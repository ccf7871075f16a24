/*
 * One SMTP session: greeting, EHLO, STARTTLS, EHLO again, AUTH; then it is
 * ready for transactions. It ends with QUIT where the server still listens.
 */
#ifndef SMTP_SESSION_H
#define SMTP_SESSION_H

#include <stdbool.h>

#include "envelope/outcome.h"
#include "profile/profile.h"
#include "profile/secret.h"
#include "smtp/dialogue.h"
#include "smtp/extension.h"

struct session {
	struct dialogue dialogue;
	struct extensions extensions;
	const struct profile *profile; /* borrowed */
	const struct server *server;   /* borrowed */
	struct secret *secret;	       /* borrowed; NULL: no login */
	struct buf own_name;	       /* what EHLO says */
	struct buf offered;  /* SASL mechanisms; extensions_add_mechanisms */
	enum tls_policy tls; /* for this server */
	bool is_loopback;    /* and no proxy goes on from there */
	bool is_unix, is_lmtp;
	size_t recipient_limit; /* for one transaction, as seen; 0: none */
	bool is_chunk_refused;	/* CHUNKING is offered, and BDAT not known */
	uint64_t mails;		/* how often MAIL was said */
	bool is_extended;	/* EHLO was taken, not HELO */
	const char *mechanism;	/* used to log in; NULL: none */
	bool is_broken; /* content was broken off: nothing more may be said */
	bool is_dismissed; /* the reply to QUIT was waited for */
	/* Recipients that a surplus reply could change; see on_surplus. */
	struct recipient **unconfirmed; /* the array is owned */
	size_t unconfirmed_count;
	bool has_taken; /* a reply to content that may be surplus was 2yz */
	bool is_out_of_step; /* there were more replies than commands */
	bool may_move;	     /* after failure: another server may do better */
	int64_t connected_at, secured_at; /* clock_now; 0: not */
	struct outcome trouble;		  /* why it could not be opened */
};

struct session_options {
	const struct profile *profile;
	const struct server *server;
	struct secret *secret;
	const struct observer *observer;
	int64_t deadline;
	bool by_proxy; /* the socket's other end is a proxy */
	/*
	 * Asks the server of the socket, in another connection, whether it
	 * speaks TLS from the start. NULL: it is not asked.
	 */
	bool (*speaks_tls)(void *context, int fd);
	void *context;
};

/*
 * Opens a session on a connected socket, which it takes. On failure
 * session->trouble says at which stage and why; session_close in any case.
 */
bool session_open(
    struct session *session, int fd, const struct session_options *options);
bool session_is_encrypted(const struct session *session);
/* Whether commands may go in groups (RFC 2920). */
bool session_is_pipelined(const struct session *session);
/* Whether it has had all the transactions it may have (RFC 9422). */
bool session_is_full(const struct session *session);
/*
 * Whether content may go as one BDAT in a group (RFC 3030): where nobody on
 * the way could take it for commands, or take BDAT out of the offer's meaning.
 */
bool session_is_chunked(const struct session *session);
/* The profile wants no recipient to get the mail unless all do. */
bool session_is_all_or_nothing(const struct session *session);
/*
 * Notes what a surplus reply, if this session still shows one, changes for the
 * recipient, which must stay where it is until the session is closed.
 */
void session_note_unconfirmed(struct session *session,
    struct recipient *recipient, enum on_surplus effect);
/* Replies match commands so far: a later surplus reply changes nothing. */
void session_confirm(struct session *session);
/*
 * Says QUIT (unless it was said already: quit_said) and waits a few seconds
 * for the reply. What the reply says changes nothing (RFC 5321 section
 * 4.1.1.10), but if yet another one follows, one before QUIT was surplus:
 * session->is_out_of_step.
 */
void session_dismiss(struct session *session, bool quit_said);
/* Dismisses the server, if that is not done yet, and frees the session. */
void session_close(struct session *session, bool quit_said);

#endif
