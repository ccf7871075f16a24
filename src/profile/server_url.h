/*
 * The URL of a server: smtp://host[:587], smtps://host[:465], lmtp://host[:24],
 * smtp+unix:/path, lmtp+unix:/path, srv:domain and mx:. A host is a name, an
 * IPv4 address or an IPv6 address in brackets. A user, a password or a query is
 * refused. Errors are ERROR_CONFIG and never show what could be a password.
 */
#ifndef PROFILE_SERVER_URL_H
#define PROFILE_SERVER_URL_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/text.h"

enum scheme {
	SCHEME_SMTP,  /* STARTTLS; port 587 */
	SCHEME_SMTPS, /* TLS from the start; port 465 */
	SCHEME_LMTP,  /* RFC 2033, STARTTLS; port 24 */
	SCHEME_SMTP_UNIX,
	SCHEME_LMTP_UNIX,
	SCHEME_SRV, /* the servers that a domain names (RFC 6186) */
	SCHEME_MX,  /* those of each recipient's domain (RFC 5321 section 5) */
};

struct server {
	enum scheme scheme;
	/* As host_name_parse gives it; "localhost": a Unix socket; "": mx: */
	char *host;
	unsigned short port; /* 0: a Unix socket, a domain, or mx: */
	char *domain; /* the SRV record's domain; NULL: not found by SRV */
	const char *service; /* of that record: "_submissions"; static */
	char *path;	     /* of the Unix socket; NULL: none */
	char *url; /* with port, for reports: "smtps://mail.example.com:465" */
};

/*
 * False if the list of URLs holds an "@", and so perhaps a password; the error
 * shows no part of the list.
 */
bool server_urls_are_clean(struct span urls, struct error *err);
/* Fills *server; free it also on failure. */
bool server_url_parse(
    struct server *server, struct span url, struct error *err);
void server_url_free(struct server *server);
/* Whether scheme, host, port and path are the same. */
bool server_url_equal(const struct server *a, const struct server *b);
/*
 * Fills *server with a host that the SRV records of `domain` (its scheme is
 * SCHEME_SRV) name.
 */
void server_url_set_target(struct server *server, const struct server *domain,
    enum scheme scheme, const char *host, unsigned short port);
/* Fills *server with a mail exchanger: smtp://host:25. */
void server_url_set_exchanger(struct server *server, const char *host);
/*
 * Adds a URL as a user writes it: "smtps://mail.example.com", with a port where
 * it is not that of the scheme, which is SMTP, SMTPS or LMTP.
 */
void server_url_add(
    struct buf *out, enum scheme scheme, const char *host, unsigned short port);
/* What people call it: its host, the path of its Unix socket, or mx:. */
const char *server_url_name(const struct server *server);
/* Its URL without the scheme: "mail.example.com:465"; or the path. Borrowed. */
const char *server_url_authority(const struct server *server);
/* Adds it with the port: "mail.example.com port 465"; or the path. */
void server_url_add_place(struct buf *out, const struct server *server);
bool server_url_is_unix(const struct server *server);
/*
 * Whether what is sent to the server stays on this machine. No name is looked
 * up, so that this is known only of localhost and of addresses.
 */
bool server_url_is_here(const struct server *server);
bool server_url_is_lmtp(const struct server *server);

#endif
