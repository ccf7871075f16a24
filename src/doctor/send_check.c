/*
 * Judges the test mail of --send. It is the last check, and no mail is sent
 * where another one has failed: what the mail would meet is known then.
 */
#include "doctor/send_check.h"

#include "profile/provider.h"

#define SEND_ID "mail.send"

static void
judge(struct diagnosis *diagnosis, const struct outcome *outcome)
{
	const struct server *server = diagnosis->trial.server;
	const char *host = trial_server_name(&diagnosis->trial);
	const char *hint = provider_advice(diagnosis->profile, server, outcome);
	struct finding *finding;
	struct buf reply = {0};

	reply_add_line(&reply, &outcome->reply);
	if (outcome->action == ACTION_RELAYED && !outcome->in_doubt)
		finding = finding_add(&diagnosis->findings, SEND_ID,
		    SEVERITY_OK, "%s took the test mail to %s: %s", host,
		    diagnosis->send_to, buf_text(&reply));
	else
		finding = finding_add(&diagnosis->findings, SEND_ID,
		    SEVERITY_FAILURE, "%s %s the test mail to %s: %s", host,
		    outcome->in_doubt ? "may have taken" : "did not take",
		    diagnosis->send_to, buf_text(&reply));
	if (finding->severity == SEVERITY_FAILURE && hint != NULL)
		finding_set_hint(finding, "%s", hint);
	buf_free(&reply);
}

void
send_check_mail(struct diagnosis *diagnosis)
{
	const char *failed = finding_first_failure(&diagnosis->findings);
	struct outcome outcome = {0};
	struct error err = {0};

	if (diagnosis->send_to == NULL) {
		finding_add(&diagnosis->findings, SEND_ID, SEVERITY_SKIPPED,
		    "no test mail was asked for");
	} else if (failed != NULL) {
		finding_add_skipped(&diagnosis->findings, SEND_ID, failed);
	} else if (diagnosis->send_to[0] == '\0') {
		finding_set_hint(
		    finding_add(&diagnosis->findings, SEND_ID, SEVERITY_FAILURE,
			"the test mail has no recipient: the profile names no "
			"sender"),
		    "name a recipient: --send ADDRESS");
	} else if (!diagnosis->send(
		       diagnosis->context, diagnosis, &outcome, &err)) {
		finding_add_error(
		    &diagnosis->findings, SEND_ID, SEVERITY_FAILURE, &err);
	} else {
		judge(diagnosis, &outcome);
		/* What a mail meets is known better now. */
		outcome_copy(&diagnosis->trial.outcome, &outcome);
	}
	outcome_free(&outcome);
}
