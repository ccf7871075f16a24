/*
 * -bv: prepares an envelope without a message and gives it to the code that
 * submits messages. The transaction ends after RCPT.
 */
#include "cli/verify.h"

#include "cli/outgoing.h"
#include "cli/report.h"
#include "cli/submit.h"

bool
verify_run(const struct options *options, struct mode_result *result,
    struct error *err)
{
	struct outgoing outgoing = {0};
	bool done = outgoing_prepare_envelope(&outgoing, options, err) &&
	    submit_outgoing(&outgoing, options, &result->exit_status, err);

	result->input_read = true;
	if (!done)
		report_print_error(
		    outgoing_report(&outgoing, options), err, stdout);
	outgoing_free(&outgoing);
	return done;
}
