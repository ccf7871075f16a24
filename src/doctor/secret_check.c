/*
 * Fetches the secret as a submission does, and judges how that went. A token is
 * judged by its own claims, but only the server knows whether they matter:
 * where the login succeeds all the same, a fault is a warning.
 */
#include "doctor/secret_check.h"

#include <inttypes.h>
#include <string.h>
#include <time.h>

#include "base/calendar.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "base/wait.h"
#include "doctor/token_claims.h"
#include "profile/client_key.h"
#include "profile/provider.h"
#include "profile/secret_oauth.h"
#include "profile/token_url.h"

#define GET_ID "secret.get"
#define TOKEN_ID "token.shape"
#define LOGIN_ID "token.login"
#define HINT "hint: "

/* A source that takes longer holds up every mail. */
#define SLOW ((int64_t)5000) /* milliseconds */

static void
check_prompt(struct diagnosis *diagnosis, const struct secret *secret)
{
	if (secret->is_prompted)
		finding_add(&diagnosis->findings, GET_ID, SEVERITY_NOTE,
		    "the %s is typed %s: cron and other programs without a "
		    "%s cannot send mail",
		    secret->found == NULL ? "PIN of the client key"
					  : "password",
		    secret->found == NULL ? "by a person" : "at the terminal",
		    secret->found == NULL ? "person" : "terminal");
}

/* A client key in a token: it was opened, or only looked for. */
static void
check_key(struct diagnosis *diagnosis)
{
	const char *url = client_key_url(diagnosis->profile);
	struct buf shown = {0};

	if (url == NULL)
		return;
	token_url_print(span_from(url), &shown);
	finding_add(&diagnosis->findings, GET_ID, SEVERITY_OK,
	    "the client key is %s%s", buf_text(&shown),
	    diagnosis->no_login ? ", which was not opened" : "");
	buf_free(&shown);
}

/* Says where the secret comes from, and what is odd about it. */
static struct finding *
describe(struct diagnosis *diagnosis, const struct secret *secret)
{
	struct findings *findings = &diagnosis->findings;
	struct finding *finding;
	struct buf source = {0};

	secret_add_source(secret, diagnosis->profile, &source);
	finding = finding_add(findings, GET_ID, SEVERITY_OK,
	    "the login uses %s%s", buf_text(&source),
	    diagnosis->no_login ? ", which was not read" : "");
	check_key(diagnosis);
	check_prompt(diagnosis, secret);
	finding_add_notes(findings, GET_ID, buf_span(&secret->notes));
	buf_free(&source);
	return finding;
}

/* The setting that names a command; NULL: the secret is no command's. */
static const char *
command_of(const struct profile *profile)
{
	if (profile_has_token(profile))
		return secret_token_source(profile);
	return profile->password.len == 0 && profile->password_command != NULL
	    ? "password-command"
	    : NULL;
}

static void
check_time(struct diagnosis *diagnosis, int64_t taken)
{
	const char *command = command_of(diagnosis->profile);

	if (command != NULL && taken >= SLOW)
		finding_set_hint(
		    finding_add(&diagnosis->findings, GET_ID, SEVERITY_WARNING,
			"%s took %" PRId64 " s", command, taken / 1000),
		    "every mail waits for it");
}

static void
check_blanks(struct diagnosis *diagnosis)
{
	struct span password = buf_span(&diagnosis->secret.password);
	bool begins = password.len > 0 && ascii_is_blank(password.at[0]);
	bool ends =
	    password.len > 0 && ascii_is_blank(password.at[password.len - 1]);

	if (begins || ends)
		finding_set_hint(
		    finding_add(&diagnosis->findings, GET_ID, SEVERITY_WARNING,
			"the password %s with a blank",
			begins && ends ? "begins and ends"
			    : begins   ? "begins"
				       : "ends"),
		    "if it is not part of the password, remove it where the "
		    "password is kept");
}

