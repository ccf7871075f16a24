/*
 * Series of three letters to servers that send one reply too many, one too few
 * or a wrong one, at each place. The server knows what it has taken. Whatever
 * the client makes of its replies, it must not report `relayed` for a letter
 * that the server has not taken, nor that one is safe to send again if it has;
 * and without a change the outcomes must be exact. Each letter has a journal:
 * it knows of every content before it ends, and what it was told once stays
 * true. SERIES_SHARE=1 tries all changes, a share of N every Nth.
 */
#include "rows.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include "smtp/given.h"
#include "smtp/series.h"

#define LETTERS 3
#define RECIPIENTS 4 /* of all letters; the second letter has two */
#define WORKERS 16
#define SHARE 503
#define IDLE 200 /* milliseconds; then the server closes, if it does */

enum truth { TAKEN, MAIL_REFUSED, RCPT_REFUSED, CONTENT_REFUSED, TRUTHS };
enum kind { NO_CHANGE, INSERT, EARLY, SLOW, REMOVE, REPLACE, KINDS, FORBID };

/* Codes that take the place of a reply, or come beside it. */
static const char *const codes[] = {"250 odd", "220 odd", "221 odd", "354 odd",
    "450 odd", "503 odd", "550 odd", "421 odd", "421 closing", "odd"};

#define CODES (sizeof(codes) / sizeof(codes[0]))
#define PLACES 22 /* replies of the first session */
#define CHANGES \
	(1 + LETTERS + PLACES * (1 + (size_t)(KINDS - INSERT - 1) * CODES) * 2)

struct mode {
	const char *name;
	bool is_pipelined, is_lmtp;
	bool has_flights;  /* MAIL with the end of a content */
	bool is_in_pieces; /* each octet of a reply comes alone */
};

static const struct mode modes[] = {
    {"flights", true, false, true, false},
    {"flights, octet by octet", true, false, true, true},
    {"a flight for each", true, false, false, false},
    {"lockstep", false, false, false, false},
    {"LMTP in flights", true, true, true, false},
    {"LMTP in lockstep", false, true, false, false},
};

struct play {
	const struct mode *mode;
	enum truth truth[LETTERS];
	enum kind kind;
	size_t at;
	const char *code;
	bool closes;
};

/* Only then can somebody wait for a reply that does not come. */
static bool
has_odd_reply(const struct play *play)
{
	return play->kind != NO_CHANGE && play->kind != FORBID;
}

/* What the server took for each recipient: how often. */
struct taken {
	unsigned char times[RECIPIENTS];
};

struct book {
	const struct play *play;
	int listener, fd, end;
	struct buf in, out;
	size_t replies, sessions;
	bool is_over, in_content;
	int letter; /* of MAIL; -1: no transaction */
	bool accepted[RECIPIENTS];
	size_t accepted_count;
	struct taken taken;
};

static const size_t first_recipient[LETTERS] = {0, 1, 3};

static void
book_flush(struct book *book)
{
	size_t piece = book->play->mode->is_in_pieces ? 1 : book->out.len;

	for (size_t at = 0; at < book->out.len && book->fd >= 0; at += piece)
		(void)!send(book->fd, book->out.data + at, piece, MSG_NOSIGNAL);
	buf_clear(&book->out);
}

static void
book_put(struct book *book, const char *reply)
{
	if (book->is_over)
		return;
	buf_add_text(&book->out, reply);
	buf_add_text(&book->out, "\r\n");
	if (strcmp(reply, "421 closing") == 0)
		book->is_over = true;
}

/*
 * Says yes or no, with the change. Returns which of them holds: a server does
 * what it says, if what it says is an answer.
 */
