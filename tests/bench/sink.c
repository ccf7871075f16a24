/*
 * A server that accepts all mail as fast as it can, for tests/bench/run and for
 * the suites about size and cost. It serves one session after another. The
 *first line on stdout is the port; then each session is a line of JSON. It ends
 *when stdin does.
 *
 *	sink [--tls CERTIFICATE KEY] [--implicit] [--login BASE64,...]
 *	    [--hash] [--save FILE] [--patience MILLISECONDS]
 *	    [--without KEYWORD]... [--most RECIPIENTS] [--as SERVER]
 *
 * A turn is a round trip: the client waited for an answer before it sent more.
 * With --patience the sink waits so long for more commands before it answers.
 * --most limits the recipients of a transaction: LIMITS announces it, and the
 * next recipient gets 452. --as adds a server's name to the greeting, "ESMTP
 * Haraka" for example.
 */
#include "sink.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

static _Noreturn void
die(const char *what)
{
	fprintf(stderr, "sink: %s: %s\n", what, strerror(errno));
	exit(1);
}

static void
offer(struct session *session, const char *keyword, const char *parameter)
{
	const struct options *options = session->options;

	for (size_t i = 0; i < options->without_count; i++)
		if (strcmp(options->without[i], keyword) == 0)
			return;
	session_say(session, "250-");
	session_say(session, keyword);
	session_say(session, parameter);
	session_say(session, "\r\n");
}

static bool
take_hello(struct session *session, const char *words)
{
	char limit[64];

	(void)words;
	session_say(session, "250-sink.example\r\n");
	offer(session, "PIPELINING", "");
	offer(session, "8BITMIME", "");
	offer(session, "SIZE", "");
	offer(session, "CHUNKING", "");
	if (session->options->most != 0) {
		snprintf(limit, sizeof(limit), " RCPTMAX=%llu",
		    session->options->most);
		offer(session, "LIMITS", limit);
	}
	if (session->options->certificate != NULL && session->tls == NULL)
		offer(session, "STARTTLS", "");
	else if (session->options->login != NULL)
		offer(session, "AUTH", " PLAIN");
	session_say(session, "250 HELP\r\n");
	return true;
}

static bool
take_starttls(struct session *session, const char *words)
{
	(void)words;
	session_say(session, "220 go\r\n");
	session->at = session->end = 0;
	return session_handshake(session);
}

/* Whether the login is one of those of --login, which commas separate. */
static bool
is_login(const struct options *options, const char *words)
{
	const char *login = options->login;
	size_t len;

	while (login != NULL && *login != '\0') {
		len = strcspn(login, ",");
		if (strlen(words) == len && memcmp(words, login, len) == 0)
			return true;
		login += len + (login[len] == ',');
	}
	return false;
}

static bool
take_login(struct session *session, const char *words)
{
	if (strcasecmp(words, "PLAIN") == 0) {
		session_say(session, "334 \r\n");
		words = session_line(session);
	} else {
		words += strncasecmp(words, "PLAIN ", 6) == 0 ? 6 : 0;
	}
	if (words == NULL)
		return false;
	session->has_login = is_login(session->options, words);
	session_say(session,
	    session->has_login ? "235 you are\r\n"
			       : "535 5.7.8 you are not\r\n");
	return true;
}

static bool
take_mail(struct session *session, const char *words)
{
	(void)words;
	session->in_transaction = 0;
	if (session->options->login != NULL && !session->has_login)
		session_say(session, "530 5.7.0 log in\r\n");
	else
		session_say(session, "250 ok\r\n");
	return true;
}

static bool
take_recipient(struct session *session, const char *words)
{
	size_t len = strcspn(words, ">");

	if (session->options->most != 0 &&
	    session->in_transaction == session->options->most) {
		session_say(session, "452 4.5.3 too many\r\n");
		return true;
	}
	session->in_transaction++;
	session->recipient_count++;
	gnutls_hash(session->recipients, words, len);
	gnutls_hash(session->recipients, "\n", 1);
	session_say(session, "250 ok\r\n");
	return true;
}

static bool
take_data(struct session *session, const char *words)
{
	(void)words;
	session_say(session, "354 go\r\n");
	return take_stuffed(session);
}

static bool
take_quit(struct session *session, const char *words)
{
	(void)words;
	session_say(session, "221 bye\r\n");
	/* counts a turn if the client waits for it */
	session_fill(session);
	return false;
}

static bool
take_nothing(struct session *session, const char *words)
{
	(void)words;
	session_say(session, "250 ok\r\n");
	return true;
}

static const struct {
	const char *verb;
	bool (*take)(struct session *session, const char *words);
} commands[] = {
    {"EHLO ", take_hello},
    {"HELO ", take_nothing},
    {"STARTTLS", take_starttls},
    {"AUTH ", take_login},
    {"MAIL FROM:<", take_mail},
    {"RCPT TO:<", take_recipient},
    {"DATA", take_data},
    {"BDAT ", take_chunk},
    {"RSET", take_nothing},
    {"NOOP", take_nothing},
    {"QUIT", take_quit},
};

