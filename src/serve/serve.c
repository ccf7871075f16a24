/*
 * Implements struct service (server_session.h) for -bs: profile, secret,
 * aliases and limits for each message, and the log. Errors of the configuration
 * are logged; the client learns only that its mail cannot be accepted now.
 */
#include "serve/serve.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "address/domain.h"
#include "base/mem.h"
#include "cli/log.h"
#include "cli/outgoing.h"
#include "cli/queue_add.h"
#include "cli/trace.h"
#include "envelope/recipients.h"
#include "profile/identity.h"
#include "profile/profile_choice.h"
#include "profile/secret.h"
#include "serve/client_count.h"
#include "serve/server.h"
#include "serve/service_queue.h"

static bool
may_be(void *context, const char *path)
{
	return client_may_send_as(context, path);
}

/* A message without From, sender and reverse-path comes from the client. */
static void
name_client(struct originator *originator, const struct profile *profile,
    const char *own)
{
	if (originator->from_path != NULL ||
	    originator->reverse_path[0] != '\0')
		return;
	free(originator->from_name);
	originator->from_path = own != NULL ? mem_copy_text(own) : NULL;
	originator->from_name =
	    identity_display_name(profile, originator->user);
}

/*
 * Makes the plan as for any message, and refuses a From or Sender that the
 * client may not use.
 */
static bool
make_plan(struct plan *plan, const struct message *message,
    const struct options *options, const char *reverse_path,
    struct client_rights *rights, struct error *err)
{
	const struct profile *profile = rights->profile;
	struct options changed = *options;
	struct originator originator = {
	    .aliases = rights->aliases,
	    .user = rights->client->name != NULL ? rights->client->name : "",
	};
	char *own = client_path(rights->client, rights->domain);
	char *path = mem_copy_text(reverse_path);
	struct originator_check originators = {
	    .may_be = may_be,
	    .context = rights,
	    .domain = rights->domain,
	    .sender = path[0] != '\0' ? path : own,
	};
	bool done;

	changed.from = path;
	domain_note_underscore(span_from(path), &originator.notes);
	done = originator_find(
	    &originator, profile, &changed, message, rights->domain, err);
	if (done) {
		name_client(&originator, profile, own);
		originators.replacement = originator.replacement;
		done = outgoing_make_plan(plan, message, profile, &originator,
		    rights->aliases,
		    client_may_be_any(rights) ? NULL : &originators, err);
	}
	originator_free(&originator);
	free(path);
	free(own);
	return done;
}

/* A profile that was chosen, with its secret once that is fetched. */
struct known {
	struct profile profile;
	struct service_queue queue;
	struct aliases aliases;
	struct sender_map map;
	bool has_map;	     /* the map was read, or none is needed */
	struct error no_map; /* else why the map cannot be read */
	struct secret secret;
	enum { SECRET_NOT_TRIED, SECRET_FETCHED, SECRET_FAILED } secret_state;
	struct error no_secret; /* why that failed */
};

struct serve {
	const struct options *options;
	const struct observer *observer;
	struct log_watch watch;
	struct profiles *profiles;
	struct client client;
	struct client_count count;
	struct known *
	    *known; /* items never move, since sessions point to them */
	size_t known_count;
	struct notify notify; /* what notify-command hears at the end */
	char host[256];
	struct service service;
};

static void
refuse(struct reply *refusal, int code, struct status status, const char *text)
{
	reply_set_own(refusal, "%s", text);
	refusal->code = code;
	refusal->status = status;
}

/* For the administrator; the client does not see it. */
static void
note_error(const struct serve *serve, const struct error *err)
{
	observer_note(serve->observer, "%s", err->text);
}

static void
log_trouble(const struct serve *serve, const struct profile *profile,
    const struct error *err)
{
	note_error(serve, err);
	log_error(profile, err, serve->client.user);
}

/*
 * Refuses mail for which the configuration cannot be used: 451 with `text`
 * alone for the client, the error as a note. Always false.
 */
static bool
refuse_for_now(const struct serve *serve, const struct error *err,
    const char *text, struct reply *refusal)
{
	note_error(serve, err);
	refuse(refusal, 451, (struct status){4, 3, 5}, text);
	return false;
}

/* The same, and logs the error under the profile of the route. */
static bool
refuse_and_log(const struct serve *serve, const struct route *route,
    const struct error *err, const char *text, struct reply *refusal)
{
	refuse_for_now(serve, err, text, refusal);
	log_error(route->profile, err, serve->client.user);
	return false;
}