/* What smtpost-oauth says of a login, by the exit statuses of `status`. */
static const struct {
	enum severity severity;
	const char *text;
} login_states[] = {
    {SEVERITY_OK, "somebody is logged in"},
    {SEVERITY_WARNING, "the login ends soon"},
    {SEVERITY_FAILURE, "a person must log in"},
    {SEVERITY_NOTE, "it is not known how long the login lasts"},
};

#define LOGIN_STATES (sizeof(login_states) / sizeof(login_states[0]))

/* Adds the text of a member, if there is one, after the words. */
static void
add_member(
    struct buf *out, struct json json, const char *name, const char *words)
{
	struct buf text = {0};

	if (json_add_string(json_find(json, name), &text)) {
		buf_add_text(out, words);
		utf8_add_masked(out, buf_span(&text));
	}
	buf_free(&text);
}

/* Takes the reason apart into what is wrong and what to do about it. */
static void
add_reasons(struct json json, struct buf *wrong, struct buf *hints)
{
	struct json_walk reasons = json_enter(json_find(json, "reason"));

	while (json_next(&reasons)) {
		struct buf line = {0};
		struct span text;
		bool is_hint;

		json_add_string(reasons.value, &line);
		text = buf_span(&line);
		is_hint = span_starts(text, SPAN(HINT));
		if (is_hint)
			text = span_skip(text, strlen(HINT));
		if (is_hint || wrong->len == 0) {
			struct buf *out = is_hint ? hints : wrong;

			if (out->len > 0)
				buf_add_text(out, "; ");
			utf8_add_sentence(out, text);
		}
		buf_free(&line);
	}
}

static void
judge_login(struct diagnosis *diagnosis, struct json json)
{
	const struct profile *profile = diagnosis->profile;
	struct buf text = {0}, wrong = {0}, hints = {0};
	enum severity severity;
	struct finding *finding;
	uint64_t state;

	if (!json_number(json_find(json, "status"), LOGIN_STATES - 1, &state)) {
		finding_add_unknown(&diagnosis->findings, LOGIN_ID,
		    "smtpost-oauth status says nothing that can be understood");
		return;
	}
	add_reasons(json, &wrong, &hints);
	severity = login_states[state].severity;
	if (severity == SEVERITY_NOTE && wrong.len > 0) {
		/* A mail would fail for the same reason. */
		severity = SEVERITY_FAILURE;
		buf_add_text(&text, "the login");
		add_member(&text, json, "service", " at ");
		buf_add_text(&text, " cannot be read");
	} else {
		buf_add_text(&text, login_states[state].text);
		add_member(&text, json, "service", " at ");
		add_member(&text, json, "ends-at", "; without use it ends on ");
	}
	if (wrong.len > 0) {
		buf_add_text(&text, ": ");
		buf_add_span(&text, buf_span(&wrong));
	}
	if (json_kind(json_find(json, "rescued")) == JSON_STRING) {
		if (severity != SEVERITY_FAILURE)
			severity = SEVERITY_WARNING;
		add_member(&text, json, "rescued",
		    "; it cannot be stored, and is kept in ");
		if (hints.len == 0)
			buf_add_text(&hints,
			    "check oauth-write-command, and whether the disk "
			    "is full");
	}
	/* A note is about a login that nobody has to make. */
	if (hints.len == 0 && severity != SEVERITY_OK &&
	    severity != SEVERITY_NOTE) {
		buf_add_text(&hints, "run ");
		secret_oauth_add_call(
		    profile->config, profile->name, "login", &hints);
	}
	finding = finding_add(
	    &diagnosis->findings, LOGIN_ID, severity, "%s", buf_text(&text));
	if (hints.len > 0)
		finding_set_hint(finding, "%s", buf_text(&hints));
	buf_free(&text);
	buf_free(&wrong);
	buf_free(&hints);
}

