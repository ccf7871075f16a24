/*
 * The files below `server`, one for each profile, with one line each in the
 * words of line.h. They are replaced by a rename without a sync.
 */
#include "spool/server_state.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/crc.h"
#include "base/mem.h"
#include "spool/line.h"

#define LINE_MAX_OCTETS 4096
#define NAME_MAX_OCTETS 200
#define TEXT_MAX_OCTETS 1024
#define LOGIN_FIRST ((int64_t)60 * 60)

/* A file name for a profile: letters, digits, "-" and "_", others as %HH. */
static const char *
name_file(struct buf *name, const char *profile)
{
	for (const char *at = profile; *at != '\0'; at++)
		if (ascii_is_alnum(*at) || *at == '-' || *at == '_')
			buf_add_char(name, *at);
		else
			buf_add_format(name, "%%%02X", (unsigned char)*at);
	if (name->len > NAME_MAX_OCTETS)
		name->len = NAME_MAX_OCTETS;
	return buf_text(name);
}

static bool
read_number(struct span *line, uint64_t max, uint64_t *value)
{
	struct buf word = {0};
	bool done = line_next_word(line, &word) &&
	    span_number(buf_span(&word), max, value);

	buf_free(&word);
	return done;
}

/* With the NUL, so that two settings cannot run together. */
static uint32_t
add_text(uint32_t sum, const char *text)
{
	if (text == NULL)
		text = "-";
	return crc_add(sum, text, strlen(text) + 1);
}

static uint32_t
add_names(uint32_t sum, const struct name_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		sum = add_text(sum, list->names[i]);
	return add_text(sum, "");
}

/* Adds the way to the server, if it is not the usual one. */
static uint32_t
add_proxy(uint32_t sum, const struct network *network)
{
	struct buf proxy = {0};

	if (!network_has_proxy(network))
		return sum;
	proxy_url_print(&network->proxy, &proxy);
	sum = add_text(sum, buf_text(&proxy));
	buf_free(&proxy);
	sum = add_text(sum, network->proxy_password_command);
	return add_text(sum, network->proxy_password_file);
}

uint32_t
server_state_fingerprint(const struct profile *profile)
{
	uint32_t sum = 0;

	for (size_t i = 0; i < profile->server_count; i++)
		sum = add_text(sum, profile->servers[i].url);
	sum = add_text(sum,
	    profile->tls == TLS_POLICY_REQUIRED		   ? "required"
		: profile->tls == TLS_POLICY_OPPORTUNISTIC ? "opportunistic"
							   : "none");
	sum = add_text(sum, profile->tls_trust);
	sum = add_text(sum, profile->tls_host);
	sum = add_names(sum, &profile->tls_pin);
	sum = add_text(sum, profile->tls_cert);
	sum = add_text(sum, profile->user);
	sum = add_names(sum, &profile->auth);
	sum = add_text(sum, profile->password_command);
	sum = add_text(sum, profile->password_file);
	sum = add_text(sum, profile->token_command);
	sum = add_proxy(sum, &profile->network);
	if (profile->oauth.service == NULL)
		return sum;
	sum = add_text(sum, profile->oauth.service);
	sum = add_text(sum, profile->oauth.client_id);
	sum = add_text(sum, profile->oauth.client_secret_file);
	sum = add_text(sum, profile->oauth.tenant);
	sum = add_text(sum, profile->oauth.scope);
	return add_text(sum, profile->oauth.key);
}

/* login|server FINGERPRINT SINCE NEXT FAILURES TEXT */
static bool
parse(struct server_state *state, struct span text)
{
	uint64_t fingerprint, since, next, failures;
	struct buf word = {0};
	struct span line;
	uint32_t sum = 0;
	bool done;

	done = line_next(&text, &sum, &line) && line_next_word(&line, &word);
	if (done)
		state->scope = span_equal(buf_span(&word), SPAN("login"))
		    ? SCOPE_LOGIN
		    : SCOPE_SERVER;
	done = done && read_number(&line, UINT32_MAX, &fingerprint) &&
	    read_number(&line, INT64_MAX, &since) &&
	    read_number(&line, INT64_MAX, &next) &&
	    read_number(&line, UINT32_MAX, &failures);
	buf_clear(&word);
	if (done && line_next_word(&line, &word)) {
		state->fingerprint = (uint32_t)fingerprint;
		state->since = (int64_t)since;
		state->next = (int64_t)next;
		state->failures = (unsigned)failures;
		state->text = mem_copy_text(buf_text(&word));
	} else
		done = false;
	buf_free(&word);
	return done;
}

bool
server_state_find(struct server_state *state, const struct folder *folder,
    const char *profile)
{
	char text[LINE_MAX_OCTETS];
	struct buf name = {0};
	ssize_t got = folder_read_file(
	    folder->server, name_file(&name, profile), text, sizeof(text));

	*state = (struct server_state){0};
	buf_free(&name);
	if (got > 0 && parse(state, (struct span){text, (size_t)got}))
		return true;
	server_state_free(state);
	return false;
}

bool
server_state_read(struct server_state *state, const struct folder *folder,
    const char *profile, uint32_t fingerprint)
{
	if (server_state_find(state, folder, profile) &&
	    state->fingerprint == fingerprint)
		return true;
	server_state_free(state);
	return false;
}

static void
write_state(const struct server_state *state, const struct folder *folder,
    const char *profile)
{
	struct buf name = {0}, line = {0};
	uint32_t sum = 0;

	line_add(&line, 0,
	    state->scope == SCOPE_LOGIN ? SPAN("login") : SPAN("server"));
	line_add_number(&line, 0, state->fingerprint);
	line_add_number(&line, 0, (uint64_t)state->since);
	line_add_number(&line, 0, (uint64_t)state->next);
	line_add_number(&line, 0, state->failures);
	line_add(&line, 0, span_head(span_from(state->text), TEXT_MAX_OCTETS));
	line_end(&line, 0, &sum);
	folder_write_file(
	    folder->server, name_file(&name, profile), buf_span(&line), false);
	buf_free(&name);
	buf_free(&line);
}

void
server_state_note(struct server_state *state, const struct folder *folder,
    const char *profile, const struct outcome *trouble,
    const struct schedule *schedule, int64_t now)
{
	enum schedule_scope scope =
	    schedule_scope(trouble) == SCOPE_LOGIN ? SCOPE_LOGIN : SCOPE_SERVER;
	struct schedule pauses = *schedule;
	struct buf text = {0};

	reply_add_line(&text, &trouble->reply);
	if (scope == SCOPE_LOGIN && pauses.first < LOGIN_FIRST)
		pauses.first =
		    LOGIN_FIRST < pauses.longest ? LOGIN_FIRST : pauses.longest;
	if (state->failures == 0 || state->scope != scope) {
		state->since = now;
		state->failures = 0;
	}
	state->scope = scope;
	state->failures++;
	state->next = schedule_next(&pauses, state->failures, now);
	free(state->text);
	state->text = mem_copy_text(buf_text(&text));
	buf_free(&text);
	write_state(state, folder, profile);
}

void
server_state_forget(const struct folder *folder, const char *profile)
{
	struct buf name = {0};

	unlinkat(folder->server, name_file(&name, profile), 0);
	buf_free(&name);
}

void
server_state_free(struct server_state *state)
{
	free(state->text);
	*state = (struct server_state){0};
}