/* allow-senders = FILE. If it cannot be read, the client may not send. */
static void
read_map(struct known *known)
{
	const char *path = known->profile.clients.sender_map;

	known->has_map =
	    path == NULL || sender_map_read(&known->map, path, &known->no_map);
}

static struct known *
find_known(struct serve *serve, const struct mailbox *sender, struct error *err)
{
	char *address = mailbox_as_written(sender);
	struct profile profile;
	struct known *known = NULL;
	bool done = profile_choice_make(&profile, serve->profiles,
	    serve->options->profile, address, NULL, err);

	free(address);
	for (size_t i = 0; done && i < serve->known_count; i++)
		if (strcmp(serve->known[i]->profile.name, profile.name) == 0)
			known = serve->known[i];
	if (known != NULL) {
		profile_free(&profile);
	} else if (done) {
		known = mem_new(1, sizeof(*known));
		known->profile = profile;
		known->aliases = outgoing_aliases(&known->profile);
		read_map(known);
		known->queue = (struct service_queue){
		    .profile = &known->profile,
		    .options = serve->options,
		    .observer = serve->observer,
		    .user = serve->client.user,
		};
		service_queue_init(&known->queue);
		trace_profile(&known->profile, serve->observer);
		observer_note_lines(
		    serve->observer, buf_span(&known->profile.notes));
		*(struct known **)mem_append(&serve->known, &serve->known_count,
		    sizeof(struct known *)) = known;
	}
	return known;
}

/*
 * Fetches the secret without a prompt, because standard input is the client. A
 * password command that failed is not run again for this client, since each
 * MAIL would run it.
 */
static bool
fetch_secret(const struct serve *serve, struct known *known,
    struct route *route, struct error *err)
{
	if (known->secret_state == SECRET_NOT_TRIED) {
		known->secret_state =
		    secret_fetch(&known->secret, &known->profile, false,
			&known->no_secret)
		    ? SECRET_FETCHED
		    : SECRET_FAILED;
		observer_note_lines(
		    serve->observer, buf_span(&known->secret.notes));
	}
	if (known->secret_state == SECRET_FAILED)
		*err = known->no_secret;
	if (secret_is_wanted(&known->profile))
		route->secret = &known->secret;
	route->signing_keys = &known->secret.signing_keys;
	return known->secret_state == SECRET_FETCHED;
}

/* header-policy = provider: the sender of the profile replaces the path. */
static bool
replace_sender(
    const struct serve *serve, struct route *route, struct reply *refusal)
{
	struct error err = {0};

	return originator_replace(
		   &route->reverse_path, route->profile, route->domain, &err) ||
	    refuse_for_now(serve, &err,
		"the configuration has no sender for this mail", refusal);
}

/* The struct known that holds the profile of the route. */
static struct known *
known_of(const struct serve *serve, const struct route *route)
{
	size_t i = 0;

	while (&serve->known[i]->profile != route->profile)
		i++;
	return serve->known[i];
}

static struct client_rights
rights_on(const struct serve *serve, const struct route *route)
{
	return (struct client_rights){
	    .client = &serve->client,
	    .profile = route->profile,
	    .aliases = &known_of(serve, route)->aliases,
	    .domain = route->domain,
	    .map = &known_of(serve, route)->map,
	};
}

static void
note_forgery(const struct serve *serve, const struct route *route)
{
	if (serve->client.user == LOG_NO_USER)
		observer_note(serve->observer,
		    "warning: a TCP client may not send as <%s>",
		    route->reverse_path);
	else
		observer_note(serve->observer,
		    "warning: uid %lu may not send as <%s>",
		    (unsigned long)serve->client.user, route->reverse_path);
}

static bool
take_sender(struct serve *serve, const struct mailbox *sender,
    struct route *route, struct reply *refusal)
{
	struct client_rights rights;
	struct mailbox final;
	struct error err = {0};

	route->domain = identity_domain(route->profile);
	final = local_host_strip_domain(
	    &known_of(serve, route)->aliases.host, sender, route->domain);
	route->reverse_path = sender->local != NULL
	    ? mailbox_path(&final, route->domain, &err)
	    : mem_copy_text("");
	if (route->reverse_path == NULL) {
		refuse(refusal, 553, (struct status){5, 1, 7}, err.text);
		return false;
	}
	rights = rights_on(serve, route);
	if (client_may_send_as(&rights, route->reverse_path))
		return replace_sender(serve, route, refusal);
	note_forgery(serve, route);
	log_warnings(route->profile, &serve->watch, serve->client.user);
	refuse(refusal, 550, (struct status){5, 7, 1},
	    "you may not send as this sender");
	return false;
}

