/*
 * What SPF looks at in a mail (RFC 7208 section 4.1): the address that its last
 * server sends from, the reverse-path, and the name of EHLO.
 */
#ifndef DOCTOR_SPF_MAIL_H
#define DOCTOR_SPF_MAIL_H

#include <stdbool.h>
#include <sys/socket.h>

#include "base/buf.h"

struct spf_mail {
	/* An IPv4 address that is mapped into IPv6 is one of IPv4 here. */
	bool is_ip4;
	unsigned char address[16]; /* 4 or 16 octets */
	/* Of the reverse-path; of a null one: "postmaster" and EHLO. */
	struct span local, domain; /* borrowed */
	struct span helo;	   /* borrowed */
};

/*
 * Fills it in; false: the address is neither IPv4 nor IPv6. The path is
 * borrowed, and so is the name.
 */
bool spf_mail_set(struct spf_mail *mail, const struct sockaddr_storage *socket,
    const char *path, const char *helo);
/*
 * Whether the mail's address is in the network, which is an address of 4 or 16
 * octets. No address is in a network of the other family.
 */
bool spf_mail_is_in(
    const struct spf_mail *mail, struct span network, unsigned prefix);
/* Adds the address: "192.0.2.1", or as "2.0.0.1.0.d.b.8...." (the macro i). */
void spf_mail_add_address(const struct spf_mail *mail, struct buf *out);

#endif
