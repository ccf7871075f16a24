/*
 * What server.c, server_mail.c, server_rcpt.c and server_data.c share, and
 * nobody else includes: one client's session.
 */
#ifndef SERVE_SERVER_PARTS_H
#define SERVE_SERVER_PARTS_H

#include <stdbool.h>

#include "serve/relay.h"
#include "serve/server.h"
#include "serve/server_io.h"
#include "serve/server_path.h"

/* A recipient as the client named it: who they are in the envelope. */
struct addressee {
	size_t *targets;
	size_t count;
};

struct serving {
	const struct service *service;
	struct server_io io;
	struct relay relay;
	struct transfer transfer;
	struct addressee *addressees;
	size_t addressee_count;
	bool is_expanded;     /* one of them is several */
	unsigned withdrawals; /* each costs the whole envelope once more */
	struct envelope_index index; /* of the transfer's envelope */
	bool has_mail;		     /* MAIL was accepted */
	bool is_greeted, is_extended, is_lmtp;
	bool is_over; /* no more is read */
	/* Of the client, since its last message. */
	unsigned mistakes, idle_commands;
	size_t vain_recipients; /* refused, or given up */
};

/* A reply of our own: "250 2.0.0 ok". A 50y is counted as a mistake. */
void serving_say(struct serving *serving, const char *reply);
/* False: it was refused. */
bool serving_read_argument(struct serving *serving, struct span argument,
    bool is_rcpt, struct mailbox *mailbox,
    struct server_parameters *parameters);
/* What the client did before its message no longer counts. */
void serving_forgive(struct serving *serving);
/* The client hears little of it, so whoever reads the log must. */
void serving_note_failure(
    const struct serving *serving, const struct outcome *outcome);
/* What was begun is forgotten. */
void serving_reset(struct serving *serving);

void serve_mail(struct serving *serving, struct span argument);
void serve_rcpt(struct serving *serving, struct span argument);
void serve_data(struct serving *serving, struct span argument);

#endif