/* client-rate: checked at MAIL, counted when the content comes. */
static bool
count_message(struct serve *serve, const struct route *route, bool takes,
    struct reply *refusal)
{
	const struct rate *rate = &route->profile->clients.rate;
	struct error err = {0};
	struct buf text = {0};

	switch (client_count_message(&serve->count, rate, takes, &err)) {
	case COUNT_GRANTED:
		return true;
	case COUNT_EXCEEDED:
		rate_add(&text, rate);
		observer_note(serve->observer,
		    "warning: client-rate = %s exceeded by a message from "
		    "<%s>",
		    buf_text(&text), route->reverse_path);
		log_warnings(route->profile, &serve->watch, serve->client.user);
		reply_set_own(refusal,
		    "you have sent the allowed number of messages: %s",
		    buf_text(&text));
		refusal->code = 451;
		refusal->status = (struct status){4, 7, 1};
		break;
	case COUNT_FAILED:
		refuse_and_log(serve, route, &err,
		    "your messages cannot be counted now", refusal);
		break;
	}
	buf_free(&text);
	return false;
}

static bool
begin_content(void *context, const struct route *route, struct reply *refusal)
{
	return count_message(context, route, true, refusal);
}

static bool
may_wait(void *context, const struct route *route, uint64_t size)
{
	const struct serve *serve = context;
	struct error err = {0};
	bool may =
	    service_queue_may_take(&known_of(serve, route)->queue, size, &err);

	if (err.kind != ERROR_NONE)
		log_trouble(serve, route->profile, &err);
	return may;
}

static bool
keep(void *context, struct transfer *transfer, const struct letter *letter,
    const struct server *upstream, struct error *err)
{
	const struct serve *serve = context;
	const struct route *route = &transfer->route;

	if (service_queue_add(&known_of(serve, route)->queue, transfer, letter,
		upstream, err))
		return true;
	log_trouble(serve, route->profile, err);
	return false;
}

/* queue = always: no server is asked. False: the spool cannot take it. */
static bool
wait_untried(const struct serve *serve, struct known *known,
    struct route *route, struct reply *refusal)
{
	struct error err = {0};

	if (!service_queue_may_take(&known->queue, 0, &err)) {
		log_trouble(serve, route->profile, &err);
		err.text[span_find(span_from(err.text), '\n')] = '\0';
		refuse(refusal, 451, (struct status){4, 3, 0}, err.text);
		return false;
	}
	route->permit = PERMIT_GIVEN;
	outcome_set_own(&route->trouble, STAGE_NONE, CAUSE_TEMPORARY,
	    "not tried yet (queue = always)");
	return true;
}

static bool
choose(void *context, const struct mailbox *sender, struct route *route,
    struct reply *refusal)
{
	struct serve *serve = context;
	struct error err = {0};
	struct known *known = find_known(serve, sender, &err);

	if (known == NULL)
		return refuse_for_now(serve, &err,
		    "the configuration has no profile for this sender",
		    refusal);
	route->profile = &known->profile;
	if (!known->has_map)
		return refuse_and_log(serve, route, &known->no_map,
		    "the allowed senders cannot be read now", refusal);
	aliases_begin_message(&known->aliases);
	if (!take_sender(serve, sender, route, refusal) ||
	    !count_message(serve, route, false, refusal))
		return false;
	if (service_queue_is_always(&known->queue))
		return wait_untried(serve, known, route, refusal);
	if (fetch_secret(serve, known, route, &err))
		return true;
	log_trouble(serve, route->profile, &err);
	outcome_set_own(&route->trouble, STAGE_AUTH,
	    err.kind == ERROR_LOGIN ? CAUSE_LOGIN : CAUSE_TEMPORARY,
	    "%s is not available now",
	    known->secret.lacks_signing_key
		? "the key that signs mail"
		: "the password for the mail server");
	route->trouble.reply.status = (struct status){4, 7, 0};
	return true;
}

static bool
resolve(void *context, const struct route *route,
    const struct mailbox *recipient, struct envelope *mailboxes,
    struct reply *refusal)
{
	const struct serve *serve = context;
	const struct profile *profile = route->profile;
	struct buf notes = {0};
	struct recipients recipients = {
	    .envelope = mailboxes,
	    .domain = route->domain,
	    .aliases = &known_of(serve, route)->aliases,
	    .local = span_from(profile->local_recipients),
	    .notes = &notes,
	};
	struct error err = {0};
	bool done = recipients_add_mailbox(&recipients, recipient, &err);

