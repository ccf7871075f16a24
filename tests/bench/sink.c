/*
 * A server that takes all mail as fast as it can and tells what came: for
 * tests/bench/run, and for tests of sizes and numbers. One session after
 * another; the first line on stdout is the port, then each session is a line
 * of JSON. It ends when stdin does.
 *
 *	sink [--tls CERTIFICATE KEY] [--implicit] [--login BASE64] [--hash]
 *	    [--save FILE] [--patience MILLISECONDS] [--without KEYWORD]...
 *
 * A turn is what a client waited for: an answer was sent before more was
 * read. With --patience an answer waits so long for more of the flight.
 */
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>

#define IN_MAX ((size_t)256 * 1024)
#define OUT_MAX ((size_t)16 * 1024)
#define WITHOUT_MAX 8

struct options {
	const char *certificate, *key, *login, *save;
	const char *without[WITHOUT_MAX];
	size_t without_count;
	int patience;
	bool is_implicit, hashes;
	gnutls_certificate_credentials_t credentials;
	gnutls_priority_t priority;
};

struct session {
	const struct options *options;
	int fd;
	gnutls_session_t tls; /* NULL: in clear */
	bool has_written;     /* since the last read */
	char in[IN_MAX];
	size_t at, end;
	char out[OUT_MAX + 1024];
	size_t out_len;
	gnutls_hash_hd_t content, recipients;
	FILE *saved; /* NULL: not wanted */
	unsigned long long octets, recipient_count, messages, turns, commands;
	const char *by;
	bool has_login, is_over;
};

static _Noreturn void
die(const char *what)
{
	fprintf(stderr, "sink: %s: %s\n", what, strerror(errno));
	exit(1);
}

/* The two below the TLS library, and in clear. */
static ssize_t
wire_read(gnutls_transport_ptr_t context, void *data, size_t len)
{
	struct session *session = context;
	ssize_t got = recv(session->fd, data, len, 0);

	if (session->has_written && got >= 0)
		session->turns++;
	session->has_written = false;
	if (got < 0 && session->tls != NULL)
		gnutls_transport_set_errno(session->tls, errno);
	return got;
}

static ssize_t
wire_write(gnutls_transport_ptr_t context, const void *data, size_t len)
{
	struct session *session = context;

	session->has_written = true;
	return send(session->fd, data, len, MSG_NOSIGNAL);
}

static bool
flush(struct session *session)
{
	size_t done = 0;

	while (done < session->out_len) {
		const char *at = session->out + done;
		size_t len = session->out_len - done;
		ssize_t n = session->tls != NULL
				? gnutls_record_send(session->tls, at, len)
				: wire_write(session, at, len);

		if (n <= 0)
			return false;
		done += (size_t)n;
	}
	session->out_len = 0;
	return true;
}

static void
say(struct session *session, const char *text)
{
	size_t len = strlen(text);

	if (session->out_len + len > OUT_MAX && !flush(session))
		session->is_over = true;
	if (session->is_over)
		return;
	memcpy(session->out + session->out_len, text, len);
	session->out_len += len;
}

/* Whether more of a flight comes before the answers are given. */
static bool
more_comes(struct session *session)
{
	struct pollfd poll_fd = {.fd = session->fd, .events = POLLIN};

	if (session->tls != NULL &&
	    gnutls_record_check_pending(session->tls) > 0)
		return true;
	return poll(&poll_fd, 1, session->options->patience) > 0;
}

/* More input behind what is left of it; false at the end. */
static bool
fill(struct session *session)
{
	size_t left = session->end - session->at;
	ssize_t n;

	if (session->out_len > 0 &&
	    (session->options->patience == 0 || !more_comes(session)) &&
	    !flush(session))
		return false;
	memmove(session->in, session->in + session->at, left);
	session->at = 0;
	session->end = left;
	if (session->tls != NULL)
		n = gnutls_record_recv(
		    session->tls, session->in + left, IN_MAX - left);
	else
		n = wire_read(session, session->in + left, IN_MAX - left);
	if (n <= 0)
		return false;
	session->end += (size_t)n;
	return true;
}

static bool
handshake(struct session *session)
{
	const struct options *options = session->options;
	int result;

	if (!flush(session) ||
	    gnutls_init(&session->tls, GNUTLS_SERVER | GNUTLS_NO_TICKETS) < 0)
		return false;
	gnutls_priority_set(session->tls, options->priority);
	gnutls_credentials_set(
	    session->tls, GNUTLS_CRD_CERTIFICATE, options->credentials);
	gnutls_transport_set_ptr(session->tls, session);
	gnutls_transport_set_pull_function(session->tls, wire_read);
	gnutls_transport_set_push_function(session->tls, wire_write);
	do
		result = gnutls_handshake(session->tls);
	while (result < 0 && !gnutls_error_is_fatal(result));
	if (result < 0)
		fprintf(stderr, "sink: %s\n", gnutls_strerror(result));
	return result >= 0;
}

/* The next line, ended by NUL in the place of its end; NULL: no more. */
static char *
next_line(struct session *session)
{
	for (size_t seen = 0;;) {
		char *line = session->in + session->at;
		size_t len = session->end - session->at;
		char *end = memchr(line + seen, '\n', len - seen);

		if (end != NULL) {
			session->at += (size_t)(end - line) + 1;
			if (end > line && end[-1] == '\r')
				end--;
			*end = '\0';
			return line;
		}
		seen = len;
		if (len == IN_MAX || !fill(session))
			return NULL;
	}
}

