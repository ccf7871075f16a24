/*
 * The table of mail services that many people use: one row says everything
 * about a service, from its servers to what its refusals mean.
 */
#ifndef PROFILE_PROVIDER_TABLE_H
#define PROFILE_PROVIDER_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct provider_hint;

#define PROVIDER_VARIANTS_MAX 6

/* What the user name of the login is. */
enum user_form {
	USER_FORM_ADDRESS, /* the mailbox that sends */
	USER_FORM_LOGIN,   /* an address, but not that of the sender */
	USER_FORM_KEY,	   /* a key, never an address */
	USER_FORM_LITERAL, /* the same word for all users */
	USER_FORM_ANY,
};

/* Some services have different servers by region or by kind of use. */
struct provider_variant {
	const char *name;    /* after the colon; NULL: the first, unnamed one */
	const char *servers; /* as in `server`; '*' stands for a region */
	/* The domains of its users' addresses; NULL: none. */
	const char *domains;
	/*
	 * What the names of the mail servers (MX) end in that its customers'
	 * domains have; NULL: none, or not known.
	 */
	const char *mx;
};

struct provider {
	const char *name; /* for the setting `provider` */
	const char *title;
	struct provider_variant variants[PROVIDER_VARIANTS_MAX];
	const char *hosts; /* older names of its servers; NULL: none */
	/*
	 * For customers' domains, any of these: what their SPF record includes,
	 * and the selectors of their DKIM keys; NULL: it varies, or not known.
	 */
	const char *spf, *selectors;
	enum user_form form;
	const char *user;	/* that word, or what the user name is called */
	const char *oauth;	/* the value of `oauth`; NULL: not known */
	const char *mechanisms; /* what the servers offer, for --providers */
	uint64_t size_limit;	/* octets, if the server announces none */
	size_t recipient_limit; /* of one transaction; 0: not known */
	bool own_sender;	/* accepts mail only from its user's address */
	bool strict_user;	/* refuse a user name of another form */
	bool judges_content;	/* checks the sender after the content only */
	bool no_chunking;	/* offers CHUNKING, but works better without */
	const char *login;	/* the hint for a login that was refused */
	/* For other refusals; NULL: none. provider_hint_table.h */
	const struct provider_hint *hints;
	const char *note; /* for --providers; "-": none */
};

extern const struct provider provider_table[];
extern const size_t provider_table_count;

#endif