static bool
book_answer(struct book *book, bool truth, const char *yes, const char *no)
{
	const struct play *play = book->play;
	size_t number = book->replies++;
	bool is_here = book->sessions == 1 && number == play->at;

	if (book->is_over)
		return false;
	if (is_here && (play->kind == INSERT || play->kind == SLOW)) {
		book_put(book, play->code);
		if (play->kind == SLOW) {
			book_flush(book);
			usleep(30000);
		}
		if (book->is_over)
			return false;
	}
	if (is_here && play->kind == REPLACE) {
		book_put(book, play->code);
		if (strchr("245", play->code[0]) != NULL &&
		    !span_starts(span_from(play->code), SPAN("221")))
			return play->code[0] == '2';
		return truth;
	}
	if (!is_here || play->kind != REMOVE)
		book_put(book, truth ? yes : no);
	if (is_here && play->kind == EARLY)
		book_put(book, play->code);
	return truth;
}

static void
book_say(struct book *book, const char *reply)
{
	book_answer(book, true, reply, "");
}

static void
book_reset(struct book *book)
{
	book->letter = -1;
	book->accepted_count = 0;
	memset(book->accepted, 0, sizeof(book->accepted));
}

static void
book_deliver(struct book *book)
{
	bool takes = book->letter >= 0 && book->accepted_count > 0 &&
	    book->play->truth[book->letter] != CONTENT_REFUSED;
	bool is_each = book->play->mode->is_lmtp && book->accepted_count > 0;

	if (!is_each)
		takes = book_answer(book, takes, "250 taken", "554 spam");
	for (size_t i = 0; i < RECIPIENTS; i++) {
		if (!book->accepted[i])
			continue;
		if (is_each ? book_answer(book, takes, "250 taken", "554 spam")
			    : takes)
			book->taken.times[i]++;
	}
	book_reset(book);
}

static void
book_rcpt(struct book *book, char name)
{
	size_t number = (size_t)(name - 'r');

	if (book->letter < 0 || number >= RECIPIENTS) {
		book_say(book, "503 no MAIL");
		return;
	}
	if (!book_answer(book,
		book->play->truth[book->letter] != RCPT_REFUSED ||
		    number != first_recipient[book->letter],
		"250 ok", "550 nobody"))
		return;
	book->accepted[number] = true;
	book->accepted_count++;
}

static void
book_mail(struct book *book, char name)
{
	int letter = name - 'a';

	if (book->letter >= 0 || letter < 0 || letter >= LETTERS)
		book_say(book, "503 nested");
	else if (book_answer(book, book->play->truth[letter] != MAIL_REFUSED,
		     "250 ok", "550 not you"))
		book->letter = letter;
}

static void
book_command(struct book *book, struct span line)
{
	if (span_starts(line, SPAN("EHLO")) || span_starts(line, SPAN("LHLO")))
		book_say(book,
		    book->play->mode->is_pipelined ? "250-mx\r\n250 PIPELINING"
						   : "250 mx");
	else if (span_starts(line, SPAN("MAIL FROM:<")) && line.len > 11)
		book_mail(book, line.at[11]);
	else if (span_starts(line, SPAN("RCPT TO:<")) && line.len > 9)
		book_rcpt(book, line.at[9]);
	else if (span_starts(line, SPAN("DATA"))) {
		book->in_content = book->accepted_count > 0;
		book_say(book, book->in_content ? "354 go" : "503 no RCPT");
	} else if (span_starts(line, SPAN("RSET"))) {
		book_reset(book);
		book_say(book, "250 ok");
	} else if (span_starts(line, SPAN("QUIT"))) {
		book_say(book, "221 bye");
		book->is_over = book->is_over || book->play->closes;
	} else {
		book_say(book, "500 what");
	}
}

static void
book_take(struct book *book)
{
	struct span in = buf_span(&book->in);
	size_t end;

	while (!book->is_over && (end = span_find(in, '\n')) < in.len) {
		struct span line = span_head(in, end > 0 ? end - 1 : 0);

		in = span_skip(in, end + 1);
		if (!book->in_content) {
			book_command(book, line);
		} else if (span_equal(line, SPAN("."))) {
			book->in_content = false;
			book_deliver(book);
		}
	}
	memmove(book->in.data, in.at, in.len);
	book->in.len = in.len;
	book_flush(book);
}

static void
book_close(struct book *book)
{
	char rest[4096];
	struct pollfd ready = {book->fd, POLLIN, 0};

	/* Without a reset, which could take replies away. */
	shutdown(book->fd, SHUT_WR);
	while (poll(&ready, 1, 1000) > 0 &&
	    recv(book->fd, rest, sizeof(rest), 0) > 0)
		;
	close(book->fd);
	book->fd = -1;
}

