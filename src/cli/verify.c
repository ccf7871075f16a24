#include "cli/verify.h"

#include "cli/post.h"
#include "cli/prepare.h"

bool
verify_run(const struct options *options, int *exit_status, bool *input_read,
    struct error *err)
{
	struct prepared prepared = {0};
	bool done;

	*exit_status = 0;
	*input_read = true;
	done = prepare_envelope(&prepared, options, err) &&
	    post_submit(&prepared, options, exit_status, err);
	if (!done)
		post_tell_failure(&prepared, options, err);
	prepared_free(&prepared);
	return done;
}
