/*
 * Compares the message and its addresses with what the server offers. Other
 * forms of the message are made only when a server needs them.
 */
#include "smtp/letter.h"

#include "fixup/planned_message.h"
#include "message/replay.h"
#include "tls/tls.h"

/* RFC 6531 section 4.2 */
static const struct status status_addresses = {5, 6, 7};
static const struct status status_header = {5, 6, 9};
/* RFC 3463 section 3.4: message too big for system */
static const struct status status_size = {5, 3, 4};

static bool
has_utf8(const struct session *session)
{
	return extensions_has(&session->extensions, EXTENSION_SMTPUTF8);
}

bool
letter_check_path(const struct session *session, const char *path,
    enum stage stage, struct outcome *ending)
{
	if (span_is_ascii(span_from(path)) || has_utf8(session))
		return true;
	outcome_set_own(ending, stage, CAUSE_CONTENT,
	    "the address needs SMTPUTF8 and the server does not offer it");
	ending->reply.status = status_addresses;
	return false;
}

bool
letter_check_recipients(const struct session *session,
    struct envelope *envelope, struct outcome *ending)
{
	bool has_failed = false;
	bool all_fit = has_utf8(session) || !envelope_needs_utf8(envelope);

	for (size_t i = 0; !all_fit && i < envelope->count; i++) {
		struct recipient *recipient = &envelope->recipients[i];

		if (recipient->outcome.action != ACTION_NONE ||
		    letter_check_path(session, recipient->forward_path,
			STAGE_RCPT, &recipient->outcome))
			continue;
		reply_copy(&recipient->rcpt_reply, &recipient->outcome.reply);
		outcome_copy(ending, &recipient->outcome);
		has_failed = true;
	}
	if (has_failed && envelope_has_open(envelope) &&
	    session_is_all_or_nothing(session)) {
		outcome_set_own(ending, STAGE_MAIL, CAUSE_CONTENT,
		    "not sent: another recipient was refused");
		envelope_settle_open(envelope, ending);
	}
	ending->stage = STAGE_MAIL;
	return envelope_has_open(envelope);
}

void
letter_set_changed(const struct letter *letter, struct outcome *ending)
{
	outcome_set_own(ending, STAGE_CONTENT, CAUSE_TEMPORARY,
	    "%s changed while it was being sent",
	    message_changed_name(letter->message));
}

/* What the server can carry. */
struct carrier {
	bool has_eight_bit, has_utf8; /* 8BITMIME, SMTPUTF8 */
	const struct observer *observer;
};

static struct carrier
carrier_of(const struct session *session)
{
	return (struct carrier){
	    .has_eight_bit =
		extensions_has(&session->extensions, EXTENSION_8BITMIME),
	    .has_utf8 = has_utf8(session),
	    .observer = session->dialogue.observer,
	};
}

/* An error of a plan or of a signature ends the transaction at MAIL. */
static bool
refuse(const struct error *err, struct outcome *ending)
{
	outcome_set_own(ending, STAGE_MAIL,
	    err->kind == ERROR_DATA ? CAUSE_CONTENT : CAUSE_TEMPORARY, "%s",
	    err->text);
	return false;
}

/*
 * Whether the letter should be without 8-bit octets for any server: the next
 * one on the way that encodes them breaks a signature (RFC 6376 section 5.3).
 */
static bool
wants_seven_bit(const struct letter *letter)
{
	return signing_is_due(letter->signing) && letter->plan != NULL &&
	    letter->plan->is_repairable;
}

static bool
make_seven_bit(const struct carrier *carrier, const struct letter *letter,
    struct error *err)
{
	if (letter->seven_bit->has_facts)
		return true;
	if (!fixup_plan_seven_bit(
		letter->seven_bit, letter->plan, letter->message, err))
		return false;
	observer_note_lines(
	    carrier->observer, buf_span(&letter->seven_bit->routine));
	/* Field notes were already reported with the first plan. */
	observer_warn_lines(carrier->observer,
	    span_skip(buf_span(&letter->seven_bit->notes),
		letter->seven_bit->field_notes));
	return true;
}

/* Without 8BITMIME (RFC 6152) the message is sent by the 7-bit plan. */
static bool
fit_seven_bit(const struct carrier *carrier, struct letter *letter,
    struct outcome *ending)
{
	struct error err = {0};
	bool has_plan = letter->seven_bit != NULL && letter->plan != NULL;

	if (!plan_facts(letter->plan, letter->message)->has_eight_bit ||
	    (carrier->has_eight_bit && !(has_plan && wants_seven_bit(letter))))
		return true;
	if (!has_plan) {
		outcome_set_own(ending, STAGE_MAIL, CAUSE_CONTENT,
		    "the message has 8-bit octets and the server does not "
		    "offer 8BITMIME");
		return false;
	}
	if (make_seven_bit(carrier, letter, &err)) {
		letter->plan = letter->seven_bit;
		return true;
	}
	/* What cannot be encoded is signed as it is. */
	return (carrier->has_eight_bit && err.kind == ERROR_DATA) ||
	    refuse(&err, ending);
}

/*
 * RFC 6531 section 3.4. In a repairable header everything but an address can
 * be encoded, so only an address needs the extension. Octets that are not
 * UTF-8 never need it.
 */
static bool
has_utf8_header(const struct letter *letter)
{
	if (!plan_facts(letter->plan, letter->message)->header.has_eight_bit)
		return false;
	return letter->plan != NULL && letter->plan->is_repairable
	    ? planned_message_has_utf8_address(letter->message, letter->plan)
	    : planned_message_has_utf8_header(letter->message, letter->plan);
}

