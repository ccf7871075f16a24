/*
 * A message is read once to hash its body, and once more when it is sent. If
 * its file changes in between, the transfer breaks off, as it does without a
 * signature.
 */
#include "smtp/signing.h"

#include <time.h>

#include "dkim/body_hash.h"
#include "dkim/dkim_signature.h"
#include "dkim/from_domain.h"
#include "message/replay.h"

#define NOT_SIGNED "not signed with DKIM: "

bool
signing_is_due(const struct signing *signing)
{
	return signing != NULL && signing->keys != NULL &&
	    signing->keys->count > 0;
}

static bool
refuse_changed(struct error *err)
{
	return error_set(err, ERROR_TEMPORARY,
	    "cannot sign the message: it changed while it was being read");
}

/* Hashes the content behind the header section. */
struct hashing {
	size_t header; /* octets of it that are still to come */
	struct body_hash hash;
};

static bool
take_content(void *context, const char *data, size_t len)
{
	struct hashing *hashing = context;
	size_t header = len < hashing->header ? len : hashing->header;

	hashing->header -= header;
	body_hash_take(
	    &hashing->hash, span_skip((struct span){data, len}, header));
	return true;
}

static bool
hash_body(const struct message *message, const struct plan *plan,
    size_t header_len, unsigned char out[SHA256_OCTETS], struct error *err)
{
	struct hashing hashing = {.header = header_len};
	const struct message_sink sink = {take_content, &hashing};
	bool is_whole;

	body_hash_init(&hashing.hash);
	is_whole =
	    replay_message(message, plan, REPLAY_PLAIN, &sink) == REPLAY_DONE;
	if (!body_hash_end(&hashing.hash, out))
		return error_set(err, ERROR_CONFIG,
		    "cannot sign the message: SHA-256 does not work");
	return is_whole || refuse_changed(err);
}

/* Adds a field for each key. */
static bool
add_signatures(const struct signing *signing, const char *domain,
    struct span header, const unsigned char hash[SHA256_OCTETS],
    struct buf *out, struct error *err)
{
	struct dkim_signature signature = {.domain = domain,
	    .now = time(NULL),
	    .lifetime = signing->profile->dkim.lifetime / 1000};

	for (size_t i = 0; i < signing->keys->count; i++) {
		signature.key = signing->keys->list[i].key;
		signature.selector = signing->keys->list[i].selector;
		if (!dkim_signature_add(&signature, header, hash, out, err))
			return false;
	}
	return true;
}

static void
note_signed(const struct signing *signing, const char *domain,
    const struct observer *observer)
{
	struct buf text = {0};

	for (size_t i = 0; i < signing->keys->count; i++)
		buf_add_format(&text, "%s s=%s", i > 0 ? "," : "",
		    signing->keys->list[i].selector);
	observer_note(
	    observer, "signed with DKIM: d=%s,%s", domain, buf_text(&text));
	buf_free(&text);
}

static void
note_unsigned(
    struct signing *signing, const char *why, const struct observer *observer)
{
	if (!signing->is_told)
		observer_note(observer, "warning: " NOT_SIGNED "%s", why);
	signing->is_told = true;
}

/* Adds the fields to `out`, or none if they would not fit. */
static bool
make_fields(struct signing *signing, const struct message *message,
    const struct plan *plan, struct buf *out, const struct observer *observer,
    struct error *err)
{
	unsigned char hash[SHA256_OCTETS];
	struct buf header, domain = {0}, why = {0};
	bool done = replay_header(message, plan, &header);

	if (!done) {
		refuse_changed(err);
	} else if (from_domain_find(buf_span(&header),
		       signing->profile->dkim.domain, &domain, &why)) {
		done = hash_body(message, plan, header.len + 2, hash, err) &&
		    add_signatures(signing, buf_text(&domain),
			buf_span(&header), hash, out, err);
		if (done)
			note_signed(signing, buf_text(&domain), observer);
	} else {
		note_unsigned(signing, buf_text(&why), observer);
	}
	/* A header that is too large for it is sent without a signature. */
	if (!done && err->kind == ERROR_DATA) {
		buf_clear(out);
		note_unsigned(signing, err->text, observer);
		done = true;
	}
	buf_free(&header);
	buf_free(&domain);
	buf_free(&why);
	return done;
}

const struct plan *
signing_plan(struct signing *signing, const struct message *message,
    const struct plan *plan, const struct observer *observer, struct error *err)
{
	struct plan signed_plan = plan != NULL ? *plan : (struct plan){0};
	struct buf fields;
	bool done;

	for (size_t i = 0; i < signing->count; i++)
		if (signing->forms[i].from == plan)
			return &signing->forms[i].plan;
	if (signing->count == SIGNING_FORMS)
		return plan;
	buf_init(&fields, PLAN_HEADER_MAX);
	done = make_fields(signing, message, plan, &fields, observer, err);
	if (!done || fields.len == 0) {
		buf_free(&fields);
		return done ? plan : NULL;
	}
	if (plan != NULL)
		buf_add_span(&fields, buf_span(&plan->added));
	signed_plan.added = fields;
	signing->forms[signing->count].from = plan;
	signing->forms[signing->count].plan = signed_plan;
	return &signing->forms[signing->count++].plan;
}

void
signing_note(const struct profile *profile, const struct message *message,
    const struct plan *plan, struct buf *routine, struct buf *notes)
{
	const struct name_list *selectors = &profile->dkim.selectors;
	struct buf header, domain = {0}, why = {0};

	if (!signing_keys_are_wanted(profile))
		return;
	if (replay_header(message, plan, &header)) {
		if (from_domain_find(
			buf_span(&header), profile->dkim.domain, &domain, &why))
			buf_add_format(routine,
			    "field DKIM-Signature: added for %s, by %zu %s\n",
			    buf_text(&domain), selectors->count,
			    selectors->count == 1 ? "key" : "keys");
		else
			buf_add_format(notes, "warning: " NOT_SIGNED "%s\n",
			    buf_text(&why));
	}
	buf_free(&header);
	buf_free(&domain);
	buf_free(&why);
}

void
signing_free(struct signing *signing)
{
	for (size_t i = 0; i < signing->count; i++)
		buf_free(&signing->forms[i].plan.added);
	signing->count = 0;
}