	recipients_free(&recipients);
	observer_warn_lines(serve->observer, buf_span(&notes));
	buf_free(&notes);
	if (done)
		return true;
	if (err.kind == ERROR_DATA) {
		err.text[span_find(span_from(err.text), '\n')] = '\0';
		refuse(refusal, 553, (struct status){5, 1, 3}, err.text);
		return false;
	}
	return refuse_and_log(
	    serve, route, &err, "the aliases cannot be read now", refusal);
}

static bool
plan(void *context, const struct route *route, const struct message *message,
    struct plan *plan, struct error *err)
{
	const struct serve *serve = context;
	struct client_rights rights = rights_on(serve, route);

	if (!make_plan(plan, message, serve->options, route->reverse_path,
		&rights, err)) {
		log_trouble(serve, route->profile, err);
		return false;
	}
	observer_note_lines(serve->observer, message_storage_notes(message));
	observer_warn_lines(serve->observer, buf_span(&plan->notes));
	return true;
}

static void
settled(void *context, const struct transfer *transfer,
    const struct letter *letter, const struct plan *plan,
    const struct server *upstream)
{
	struct serve *serve = context;
	/* A message that ended at MAIL gets one line in the log, too. */
	struct recipient nobody = {.outcome = transfer->route.trouble};
	struct envelope empty = {
	    .reverse_path = transfer->route.reverse_path,
	    .recipients = &nobody,
	    .count = 1,
	};
	struct submission submission = {
	    .profile = transfer->route.profile,
	    .letter = letter,
	    .record = transfer->record,
	    .observer = serve->observer,
	};

	if (upstream != NULL)
		submission.record.server = upstream;
	service_queue_note_recovery(
	    &known_of(serve, &transfer->route)->queue, &transfer->envelope);
	queue_add_notify(
	    &serve->notify, transfer->route.profile, &transfer->envelope);
	log_warnings(
	    transfer->route.profile, &serve->watch, serve->client.user);
	log_submission(transfer->route.profile,
	    transfer->envelope.count > 0 ? &transfer->envelope : &empty,
	    &submission, plan, serve->client.user, NULL);
}

/* Whether a profile is chosen for mail that matches none. */
static bool
has_standard_profile(const struct serve *serve)
{
	size_t count = serve->profiles->count;
	bool has = count == 1 || serve->options->profile != NULL ||
	    serve->profiles->environment_choice != NULL;

	for (size_t i = 0; i < count && !has; i++)
		has = strcmp(serve->profiles->named[i].name, "default") == 0;
	return has;
}

/*
 * Finds the name for the greeting and the size for EHLO, before any sender is
 * known, in the profile that most mail will use. False: the profile cannot be
 * used.
 */
static bool
prepare_greeting(struct serve *serve, struct error *err)
{
	struct sender_map map = {0};
	struct profile profile;
	struct error wrong = {0};
	bool done = profile_choice_make(&profile, serve->profiles,
	    serve->options->profile, NULL, NULL, &wrong);

	if (gethostname(serve->host, sizeof(serve->host) - 1) != 0 ||
	    !domain_is_ldh(span_from(serve->host)) ||
	    !domain_is_fqdn(span_from(serve->host)))
		memcpy(serve->host, "localhost", sizeof("localhost"));
	if (!done) {
		done = !has_standard_profile(serve);
		if (!done)
			*err = wrong;
		return done;
	}
	if (profile.clients.sender_map != NULL)
		done = sender_map_read(&map, profile.clients.sender_map, err);
	sender_map_free(&map);
	if (profile.ehlo_name != NULL &&
	    strlen(profile.ehlo_name) < sizeof(serve->host))
		memcpy(serve->host, profile.ehlo_name,
		    strlen(profile.ehlo_name) + 1);
	serve->service.size_limit = profile.max_size;
	profile_free(&profile);
	return done;
}

static void
serve_free(struct serve *serve)
{
	notify_run(&serve->notify);
	/* Warnings about mail that was never sent. */
	if (serve->known_count > 0)
		log_warnings(&serve->known[serve->known_count - 1]->profile,
		    &serve->watch, serve->client.user);
	for (size_t i = 0; i < serve->known_count; i++) {
		aliases_free(&serve->known[i]->aliases);
		sender_map_free(&serve->known[i]->map);
		secret_free(&serve->known[i]->secret);
		service_queue_free(&serve->known[i]->queue);
		profile_free(&serve->known[i]->profile);
		free(serve->known[i]);
	}
	free(serve->known);
	client_free(&serve->client);
	client_count_close(&serve->count);
	log_watch_free(&serve->watch);
	if (serve->profiles != NULL)
		profiles_free(serve->profiles);
}