static void
book_accept(struct book *book)
{
	const int one = 1;

	book->fd = accept(book->listener, NULL, NULL);
	setsockopt(book->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	book->sessions++;
	book->is_over = book->in_content = false;
	buf_clear(&book->in);
	book_reset(book);
	book_say(book,
	    book->play->mode->has_flights ? "220 mx" : "220 mx ESMTP Haraka");
	book_flush(book);
}

/* Serves until the client has ended; then tells what was taken. */
static _Noreturn void
book_run(struct book *book)
{
	char data[4096];
	ssize_t got;

	alarm(60);
	for (;;) {
		struct pollfd ready[2] = {
		    {book->fd >= 0 ? book->fd : book->listener, POLLIN, 0},
		    {book->end, POLLIN, 0}};
		int count = poll(ready, 2, IDLE);

		if (count > 0 && ready[1].revents != 0 && ready[0].revents == 0)
			break;
		if (count > 0 && book->fd < 0 && ready[0].revents != 0) {
			book_accept(book);
		} else if (count > 0 && ready[0].revents != 0) {
			got = recv(book->fd, data, sizeof(data), 0);
			if (got <= 0) {
				close(book->fd);
				book->fd = -1;
				continue;
			}
			buf_add(&book->in, data, (size_t)got);
			book_take(book);
		}
		if (book->fd >= 0 &&
		    (book->is_over ||
			(count == 0 && book->play->closes &&
			    has_odd_reply(book->play))))
			book_close(book);
	}
	(void)!write(book->end, &book->taken, sizeof(book->taken));
	_exit(0);
}

/* What the journal of a letter has been told. */
struct diary {
	const struct envelope *envelope;
	struct journal journal;
	bool is_forbidden;
	bool is_begun, is_ended, is_wrong;
	struct {
		enum action action;
		bool in_doubt;
	} known[RECIPIENTS];
};

struct post {
	struct given given[LETTERS];
	struct submission submission[LETTERS];
	struct diary diary[LETTERS];
	size_t next, back;
};

static void
before_mail(void *context)
{
	struct diary *diary = context;

	diary->is_begun = true;
}

static bool
before_end(void *context, const struct server *server)
{
	struct diary *diary = context;

	(void)server;
	diary->is_wrong |= !diary->is_begun;
	diary->is_ended = !diary->is_forbidden;
	return !diary->is_forbidden;
}

/* What is certain stays so. */
static bool
after_transaction(void *context)
{
	struct diary *diary = context;

	for (size_t i = 0; i < diary->envelope->count; i++) {
		const struct outcome *outcome =
		    &diary->envelope->recipients[i].outcome;

		diary->is_wrong |= diary->known[i].action != ACTION_NONE &&
		    (diary->known[i].action != outcome->action ||
			diary->known[i].in_doubt != outcome->in_doubt);
		diary->known[i].action = outcome->action;
		diary->known[i].in_doubt = outcome->in_doubt;
	}
	return true;
}

/* Whether the journal knows all that came of the letter. */
static bool
is_diary_right(const struct diary *diary)
{
	for (size_t i = 0; i < diary->envelope->count; i++) {
		const struct outcome *outcome =
		    &diary->envelope->recipients[i].outcome;

		if (outcome->action != diary->known[i].action ||
		    outcome->in_doubt != diary->known[i].in_doubt)
			return false;
		if ((outcome->action == ACTION_RELAYED || outcome->in_doubt) &&
		    !diary->is_ended)
			return false;
	}
	return !diary->is_wrong;
}

static bool
next(void *context, struct series_item *item)
{
	struct post *post = context;

	if (post->next == LETTERS)
		return false;
	item->submission = &post->submission[post->next];
	item->envelope = &post->given[post->next].envelope;
	post->next++;
	return true;
}

static void
done(void *context, const struct series_item *item)
{
	struct post *post = context;

	for (size_t i = 0; i < LETTERS; i++)
		if (item->submission == &post->submission[i])
			post->diary[i].is_wrong |=
			    !is_diary_right(&post->diary[i]);
	post->back++;
}

/* What is wrong with the outcome; NULL: nothing. */
static const char *
judge(const struct outcome *outcome, unsigned times, bool is_exact, bool wanted)
{
	if (times > 1)
		return "taken twice";
	if (outcome->action == ACTION_RELAYED && times == 0)
		return "relayed, but not taken";
	if (outcome->action != ACTION_RELAYED && !outcome->in_doubt &&
	    times > 0)
		return "to be sent again, but taken";
	if (is_exact && outcome->in_doubt)
		return "in doubt without a reason";
	if (is_exact && wanted != (outcome->action == ACTION_RELAYED))
		return "not as the server says";
	if (is_exact && !wanted && outcome->action != ACTION_FAILED)
		return "not failed";
	return NULL;
}

static bool
is_wanted(const struct play *play, size_t letter, size_t recipient)
{
	switch (play->truth[letter]) {
	case TAKEN:
		return true;
	case RCPT_REFUSED:
		return recipient > 0;
	default:
		return false;
	}
}

/* Whether the outcomes of the letter are known without the client. */
static bool
is_exact(const struct play *play, size_t letter)
{
	return play->kind == NO_CHANGE ||
	    (play->kind == FORBID && letter != play->at);
}

static void
tell_fault(const struct play *play, const char *fault, char name)
{
	fprintf(stderr,
	    "# %s: truths %d %d %d, change %d at %zu by \"%s\", closes %d: "
	    "%c %s\n",
	    play->mode->name, play->truth[0], play->truth[1], play->truth[2],
	    play->kind, play->at, play->code, play->closes, name, fault);
}

static bool
is_judged_right(
    const struct play *play, const struct post *post, const struct taken *taken)
{
	bool is_right = true;

	for (size_t i = 0; i < LETTERS; i++) {
		const struct envelope *envelope = &post->given[i].envelope;

		for (size_t k = 0; k < envelope->count; k++) {
			size_t number = first_recipient[i] + k;
			const char *fault =
			    judge(&envelope->recipients[k].outcome,
				taken->times[number], is_exact(play, i),
				is_wanted(play, i, k));

			if (fault != NULL) {
				tell_fault(play, fault, (char)('a' + i));
				is_right = false;
			}
			if (taken->times[number] > 0 &&
			    !post->diary[i].is_ended) {
				tell_fault(play, "taken, and no record of it",
				    (char)('a' + i));
				is_right = false;
			}
		}
		if (post->diary[i].is_wrong) {
			tell_fault(
			    play, "its journal is wrong", (char)('a' + i));
			is_right = false;
		}
	}
	if (post->back != post->next) {
		tell_fault(play, "not all came back", '-');
		is_right = false;
	}
	return is_right;
}

static int
listen_somewhere(unsigned short *port)
{
	struct sockaddr_in address = {
	    .sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
	socklen_t len = sizeof(address);
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	if (fd < 0 || bind(fd, (struct sockaddr *)&address, len) != 0 ||
	    listen(fd, 8) != 0 ||
	    getsockname(fd, (struct sockaddr *)&address, &len) != 0)
		abort();
	*port = ntohs(address.sin_port);
	return fd;
}

static void
post_init(struct post *post, const struct play *play)
{
	static const char *const to[LETTERS] = {"r@x", "s@x t@x", "u@x"};

	*post = (struct post){0};
	for (size_t i = 0; i < LETTERS; i++) {
		given_init(&post->given[i], SPAN(GIVEN_MESSAGE), to[i]);
		post->given[i].envelope.reverse_path[0] = (char)('a' + i);
		post->diary[i] =
		    (struct diary){.envelope = &post->given[i].envelope,
			.journal = {before_mail, before_end, after_transaction,
			    NULL, &post->diary[i]},
			.is_forbidden = play->kind == FORBID && i == play->at};
		post->given[i].letter.journal = &post->diary[i].journal;
		post->submission[i].letter = &post->given[i].letter;
	}
}

static bool
play_series(const struct play *play)
{
	struct post post;
	struct given given;
	struct series series = {.next = next, .done = done, .context = &post};
	struct taken taken = {0};
	unsigned short port;
	int listener = listen_somewhere(&port), ends[2];
	bool is_right;
	pid_t child;

	if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends) != 0)
		abort();
	fflush(NULL);
	child = fork();
	if (child == 0) {
		struct book book = {.play = play,
		    .listener = listener,
		    .fd = -1,
		    .end = ends[1]};

		close(ends[0]);
		buf_init(&book.in, 1 << 16);
		book_run(&book);
	}
	close(ends[1]);
	close(listener);
	post_init(&post, play);
	given_init(&given, SPAN(GIVEN_MESSAGE), "none@x");
	given.profile.timeout = has_odd_reply(play) ? 500 : 30000;
	if (play->mode->is_lmtp)
		given.server.scheme = SCHEME_LMTP;
	given_server(&given, port);
	given.profile.servers = &given.server;
	given.profile.server_count = 1;
	series.profile = &given.profile;
	series_run(&series);
	shutdown(ends[0], SHUT_WR);
	is_right = read(ends[0], &taken, sizeof(taken)) == sizeof(taken);
	if (!is_right)
		tell_fault(play, "the server was lost", '-');
	close(ends[0]);
	waitpid(child, NULL, 0);
	is_right = is_right && is_judged_right(play, &post, &taken);
	for (size_t i = 0; i < LETTERS; i++) {
		submission_free(&post.submission[i]);
		given_free(&post.given[i]);
	}
	series_free(&series);
	given_free(&given);
	return is_right;
}