static bool
take_command(struct session *session, const char *line)
{
	session->commands++;
	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
		size_t len = strlen(commands[i].verb);

		if (strncasecmp(line, commands[i].verb, len) == 0)
			return commands[i].take(session, line + len);
	}
	session_say(session, "500 what?\r\n");
	return true;
}

static void
print_hash(const char *name, gnutls_hash_hd_t hash)
{
	unsigned char digest[32];

	gnutls_hash_deinit(hash, digest);
	printf("\"%s\":\"", name);
	for (size_t i = 0; i < sizeof(digest); i++)
		printf("%02x", digest[i]);
	printf("\",");
}

static void
serve(const struct options *options, int fd)
{
	struct session *session = calloc(1, sizeof(*session));
	char *line;

	if (session == NULL)
		die("memory");
	session->options = options;
	session->fd = fd;
	session->by = "";
	if (options->save != NULL)
		session->saved = fopen(options->save, "wb");
	gnutls_hash_init(&session->content, GNUTLS_DIG_SHA256);
	gnutls_hash_init(&session->recipients, GNUTLS_DIG_SHA256);
	if (!options->is_implicit || session_handshake(session)) {
		session_say(session, "220 sink.example ");
		session_say(session, options->as != NULL ? options->as : "");
		session_say(session, "\r\n");
		while ((line = session_line(session)) != NULL &&
		    take_command(session, line))
			;
	}
	if (session->saved != NULL && fclose(session->saved) != 0)
		die("save");
	printf("{");
	print_hash("content", session->content);
	print_hash("recipients", session->recipients);
	printf("\"octets\":%llu,\"count\":%llu,\"messages\":%llu,"
	       "\"turns\":%llu,\"commands\":%llu,\"by\":\"%s\"}\n",
	    session->octets, session->recipient_count, session->messages,
	    session->turns, session->commands, session->by);
	fflush(stdout);
	if (session->tls != NULL) {
		gnutls_bye(session->tls, GNUTLS_SHUT_WR);
		gnutls_deinit(session->tls);
	}
	close(fd);
	free(session);
}

static void
read_options(struct options *options, char **words)
{
	for (; *words != NULL; words++) {
		if (strcmp(*words, "--implicit") == 0) {
			options->is_implicit = true;
		} else if (strcmp(*words, "--hash") == 0) {
			options->hashes = true;
		} else if (strcmp(*words, "--login") == 0 && words[1]) {
			options->login = *++words;
		} else if (strcmp(*words, "--save") == 0 && words[1]) {
			options->save = *++words;
		} else if (strcmp(*words, "--as") == 0 && words[1]) {
			options->as = *++words;
		} else if (strcmp(*words, "--patience") == 0 && words[1]) {
			options->patience = (int)strtol(*++words, NULL, 10);
		} else if (strcmp(*words, "--most") == 0 && words[1]) {
			options->most = strtoull(*++words, NULL, 10);
		} else if (strcmp(*words, "--without") == 0 && words[1] &&
		    options->without_count < WITHOUT_MAX) {
			options->without[options->without_count++] = *++words;
		} else if (strcmp(*words, "--tls") == 0 && words[1] &&
		    words[2]) {
			options->certificate = *++words;
			options->key = *++words;
		} else {
			fprintf(stderr, "sink: what is %s?\n", *words);
			exit(2);
		}
	}
}

static void
prepare_tls(struct options *options)
{
	if (options->certificate == NULL)
		return;
	if (gnutls_certificate_allocate_credentials(&options->credentials) <
		0 ||
	    gnutls_certificate_set_x509_key_file(options->credentials,
		options->certificate, options->key, GNUTLS_X509_FMT_PEM) < 0 ||
	    gnutls_priority_init(&options->priority, "NORMAL", NULL) < 0) {
		fprintf(stderr, "sink: cannot use the certificate\n");
		exit(1);
	}
}

static int
open_listener(void)
{
	struct sockaddr_in address = {
	    .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t len = sizeof(address);
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	if (fd < 0 || bind(fd, (struct sockaddr *)&address, len) < 0 ||
	    listen(fd, 64) < 0 ||
	    getsockname(fd, (struct sockaddr *)&address, &len) < 0)
		die("listen");
	printf("%d\n", ntohs(address.sin_port));
	fflush(stdout);
	return fd;
}

int
main(int argc, char **argv)
{
	const struct timeval patience = {.tv_sec = 60};
	const int one = 1;
	struct options options = {0};
	struct pollfd fds[2] = {{.events = POLLIN}, {.events = POLLIN}};

	(void)argc;
	signal(SIGPIPE, SIG_IGN);
	read_options(&options, argv + 1);
	prepare_tls(&options);
	fds[0].fd = open_listener();
	while (poll(fds, 2, -1) > 0 && fds[1].revents == 0) {
		int fd = accept(fds[0].fd, NULL, NULL);

		if (fd < 0)
			continue;
		setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
		setsockopt(
		    fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
		serve(&options, fd);
	}
	if (options.certificate != NULL) {
		gnutls_certificate_free_credentials(options.credentials);
		gnutls_priority_deinit(options.priority);
	}
	return 0;
}