/* False: the client was sent away. */
static bool
admit(struct serve *serve, struct error *err)
{
	struct buf client = {0};

	client_find(&serve->client, STDIN_FILENO, STDOUT_FILENO);
	client_describe(&serve->client, &client);
	observer_note(serve->observer, "client is %s", buf_text(&client));
	buf_free(&client);
	if (!client_admit(
		&serve->client, serve->profiles, serve->options, err)) {
		/* On a listening socket, a write would block for ever. */
		if (serve->client.kind != OTHER_END_UNUSABLE)
			server_refuse(
			    STDOUT_FILENO, "4.3.5 this client is not served");
		return false;
	}
	return true;
}

/*
 * Logs why a client was sent away before it named a sender: warnings, and the
 * error if there is one. Under inetd standard error is not visible.
 */
static void
log_without_sender(struct serve *serve, const struct error *err)
{
	struct profile profile;
	struct error ignored = {0};

	if (!profile_choice_make(&profile, serve->profiles,
		serve->options->profile, NULL, NULL, &ignored))
		return;
	log_warnings(&profile, &serve->watch, serve->client.user);
	if (err != NULL)
		log_error(&profile, err, serve->client.user);
	profile_free(&profile);
}

/* Sends the client away if it has too many sessions. */
static enum count_result
count_session(struct serve *serve, struct error *err)
{
	enum count_result result =
	    client_count_open(&serve->count, &serve->client, err);

	switch (result) {
	case COUNT_GRANTED:
		break;
	case COUNT_EXCEEDED:
		observer_note(serve->observer,
		    "warning: the client already has %d sessions",
		    CLIENT_SESSIONS_MAX);
		server_refuse(
		    STDOUT_FILENO, "4.7.0 you have too many sessions at once");
		break;
	case COUNT_FAILED:
		server_refuse(
		    STDOUT_FILENO, "4.3.5 your sessions cannot be counted");
		break;
	}
	return result;
}

/*
 * Under inetd, standard error is the connection too. Errors must not come
 * between the replies, and the client must not see errors in the configuration.
 */
static void
keep_errors_from_client(void)
{
	struct stat client, errors;
	int fd;

	if (fstat(STDIN_FILENO, &client) < 0 ||
	    fstat(STDERR_FILENO, &errors) < 0 || !S_ISSOCK(errors.st_mode) ||
	    client.st_dev != errors.st_dev || client.st_ino != errors.st_ino)
		return;
	fd = open("/dev/null", O_WRONLY | O_CLOEXEC);
	if (fd >= 0) {
		dup2(fd, STDERR_FILENO);
		close(fd);
	}
}

bool
serve_run(const struct options *options, struct error *err)
{
	struct trace trace;
	struct serve serve = {
	    .options = options,
	    .count = {.fd = -1},
	};
	enum count_result counted = COUNT_GRANTED;
	bool done;

	keep_errors_from_client();
	serve.observer =
	    log_watch_init(&serve.watch, trace_init(&trace, options->verbose));
	serve.profiles = outgoing_load_profiles(options, err);
	if (serve.profiles == NULL) {
		server_refuse(
		    STDOUT_FILENO, "4.3.5 the configuration is wrong");
		serve_free(&serve);
		return false;
	}
	log_note_options(options, serve.observer);
	done = admit(&serve, err);
	if (done)
		counted = count_session(&serve, err);
	if (!done || counted != COUNT_GRANTED) {
		/* Too many sessions are a warning, not an error. */
		done = counted == COUNT_EXCEEDED;
		log_without_sender(&serve, done ? NULL : err);
		serve_free(&serve);
		return done;
	}
	serve.service = (struct service){
	    .host = serve.host,
	    .observer = serve.observer,
	    .context = &serve,
	    .choose = choose,
	    .resolve = resolve,
	    .begin_content = begin_content,
	    .plan = plan,
	    .may_wait = may_wait,
	    .keep = keep,
	    .settled = settled,
	};
	done = prepare_greeting(&serve, err);
	if (done) {
		server_run(&serve.service, STDIN_FILENO, STDOUT_FILENO);
	} else {
		server_refuse(
		    STDOUT_FILENO, "4.3.5 the configuration is wrong");
		log_without_sender(&serve, err);
	}
	serve_free(&serve);
	return done;
}
