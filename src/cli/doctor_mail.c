/*
 * Composes the test mail and submits it. The secret is that of the diagnosis,
 * so that no command runs twice and nobody is asked twice.
 */
#include "cli/doctor_mail.h"

#include "base/mem.h"
#include "cli/shipment.h"
#include "smtp/dispatch.h"

static const char text[] =
    "This mail is a test. smtpost --doctor --send sent it, to see whether the\n"
    "server takes a mail, and whether it arrives.\n";

static void
fill(struct composition *composition, const char *to)
{
	composition->subject = mem_copy_text("Test mail of smtpost");
	composition_add_addresses(&composition->operands, span_from(to));
	composition->text.source = PART_TEXT;
	composition->text.text = span_from(text);
	composition->fields =
	    mem_copy_text("Auto-Submitted: auto-generated\r\n");
}

/* The outcome of the recipient for whom it went worst. */
static void
take_worst(const struct envelope *envelope, struct outcome *outcome)
{
	for (size_t i = 0; i < envelope->count; i++)
		if (outcome_outweighs(
			&envelope->recipients[i].outcome, outcome))
			outcome_copy(outcome, &envelope->recipients[i].outcome);
}

bool
doctor_mail_send(struct diagnosis *diagnosis, const struct options *options,
    struct outcome *outcome, struct error *err)
{
	struct options own = *options;
	struct shipment shipment = {0};
	struct outgoing *outgoing = &shipment.outgoing;
	struct log_watch watch;
	const struct observer *observer;
	bool done;

	own.mode = MODE_RUN; /* a message that is composed */
	outgoing->profile = *diagnosis->profile;
	outgoing->shares_profile = true;
	fill(&outgoing->composition, diagnosis->send_to);
	done = outgoing_compose(outgoing, &own, err) &&
	    outgoing_complete(outgoing, &own, err);
	if (done) {
		observer = log_watch_init(&watch, diagnosis->observer);
		shipment_init(&shipment, &own, observer);
		if (secret_is_wanted(diagnosis->profile))
			shipment.submission.secret = &diagnosis->secret;
		if (diagnosis_fetch_secret(diagnosis))
			shipment.submission.signing_keys =
			    &diagnosis->secret.signing_keys;
		shipment_filter(&shipment);
		dispatch_run_one(&shipment.submission, &outgoing->envelope);
		take_worst(&outgoing->envelope, outcome);
		shipment_log(&shipment, &watch);
		log_watch_free(&watch);
	}
	shipment_free(&shipment);
	return done;
}
