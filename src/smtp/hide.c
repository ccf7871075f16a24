#include "smtp/hide.h"

#include "base/base64.h"
#include "base/buf.h"
#include "profile/secret.h"
#include "smtp/dialogue.h"

#define FORM_MAX ((size_t)64 * 1024)

void
hide_forms(struct dialogue *dialogue, struct span secret)
{
	struct buf form, padded;

	if (secret.len == 0)
		return;
	buf_init(&form, FORM_MAX);
	buf_init(&padded, FORM_MAX);
	dialogue_hide(dialogue, secret);
	for (size_t shift = 0; shift < 3; shift++) {
		/* Only the digits that depend on the secret alone. */
		size_t first = shift + (shift > 0);
		size_t bits = (shift + secret.len) * 8;

		buf_clear(&form);
		buf_clear(&padded);
		buf_add(&padded, "\0\0", shift);
		buf_add_span(&padded, secret);
		base64_encode(&form, buf_span(&padded));
		/* So few digits count only with their padding (echo.h). */
		if (shift == 0 && secret.len < 3)
			dialogue_hide(dialogue, buf_span(&form));
		dialogue_hide(dialogue,
		    span_skip(span_head(buf_span(&form), bits / 6), first));
	}
	buf_clear(&form);
	for (size_t i = 0; i < secret.len; i++)
		buf_add_format(&form, "%02x", (unsigned char)secret.at[i]);
	dialogue_hide(dialogue, buf_span(&form));
	buf_wipe(&form);
	buf_wipe(&padded);
}

void
hide_secret(struct dialogue *dialogue, const struct secret *secret)
{
	if (secret == NULL)
		return;
	hide_forms(dialogue, buf_span(&secret->password));
	hide_forms(dialogue, buf_span(&secret->token));
}
