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

struct session {
	struct dialogue dialogue;
	struct extensions extensions;
	const struct profile *profile; /* borrowed */
	const struct server *server;   /* borrowed */
	struct secret *secret;	       /* borrowed; NULL: no login */
	struct buf own_name;	       /* the client's name for EHLO */
	struct buf offered;	       /* see extensions_add_mechanisms */
	enum tls_policy tls;	       /* for this server */
	bool is_loopback;	       /* the server itself is on this host */
	bool is_unix, is_lmtp;
	size_t recipient_limit; /* seen in a transaction; 0: none */
	bool is_chunk_refused;	/* CHUNKING is offered, but BDAT unknown */
	uint64_t mails;		/* MAIL commands sent so far */
	bool is_extended;	/* EHLO was accepted, not HELO */
	const char *mechanism;	/* used to log in; NULL: none */
	bool is_broken;		/* no command may be sent any more, even QUIT */
	bool is_dismissed;	/* QUIT is over */
	/* Recipients that a surplus reply could change; see on_surplus. */
	struct recipient **unconfirmed; /* the array is owned */
	size_t unconfirmed_count;
	bool has_taken; /* a 2yz that may be surplus may have taken content */
	bool is_out_of_step; /* there were more replies than commands */
	bool may_move;	     /* if it failed: another server may do better */
	int64_t connected_at, secured_at; /* clock_now; 0: not yet */
	struct outcome trouble;		  /* why opening or login failed */
};

/* All pointers are borrowed until session_close. */
struct session_options {
	const struct profile *profile;
	const struct server *server;
	struct secret *secret;		 /* NULL: no login */
	const struct observer *observer; /* may be NULL */
	int64_t deadline;		 /* for the whole run; clock_now */
	bool by_proxy; /* the socket is connected to a proxy */
	/*
	 * Called if the server is silent: asks it in another connection
	 * whether it speaks TLS from the start. NULL: it is not asked.
	 */
	bool (*speaks_tls)(void *context, int fd);
	void *context;
};

/*
 * Opens a session on a connected socket, which it takes. False:
 * session->trouble says at which stage and why. In any case the caller must
 * call session_close.
 */
bool session_open(
    struct session *session, int fd, const struct session_options *options);
bool session_is_encrypted(const struct session *session);
/* Whether commands may be sent before earlier ones are answered (RFC 2920). */
bool session_is_pipelined(const struct session *session);
/* Whether the server takes no more transactions (LIMITS MAILMAX, RFC 9422). */
bool session_is_full(const struct session *session);
/*
 * Whether content may be sent by BDAT together with other commands (RFC 3030).
 * In clear over a network it may not: a firewall that does not know BDAT could
 * take the content for commands.
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
 * Sends QUIT, unless it was sent already (quit_said), and waits a few seconds
 * for the reply, which changes nothing (RFC 5321 section 4.1.1.10). But if
 * another reply follows, the server sent one too many before:
 * session->is_out_of_step is set.
 */
void session_dismiss(struct session *session, bool quit_said);
/* Dismisses the server, if that is not done yet, and frees the session. */
void session_close(struct session *session, bool quit_said);

#endif
