#include "mail/stage.h"

static const struct {
	const char *name;
	int64_t minutes;
} stages[] = {
    [STAGE_NONE] = {"-", 5},
    [STAGE_CONNECT] = {"connect", 5},
    [STAGE_GREETING] = {"greeting", 5},
    [STAGE_EHLO] = {"ehlo", 5},
    [STAGE_TLS] = {"tls", 5},
    [STAGE_AUTH] = {"auth", 5},
    [STAGE_MAIL] = {"mail", 5},
    [STAGE_RCPT] = {"rcpt", 5},
    [STAGE_DATA] = {"data", 2},
    [STAGE_CONTENT] = {"data", 10},
    [STAGE_QUIT] = {"quit", 5},
};

const char *
stage_name(enum stage stage)
{
	return stages[stage].name;
}

int64_t
stage_timeout(enum stage stage)
{
	return stages[stage].minutes * 60 * 1000;
}
