/*
 * While it waits for the browser, it also reads the terminal: there a person
 * can paste the address, or the error that the page of the service shows. Such
 * an error never comes back to this machine by itself.
 */
#include "oauth/code_flow.h"

#include <stdlib.h>
#include <time.h>

#include "base/random.h"
#include "base/wait.h"
#include "net/url.h"
#include "oauth/browser.h"
#include "oauth/listener.h"
#include "oauth/pkce.h"
#include "oauth/print.h"
#include "oauth/redirect.h"
#include "oauth/terminal.h"
#include "oauth/token_error.h"
#include "oauth/token_request.h"
#include "profile/secret_oauth.h"

#define ADDRESS_MAX ((size_t)16 * 1024)

struct attempt {
	const struct code_flow *flow;
	struct pkce pkce;
	struct buf state; /* wiped */
	char *redirect_uri;
	struct listener listener;
	struct terminal terminal;
	struct buf pasted; /* wiped: lines that may be of one address */
	struct redirect redirect;
};

bool
code_flow_add_address(const struct oauth_client *client,
    const char *redirect_uri, struct span state, struct span challenge,
    struct buf *out)
{
	const char *user = client->profile->user;
	const char *more = client->provider->parameters;
	const struct {
		const char *name;
		struct span value;
	} fields[] = {
	    {"response_type", SPAN("code")},
	    {"client_id", span_from(client->id)},
	    {"redirect_uri", span_from(redirect_uri)},
	    {"scope", span_from(client->scope)},
	    {"state", state},
	    {"code_challenge", challenge},
	    {"code_challenge_method", SPAN("S256")},
	    {"login_hint", span_from(user)},
	    {"resource", span_from(client->resource)},
	};
	struct span address = span_from(client->authorize);

	buf_init(out, ADDRESS_MAX);
	buf_add_span(out, address);
	if (span_find(address, '?') == address.len)
		buf_add_char(out, '?');
	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
		if (fields[i].value.len > 0)
			url_add_field(out, fields[i].name, fields[i].value);
	if (more != NULL)
		buf_add_format(out, "&%s", more);
	return !out->full;
}

/* A port that probably nothing listens on, wherever the browser is. */
static bool
choose_port(unsigned short *port, struct error *err)
{
	unsigned short random;

	if (*port != 0)
		return true;
	if (!random_octets(&random, sizeof(random)))
		return error_set(err, ERROR_OS,
		    "cannot log in: the system has no source of random octets");
	*port = (unsigned short)(49152 + random % 16384);
	return true;
}

static bool
open_ways_back(struct attempt *attempt, struct error *err)
{
	const struct code_flow *flow = attempt->flow;
	const char *host = flow->client->provider->redirect_host;
	unsigned short port = flow->port;
	struct buf uri = {0};

	if (flow->pastes ? !choose_port(&port, err)
			 : !listener_open(&attempt->listener, port, err))
		return false;
	buf_add_format(&uri, "http://%s:%u/", host,
	    (unsigned)(flow->pastes ? port : attempt->listener.port));
	attempt->redirect_uri = buf_take_text(&uri);
	return terminal_open(&attempt->terminal) || !flow->pastes ||
	    error_set(err, ERROR_USAGE,
		"cannot use --paste: there is no terminal to paste into\n"
		"hint: ssh has one with its option -t");
}

static bool
show_address(struct attempt *attempt, struct error *err)
{
	const struct code_flow *flow = attempt->flow;
	bool has_terminal = attempt->terminal.fd >= 0;
	struct buf address;
	bool done = code_flow_add_address(flow->client, attempt->redirect_uri,
	    buf_span(&attempt->state), buf_span(&attempt->pkce.challenge),
	    &address);

	if (!done) {
		buf_free(&address);
		return error_set(err, ERROR_CONFIG,
		    "cannot log in: the address for the browser is too long");
	}
	print_note("open this address in a browser, and log in as %s:",
	    flow->client->profile->user);
	print_address(buf_span(&address));
	if (flow->opens_a_browser && has_terminal && browser_has_display())
		browser_open(buf_text(&address));
	if (flow->pastes)
		print_note("at the end the browser cannot connect; copy the "
			   "whole address from its address bar, paste it here "
			   "(nothing is shown), and press Enter");
	else
		print_note("waiting for the browser on port %u",
		    (unsigned)attempt->listener.port);
	if (has_terminal)
		print_note("%sif the page shows an error, paste that here%s",
		    flow->pastes ? ""
				 : "if the browser cannot connect at the end, "
				   "paste its address here; ",
		    flow->pastes ? "" : " (nothing is shown)");
	buf_free(&address);
	return true;
}

static bool
refuse_error(const struct attempt *attempt, struct span code,
    struct span description, struct error *err)
{
	struct token_error error = {0};

	token_error_judge(&error, code, description);
	token_error_set(&error, attempt->flow->client, err);
	token_error_free(&error);
	return false;
}

/* What an answer that belongs to this login comes to. */
static bool
judge(const struct attempt *attempt, enum redirect_result result,
    struct error *err)
{
	const struct redirect *redirect = &attempt->redirect;

	if (result == REDIRECT_CODE)
		return true;
	if (result == REDIRECT_ERROR)
		return refuse_error(attempt, buf_span(&redirect->error),
		    buf_span(&redirect->description), err);
	return error_set(err, ERROR_LOGIN,
	    "cannot log in: the answer in the browser does not come from %s\n"
	    "hint: somebody may have tried to get at your login; try again",
	    attempt->flow->client->title);
}

enum turn { TURN_GOES_ON, TURN_DONE, TURN_FAILED };