void
secret_check_login(struct diagnosis *diagnosis)
{
	struct findings *findings = &diagnosis->findings;
	const struct profile *profile = diagnosis->profile;
	struct buf answer = {0};
	struct error err = {0};
	struct json json;

	if (!secret_is_wanted(profile) || profile->oauth.service == NULL) {
		finding_add(findings, LOGIN_ID, SEVERITY_SKIPPED,
		    "the profile uses no smtpost-oauth");
		return;
	}
	if (diagnosis->no_login) {
		finding_add(findings, LOGIN_ID, SEVERITY_SKIPPED,
		    "the login was not looked at");
		return;
	}
	buf_init_secret(&answer, 0);
	if (secret_oauth_status(&answer, profile, &err)) {
		json_read(&json, buf_span(&answer), NULL);
		judge_login(diagnosis, json);
	} else {
		finding_add_error(findings, LOGIN_ID, SEVERITY_FAILURE, &err);
	}
	buf_wipe(&answer);
}

void
secret_check_get(struct diagnosis *diagnosis)
{
	struct findings *findings = &diagnosis->findings;
	struct secret *secret = &diagnosis->secret;
	int64_t begun = clock_now();
	struct finding *finding;

	if (!diagnosis_fetch_secret(diagnosis)) {
		finding_add_error(findings, GET_ID, SEVERITY_FAILURE,
		    &diagnosis->secret_error)
		    ->duration = clock_now() - begun;
		return;
	}
	if (!secret_is_wanted(diagnosis->profile)) {
		finding_add(findings, GET_ID, SEVERITY_SKIPPED,
		    "the profile sends without a login");
		check_key(diagnosis);
		check_prompt(diagnosis, secret);
		return;
	}
	finding = describe(diagnosis, secret);
	finding->duration = clock_now() - begun;
	if (diagnosis->no_login)
		return;
	if (!secret->is_prompted)
		check_time(diagnosis, finding->duration);
	check_blanks(diagnosis);
}

/* What Microsoft's mail servers call themselves in "aud". */
static const char *const mail_audiences[] = {
    "https://outlook.office.com",
    "https://outlook.office.com/",
    "https://outlook.office365.com",
    "https://outlook.office365.com/",
    "00000002-0000-0ff1-ce00-000000000000",
};

/* Microsoft Graph, for which most tokens by mistake are. */
#define GRAPH "graph.microsoft.com"
static const char *const graph_audiences[] = {
    "https://" GRAPH,
    "https://" GRAPH "/",
    "00000003-0000-0000-c000-000000000000",
};

static bool
has_any(const struct buf *list, const char *const *texts, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (token_claims_has(list, span_from(texts[i])))
			return true;
	return false;
}

/* Whether the server is one of Microsoft's. */
static bool
is_microsoft(const struct profile *profile)
{
	const struct provider *provider =
	    provider_of(profile, &profile->servers[0]);

	return provider != NULL &&
	    (strcmp(provider->name, "microsoft365") == 0 ||
		strcmp(provider->name, "outlook") == 0);
}

/*
 * Adds what is wrong with a token for Microsoft's servers, and returns what to
 * do; NULL: nothing is wrong.
 */
static const char *
find_microsoft_fault(const struct profile *profile,
    const struct token_claims *claims, struct buf *fault)
{
	bool for_mail = has_any(&claims->audiences, mail_audiences,
	    sizeof(mail_audiences) / sizeof(mail_audiences[0]));
	bool for_graph = has_any(&claims->audiences, graph_audiences,
	    sizeof(graph_audiences) / sizeof(graph_audiences[0]));
	bool has_scopes = claims->scopes.len > 0;

	if (claims->audiences.len > 0 && !claims->audiences.full && !for_mail)
		buf_add_format(fault,
		    "the token is for %s, not for outlook.office.com, which "
		    "SMTP needs",
		    for_graph ? GRAPH : "another service");
	else if (has_scopes && !claims->scopes.full &&
	    !token_claims_has(&claims->scopes, SPAN("SMTP.Send")))
		buf_add_text(fault, "the token lacks the scope SMTP.Send");
	else if (!has_scopes && claims->roles.len > 0 && !claims->roles.full &&
	    !token_claims_has(&claims->roles, SPAN("SMTP.SendAsApp"))) {
		buf_add_text(fault, "the token lacks the role SMTP.SendAsApp");
		return "give the application the permission SMTP.SendAsApp, "
		       "and ask for a new token";
	}
	if (fault->len == 0)
		return NULL;
	return profile->oauth.service != NULL
	    ? "remove oauth-scope and log in again with smtpost-oauth login"
	    : "ask for a token with the scope "
	      "https://outlook.office.com/SMTP.Send";
}

