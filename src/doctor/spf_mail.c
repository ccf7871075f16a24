/* The address is kept in the order of the network, without its port. */
#include "doctor/spf_mail.h"

#include <netinet/in.h>
#include <string.h>

#include "address/domain.h"

#define IP4_LEN 4
#define IP6_LEN 16

static bool
set_address(struct spf_mail *mail, const struct sockaddr_storage *socket)
{
	const struct sockaddr_in *four = (const void *)socket;
	const struct sockaddr_in6 *six = (const void *)socket;

	switch (socket->ss_family) {
	case AF_INET:
		mail->is_ip4 = true;
		memcpy(mail->address, &four->sin_addr, IP4_LEN);
		return true;
	case AF_INET6:
		mail->is_ip4 = IN6_IS_ADDR_V4MAPPED(&six->sin6_addr);
		if (mail->is_ip4)
			memcpy(mail->address,
			    six->sin6_addr.s6_addr + IP6_LEN - IP4_LEN,
			    IP4_LEN);
		else
			memcpy(mail->address, &six->sin6_addr, IP6_LEN);
		return true;
	default:
		return false;
	}
}

bool
spf_mail_set(struct spf_mail *mail, const struct sockaddr_storage *socket,
    const char *path, const char *helo)
{
	struct span text = span_from(path);
	size_t at = span_find_last(text, '@');

	*mail = (struct spf_mail){.helo = span_from(helo)};
	mail->local = span_head(text, at);
	mail->domain = text.len > 0 ? domain_of_path(text) : mail->helo;
	/* RFC 7208 section 4.3 */
	if (at == text.len || at == 0)
		mail->local = SPAN("postmaster");
	return set_address(mail, socket);
}

bool
spf_mail_is_in(
    const struct spf_mail *mail, struct span network, unsigned prefix)
{
	const unsigned char *other = (const void *)network.at;
	unsigned octets = prefix / 8, bits = prefix % 8;

	if (network.len != (mail->is_ip4 ? IP4_LEN : IP6_LEN) ||
	    prefix > network.len * 8)
		return false;
	return memcmp(mail->address, other, octets) == 0 &&
	    (bits == 0 ||
		(mail->address[octets] ^ other[octets]) >> (8 - bits) == 0);
}

void
spf_mail_add_address(const struct spf_mail *mail, struct buf *out)
{
	size_t len = mail->is_ip4 ? IP4_LEN : IP6_LEN;

	for (size_t i = 0; i < len; i++) {
		unsigned octet = mail->address[i];

		if (i > 0)
			buf_add_char(out, '.');
		if (mail->is_ip4)
			buf_add_format(out, "%u", octet);
		else
			buf_add_format(out, "%x.%x", octet >> 4, octet & 15);
	}
}