bool
letter_needs_utf8(const struct envelope *envelope, const struct letter *letter)
{
	return envelope_needs_utf8(envelope) ||
	    (letter->message != NULL && has_utf8_header(letter));
}

/* RFC 6532 section 3.6: no encoded words among fields in UTF-8. */
static bool
fit_utf8(const struct carrier *carrier, struct letter *letter,
    struct outcome *ending)
{
	struct error err = {0};
	bool has_words, encodes_body;

	letter->is_utf8 = true;
	if (letter->utf8 == NULL || letter->plan == NULL)
		return true;
	has_words = fixup_has_words(letter->plan);
	encodes_body = wants_seven_bit(letter) &&
	    plan_facts(letter->plan, letter->message)->body.has_eight_bit;
	if (!has_words && !encodes_body)
		return true;
	if (!letter->utf8->has_facts &&
	    !fixup_plan_utf8(letter->utf8, letter->plan, letter->message,
		encodes_body, &err))
		return refuse(&err, ending);
	if (has_words)
		observer_note(carrier->observer,
		    "fields in UTF-8 are not encoded, since the mail needs "
		    "SMTPUTF8 anyway");
	letter->plan = letter->utf8;
	return true;
}

static bool
sign(const struct carrier *carrier, struct letter *letter,
    struct outcome *ending)
{
	struct error err = {0};
	const struct plan *plan;

	if (!signing_is_due(letter->signing))
		return true;
	plan = signing_plan(letter->signing, letter->message, letter->plan,
	    carrier->observer, &err);
	if (plan == NULL)
		return refuse(&err, ending);
	letter->plan = plan;
	return true;
}

static bool
fit_characters(const struct session *session, const struct envelope *envelope,
    struct letter *letter, struct outcome *ending)
{
	const struct carrier carrier = carrier_of(session);
	bool is_due = letter_needs_utf8(envelope, letter);

	if (!letter_check_path(
		session, envelope->reverse_path, STAGE_MAIL, ending))
		return false;
	if (is_due && carrier.has_utf8)
		return fit_utf8(&carrier, letter, ending);
	if (letter->message == NULL)
		return true;
	/* A header that must not be changed is sent unchanged. */
	if (!is_due || letter->plan == NULL || !letter->plan->is_repairable)
		return fit_seven_bit(&carrier, letter, ending);
	outcome_set_own(ending, STAGE_MAIL, CAUSE_CONTENT,
	    "the header holds an address beyond ASCII and the server does "
	    "not offer SMTPUTF8");
	ending->reply.status = status_header;
	return false;
}

bool
letter_check_size(
    const struct session *session, uint64_t size, struct outcome *ending)
{
	uint64_t limit = session->extensions.size_limit;

	if (limit == 0 || size <= limit)
		return true;
	outcome_set_own(ending, STAGE_MAIL, CAUSE_CONTENT,
	    "the message has %llu octets, the server accepts %llu",
	    (unsigned long long)size, (unsigned long long)limit);
	ending->reply.status = status_size;
	return false;
}

bool
letter_check_requiretls(
    const struct session *session, enum stage stage, struct outcome *ending)
{
	const struct tls *tls = stream_tls(session->dialogue.stream);
	bool is_trusted = tls != NULL && tls_distrust(tls) == NULL;

	if (is_trusted &&
	    extensions_has(&session->extensions, EXTENSION_REQUIRETLS))
		return true;
	outcome_set_own(ending, stage, CAUSE_REFUSED,
	    is_trusted
		? "REQUIRETLS is needed, and the server does not offer it"
		: "REQUIRETLS: there is no encryption with a certificate that "
		  "is trusted\nhint: tls = required");
	outcome_set_status(ending, mx_policy_no_requiretls);
	return false;
}

bool
letter_fit(const struct session *session, const struct envelope *envelope,
    const struct letter *letter, struct letter *fitted, struct outcome *ending)
{
	const struct carrier carrier = carrier_of(session);

	*fitted = letter != NULL ? *letter : (struct letter){0};
	if ((envelope_must_have_tls(envelope) &&
		!letter_check_requiretls(session, STAGE_MAIL, ending)) ||
	    !fit_characters(session, envelope, fitted, ending))
		return false;
	if (letter == NULL)
		return true;
	if (!sign(&carrier, fitted, ending))
		return false;
	fitted->size = replay_size(fitted->message, fitted->plan);
	return letter_check_size(session, fitted->size, ending);
}

bool
letter_preview(
    const struct envelope *envelope, struct letter *letter, struct error *err)
{
	static const struct carrier carrier = {true, true, NULL};
	struct outcome ending = {0};
	bool done = (letter_needs_utf8(envelope, letter)
			    ? fit_utf8(&carrier, letter, &ending)
			    : fit_seven_bit(&carrier, letter, &ending)) &&
	    sign(&carrier, letter, &ending);

	if (!done)
		error_set(err,
		    ending.cause == CAUSE_CONTENT ? ERROR_DATA
						  : ERROR_TEMPORARY,
		    "%s", buf_text(&ending.reply.text));
	outcome_free(&ending);
	return done;
}

bool
letter_may_end(const struct letter *letter, const struct session *session,
    enum stage stage, struct outcome *ending)
{
	const struct journal *journal = letter->journal;

	if (journal == NULL ||
	    journal->before_end(journal->context, session->server))
		return true;
	outcome_set_own(ending, stage, CAUSE_TEMPORARY,
	    "not sent: its record could not be written");
	return false;
}