static void
take(struct session *session, size_t len)
{
	if (session->options->hashes)
		gnutls_hash(
		    session->content, session->in + session->at, len);
	if (session->saved != NULL)
		fwrite(session->in + session->at, 1, len, session->saved);
	session->octets += len;
	session->at += len;
}

/*
 * What is before the next dot that begins a line; the two octets behind that
 * dot are in the input then. false: the input is used up.
 */
static bool
find_dot(struct session *session, char last[2])
{
	const char *begin = session->in + session->at;
	const char *end = session->in + session->end;
	const char *dot = begin;
	size_t len;
	bool found = false;

	while ((dot = memchr(dot, '.', (size_t)(end - dot))) != NULL) {
		char one = dot - begin >= 1 ? dot[-1] : last[1];
		char two = dot - begin >= 2   ? dot[-2]
			   : dot - begin == 1 ? last[1]
					      : last[0];

		if (one == '\n' && two == '\r') {
			found = true;
			break;
		}
		dot++;
	}
	len = (size_t)((found ? dot : end) - begin);
	if (len == 1)
		last[0] = last[1];
	else if (len >= 2)
		last[0] = begin[len - 2];
	if (len >= 1)
		last[1] = begin[len - 1];
	take(session, len);
	return found;
}

static bool
take_stuffed(struct session *session)
{
	char last[2] = {'\r', '\n'};

	for (;;) {
		if (!find_dot(session, last)) {
			if (!fill(session))
				return false;
			continue;
		}
		while (session->end - session->at < 3)
			if (!fill(session))
				return false;
		session->at++;
		if (memcmp(session->in + session->at, "\r\n", 2) == 0)
			break;
		/* the octet behind a stuffed dot is content, a dot or not */
		last[0] = last[1];
		last[1] = session->in[session->at];
		take(session, 1);
	}
	session->at += 2;
	session->by = "DATA";
	session->messages++;
	say(session, "250 taken\r\n");
	return true;
}

static bool
take_chunk(struct session *session, const char *words)
{
	unsigned long long left = strtoull(words, NULL, 10);

	if (strstr(words, "LAST") != NULL)
		session->messages++;
	while (left > 0) {
		size_t len = session->end - session->at;

		if (len > left)
			len = (size_t)left;
		take(session, len);
		left -= len;
		if (left > 0 && !fill(session))
			return false;
	}
	session->by = "BDAT";
	say(session, "250 taken\r\n");
	return true;
}

static void
offer(struct session *session, const char *keyword, const char *parameter)
{
	const struct options *options = session->options;

	for (size_t i = 0; i < options->without_count; i++)
		if (strcmp(options->without[i], keyword) == 0)
			return;
	say(session, "250-");
	say(session, keyword);
	say(session, parameter);
	say(session, "\r\n");
}

static bool
take_hello(struct session *session, const char *words)
{
	(void)words;
	say(session, "250-sink.example\r\n");
	offer(session, "PIPELINING", "");
	offer(session, "8BITMIME", "");
	offer(session, "SIZE", "");
	offer(session, "CHUNKING", "");
	if (session->options->certificate != NULL && session->tls == NULL)
		offer(session, "STARTTLS", "");
	else if (session->options->login != NULL)
		offer(session, "AUTH", " PLAIN");
	say(session, "250 HELP\r\n");
	return true;
}

static bool
take_starttls(struct session *session, const char *words)
{
	(void)words;
	say(session, "220 go\r\n");
	session->at = session->end = 0;
	return handshake(session);
}

static bool
take_login(struct session *session, const char *words)
{
	if (strcasecmp(words, "PLAIN") == 0) {
		say(session, "334 \r\n");
		words = next_line(session);
	} else {
		words += strncasecmp(words, "PLAIN ", 6) == 0 ? 6 : 0;
	}
	if (words == NULL)
		return false;
	session->has_login = session->options->login != NULL &&
			     strcmp(words, session->options->login) == 0;
	say(session, session->has_login ? "235 you are\r\n"
					: "535 5.7.8 you are not\r\n");
	return true;
}

static bool
take_mail(struct session *session, const char *words)
{
	(void)words;
	if (session->options->login != NULL && !session->has_login)
		say(session, "530 5.7.0 log in\r\n");
	else
		say(session, "250 ok\r\n");
	return true;
}

static bool
take_recipient(struct session *session, const char *words)
{
	size_t len = strcspn(words, ">");

	session->recipient_count++;
	gnutls_hash(session->recipients, words, len);
	gnutls_hash(session->recipients, "\n", 1);
	say(session, "250 ok\r\n");
	return true;
}

static bool
take_data(struct session *session, const char *words)
{
	(void)words;
	say(session, "354 go\r\n");
	return take_stuffed(session);
}

static bool
take_quit(struct session *session, const char *words)
{
	(void)words;
	say(session, "221 bye\r\n");
	/* whether the client waits for that shows */
	fill(session);
	return false;
}

static bool
take_nothing(struct session *session, const char *words)
{
	(void)words;
	say(session, "250 ok\r\n");
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
	say(session, "500 what?\r\n");
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
	if (!options->is_implicit || handshake(session)) {
		say(session, "220 sink.example\r\n");
		while ((line = next_line(session)) != NULL &&
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
		} else if (strcmp(*words, "--patience") == 0 && words[1]) {
			options->patience = (int)strtol(*++words, NULL, 10);
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
	struct sockaddr_in address = {.sin_family = AF_INET,
	    .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
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