/* "2026-11-29T20:10:00Z, 2 hours ago" */
static void
add_expiry(struct buf *out, int64_t expiry, int64_t now)
{
	if (!calendar_add_utc(out, expiry))
		buf_add_format(out, "%" PRId64, expiry);
	if (expiry <= now) {
		buf_add_text(out, ", ");
		calendar_add_span(out, now - expiry);
		buf_add_text(out, " ago");
	}
}

/* The server's verdict goes before that of the claims. */
static void
add_fault(struct diagnosis *diagnosis, const char *fault, const char *hint)
{
	const struct trial *trial = diagnosis_try(diagnosis);
	bool is_taken = trial->mechanism != NULL;
	struct buf text = {0};

	buf_add_text(&text, fault);
	if (is_taken) {
		buf_add_text(&text, "; the login succeeded all the same");
	} else if (trial->is_login_said) {
		buf_add_text(&text, "; the server says ");
		reply_add_line(&text, &trial->outcome.reply);
	}
	finding_set_hint(finding_add(&diagnosis->findings, TOKEN_ID,
			     is_taken ? SEVERITY_WARNING : SEVERITY_FAILURE,
			     "%s", buf_text(&text)),
	    "%s", hint);
	buf_free(&text);
}

static void
judge(struct diagnosis *diagnosis, const struct token_claims *claims)
{
	struct findings *findings = &diagnosis->findings;
	int64_t now = (int64_t)time(NULL);
	struct buf text = {0}, fault = {0};
	const char *hint = NULL;

	if (claims->expiry > 0)
		add_expiry(&text, claims->expiry, now);
	if (is_microsoft(diagnosis->profile))
		hint = find_microsoft_fault(diagnosis->profile, claims, &fault);
	if (claims->expiry > 0 && claims->expiry <= now) {
		buf_clear(&fault);
		buf_add_format(&fault,
		    "the token expired on %s: %s gives an old one",
		    buf_text(&text), secret_token_source(diagnosis->profile));
		add_fault(diagnosis, buf_text(&fault),
		    diagnosis->profile->oauth.service != NULL
			? "is the clock of this machine right?"
			: "run token-command by hand; if it keeps tokens, it "
			  "has to renew them in time");
	} else if (hint != NULL) {
		add_fault(diagnosis, buf_text(&fault), hint);
	} else if (claims->expiry > 0) {
		finding_add(findings, TOKEN_ID, SEVERITY_OK,
		    "the token is valid until %s", buf_text(&text));
	} else {
		finding_add(findings, TOKEN_ID, SEVERITY_OK,
		    "the token does not say when it expires");
	}
	buf_free(&text);
	buf_free(&fault);
}

void
secret_check_token(struct diagnosis *diagnosis)
{
	struct findings *findings = &diagnosis->findings;
	struct span token = buf_span(&diagnosis->secret.token);
	struct token_claims claims = {0};

	if (token.len == 0)
		finding_add(findings, TOKEN_ID, SEVERITY_SKIPPED,
		    "the login uses no token");
	else if (diagnosis->no_login)
		finding_add(findings, TOKEN_ID, SEVERITY_SKIPPED,
		    "the token was not read");
	else if (!token_claims_read(&claims, token))
		finding_add(findings, TOKEN_ID, SEVERITY_SKIPPED,
		    "the token says nothing about itself");
	else
		judge(diagnosis, &claims);
	token_claims_free(&claims);
}