/* Something may have broken the address into several lines. */
static enum redirect_result
read_pasted(struct attempt *attempt, struct span line,
    const struct redirect_wanted *wanted)
{
	struct buf *pasted = &attempt->pasted;
	enum redirect_result result =
	    redirect_read_address(&attempt->redirect, line, wanted);

	if (result != REDIRECT_FOREIGN)
		return result;
	if (span_find(line, '?') < line.len || pasted->full)
		buf_clear(pasted);
	else if (pasted->len == 0)
		return result;
	buf_add_span(pasted, span_trim(line));
	return redirect_read_address(
	    &attempt->redirect, buf_span(pasted), wanted);
}

/* A line that was typed: the address, or the error that a page shows. */
static enum turn
take_line(struct attempt *attempt, struct span line,
    const struct redirect_wanted *wanted, struct error *err)
{
	enum redirect_result result = read_pasted(attempt, line, wanted);
	struct token_error error = {0};
	bool is_error;

	if (result != REDIRECT_FOREIGN)
		return judge(attempt, result, err) ? TURN_DONE : TURN_FAILED;
	if (span_trim(line).len == 0)
		return TURN_GOES_ON;
	is_error = token_error_judge_page(&error, line);
	if (is_error)
		token_error_set(&error, attempt->flow->client, err);
	token_error_free(&error);
	if (is_error)
		return TURN_FAILED;
	print_note("this is neither the address of this login nor an error "
		   "that smtpost-oauth knows; it goes on waiting");
	return TURN_GOES_ON;
}

static enum turn
take_input(struct attempt *attempt, const struct redirect_wanted *wanted,
    struct error *err)
{
	struct buf line;
	enum turn turn = TURN_GOES_ON;
	enum terminal_result result;

	buf_init_secret(&line, REDIRECT_MAX);
	result = terminal_read(&attempt->terminal, &line);
	if (result == TERMINAL_LINE) {
		turn = take_line(attempt, buf_span(&line), wanted, err);
	} else if (result == TERMINAL_TOO_LONG) {
		print_note("the line is too long and was not used");
	} else if (result == TERMINAL_CLOSED) {
		terminal_close(&attempt->terminal);
		if (attempt->flow->pastes) {
			error_set(err, ERROR_LOGIN,
			    "cannot log in: no address was pasted");
			turn = TURN_FAILED;
		}
	}
	buf_wipe(&line);
	return turn;
}

static bool
refuse_wait(const struct attempt *attempt, enum listener_result result,
    struct error *err)
{
	if (result == LISTENER_SIGNAL)
		return error_set(err, ERROR_TEMPORARY,
		    "cannot log in: a signal interrupted it");
	if (result == LISTENER_TIMEOUT) {
		error_set(err, ERROR_LOGIN,
		    "cannot log in: no answer came within 10 minutes");
		secret_oauth_add_hint(attempt->flow->client->profile,
		    "if the browser is on another machine, ", err);
		error_add(err, " --paste");
		return false;
	}
	return error_set(
	    err, ERROR_OS, "cannot log in: the wait for the browser failed");
}

/* Waits for the code. */
static bool
wait_for_code(struct attempt *attempt, struct error *err)
{
	const struct oauth_client *client = attempt->flow->client;
	const struct redirect_wanted wanted = {
	    .state = buf_span(&attempt->state),
	    .issuer = client->issuer,
	    .needs_iss = client->sends_iss,
	};
	int64_t deadline = deadline_in(CODE_FLOW_MILLISECONDS);
	enum turn turn = TURN_GOES_ON;

	while (turn == TURN_GOES_ON) {
		enum redirect_result answer = REDIRECT_FOREIGN;
		enum listener_result result = listener_wait(&attempt->listener,
		    &wanted, attempt->terminal.fd, deadline, &attempt->redirect,
		    &answer);

		if (result == LISTENER_INPUT)
			turn = take_input(attempt, &wanted, err);
		else if (result == LISTENER_ANSWERED)
			return judge(attempt, answer, err);
		else
			return refuse_wait(attempt, result, err);
	}
	return turn == TURN_DONE;
}

static bool
exchange(const struct attempt *attempt, struct token_reply *reply,
    int64_t *asked_at, struct error *err)
{
	const struct token_request request = {
	    .grant = GRANT_CODE,
	    .secret = buf_span(&attempt->redirect.code),
	    .redirect_uri = attempt->redirect_uri,
	    .verifier = buf_span(&attempt->pkce.verifier),
	};
	struct token_error error = {0};
	enum token_fate fate;

	*asked_at = time(NULL);
	fate = token_request_send(
	    &request, attempt->flow->client, reply, &error, err);
	if (fate != FATE_GIVEN && err->kind == ERROR_NONE)
		token_error_set(&error, attempt->flow->client, err);
	token_error_free(&error);
	return fate == FATE_GIVEN;
}

bool
code_flow_run(const struct code_flow *flow, struct token_reply *reply,
    int64_t *asked_at, struct error *err)
{
	struct attempt attempt = {.flow = flow, .terminal = {.fd = -1}};
	bool done;

	*reply = (struct token_reply){0};
	listener_init(&attempt.listener);
	buf_init_secret(&attempt.state, 0);
	buf_init_secret(&attempt.pasted, REDIRECT_MAX);
	done = pkce_make(&attempt.pkce, err) &&
	    pkce_add_random(&attempt.state, err) &&
	    open_ways_back(&attempt, err) && show_address(&attempt, err) &&
	    wait_for_code(&attempt, err);
	listener_close(&attempt.listener);
	terminal_close(&attempt.terminal);
	done = done && exchange(&attempt, reply, asked_at, err);
	redirect_free(&attempt.redirect);
	pkce_free(&attempt.pkce);
	buf_wipe(&attempt.state);
	buf_wipe(&attempt.pasted);
	free(attempt.redirect_uri);
	return done;
}
