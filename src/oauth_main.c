/*
 * smtpost-oauth: keeps OAuth logins and gives access tokens to smtpost and to
 * other programs. Its only output is what a command was asked for.
 */
#include <sysexits.h>

#include "base/error.h"
#include "base/mem.h"
#include "base/program_start.h"
#include "base/signals.h"
#include "oauth/oauth_command.h"
#include "oauth/print.h"

int
main(int argc, char **argv)
{
	struct error err = {0};
	int status;

	mem_set_program("smtpost-oauth");
	mem_set_exit_status(EX_TEMPFAIL);
	if (program_start(true, &err)) {
		signals_catch();
		status = oauth_command_run(argc, argv, &err);
	} else {
		status = error_exit_status(err.kind);
	}
	if (err.kind != ERROR_NONE)
		print_fault(&err);
	return status;
}