/* The play of a number; false: there is none. Zero: no change at all. */
static bool
find_play(const struct mode *mode, size_t number, struct play *play)
{
	size_t change = number % CHANGES, truths = number / CHANGES;

	*play = (struct play){.mode = mode, .closes = true, .code = ""};
	for (size_t i = 0; i < LETTERS; i++) {
		play->truth[i] = (enum truth)(truths % TRUTHS);
		truths /= TRUTHS;
	}
	if (truths > 0)
		return false;
	if (change == 0)
		return true;
	if (change <= LETTERS) {
		play->kind = FORBID;
		play->at = change - 1;
		return true;
	}
	change -= 1 + LETTERS;
	play->closes = change % 2 == 0;
	change /= 2;
	play->at = change % PLACES;
	change /= PLACES;
	play->kind = REMOVE;
	if (change == 0)
		return true;
	change--;
	play->code = codes[change % CODES];
	play->kind =
	    (enum kind[]){INSERT, EARLY, SLOW, REPLACE}[change / CODES];
	return true;
}

static size_t
share(void)
{
	const char *text = getenv("SERIES_SHARE");
	size_t number = text != NULL ? (size_t)atol(text) : 0;

	return number > 0 ? number : SHARE;
}

/* Each worker plays every WORKERSth of the chosen ones. */
static _Noreturn void
work(const struct mode *mode, size_t worker)
{
	struct play play;
	size_t faults = 0, step = share();

	for (size_t number = 0, played = 0; find_play(mode, number, &play);
	     number++) {
		if (number % step != 0 && number % CHANGES > LETTERS)
			continue;
		if (played++ % WORKERS == worker && !play_series(&play))
			faults++;
	}
	_exit(faults > 0);
}

static void
test_replies(void **state)
{
	const struct mode *mode = *state;
	pid_t workers[WORKERS];
	int status, faults = 0;

	if (share() < SHARE)
		alarm(0); /* that of rows.h is too early for many changes */
	fflush(NULL);
	for (size_t i = 0; i < WORKERS; i++) {
		workers[i] = fork();
		assert_true(workers[i] >= 0);
		if (workers[i] == 0)
			work(mode, i);
	}
	for (size_t i = 0; i < WORKERS; i++) {
		assert_int_equal(waitpid(workers[i], &status, 0), workers[i]);
		faults += status != 0;
	}
	assert_int_equal(faults, 0);
}

int
main(void)
{
	return rows_run("replies", modes, ROWS(modes), test_replies);
}
