# Completion of smtpost(1) for fish.

# Whether an option can stand here: options end at the first recipient, or at --.
function __smtpost_is_option_place
    set -l wants_value 0
    for word in (commandline -opc)[2..-1]
        if test $wants_value = 1
            set wants_value 0
        else if not string match -q -- '-?*' $word; or test x$word = x--
            return 1
        else if string match -qr -- '^--(profile|account|from|full-name|message|recipients|subject|to|cc|bcc|reply-to|body|body-file|html-file|inline|attach|header|dsn-notify|dsn-return|envelope-id|body-type|at|delay|batch|merge|rows|rate|max-failures|state|report|config|set|server|mail-on|only|warn-days|outbound|send|setup|import|where)$' $word
            set wants_value 1
        else if string match -qr -- '^-[^-bdeqPafrFsoONRVBCDLXhp]*[PafrFsoONRVBCDLXhp]$' $word
            set wants_value 1
        end
    end
    return 0
end

# Completes the command of --run, which is after --.
function __smtpost_command
    set -l words (commandline -opc)
    set -l end (contains -i -- -- $words); or return
    contains -- --run $words[1..$end]; or return
    set -e words[1..$end]
    complete -C (string join ' ' -- (string escape -- $words) (commandline -ct))
end

# The configuration files: the one that --config names, or the usual ones.
function __smtpost_configs
    set -l words (commandline -opc)
    for i in (seq (count $words))
        switch $words[$i]
            case -C --config
                if set -q words[(math $i + 1)]
                    echo $words[(math $i + 1)]
                    return
                end
            case '--config=*'
                string replace -- --config= '' $words[$i]
                return
        end
    end
    set -l folder $HOME/.config
    set -q XDG_CONFIG_HOME; and set folder $XDG_CONFIG_HOME
    echo $folder/smtpost/config
    set -l system (smtpost --version 2>/dev/null </dev/null | string replace -rf '^configuration: ' '')
    test -n "$system"; or set system /etc/smtpost/config
    echo $system
end

# Profiles: the names in [] in those files and in the files that they include.
function __smtpost_profiles
    set -l files (__smtpost_configs)
    set -l i 1
    set -l names
    while test $i -le (count $files) -a $i -le 64
        set -l file (string replace -r '^~/' $HOME/ -- $files[$i])
        set i (math $i + 1)
        test -f $file -a -r $file; or continue
        set -a names (string match -rg '^\s*\[\s*([^][\s/",\\\\]+)\s*\]\s*$' <$file)
        for included in (string match -rg '^\s*include\s+([^=\s].*\S)\s*$' <$file)
            string match -qr '^[/~]' -- $included
            or set included (dirname $file)/$included
            set -a files $included
        end
    end
    test -n "$names"; and printf '%s\n' $names | sort -u
end

# KEY=VALUE for all settings except secrets, which the command line must not
# contain.
function __smtpost_settings
    set -l settings \
        extends match \
        provider server tls tls-trust tls-crl tls-pin tls-host tls-min \
        tls-priority tls-cert tls-key mx-security dnssec auth user password-command password-file password-fd \
        token-command oauth oauth-client-id oauth-client-secret-file oauth-tenant \
        oauth-scope oauth-flow oauth-key oauth-store oauth-read-command \
        oauth-write-command oauth-tls-trust \
        sender full-name domain local-domains ehlo-name \
        header-policy keep-original-from aliases local-recipients \
        remove-bcc undisclosed-recipients add-headers repair filter-command \
        dkim-key dkim-selector dkim-domain dkim-lifetime max-size \
        memory-max ignore-dots \
        partial dsn-notify dsn-return sent-copy sent-copy-bcc pipelining chunking \
        ip source-address proxy proxy-password-command \
        proxy-password-file timeout-connect timeout timeout-total \
        max-messages \
        queue queue-dir queue-lifetime queue-retry queue-warn queue-flush \
        queue-run-time max-queue in-doubt notifications notify-command \
        report allow-senders client-rate tcp-clients log log-format \
        log-recipients
    if not string match -q -- '*=*' (string replace -- --set= '' (commandline -ct))
        printf '%s=\n' $settings
        return
    end
    smtpost --providers 2>/dev/null </dev/null | string replace -r '^([^\t]*?)(REGION)?\t.*' 'provider=$1'
    printf 'server=%s\n' smtp:// smtps:// lmtp:// smtp+unix: lmtp+unix: srv: mx:
    printf 'tls=%s\n' required opportunistic none
    printf 'tls-trust=%s\n' system pin
    printf 'tls-min=%s\n' 1.2 1.3
    printf 'mx-security=%s\n' dane mta-sts none
    printf 'dnssec=%s\n' auto trusted no
    printf 'auth=%s\n' auto none EXTERNAL SCRAM-SHA-256-PLUS SCRAM-SHA-1-PLUS SCRAM-SHA-256 SCRAM-SHA-1 OAUTHBEARER XOAUTH2 PLAIN LOGIN CRAM-MD5
    printf 'oauth=%s\n' google microsoft fastmail yahoo aol yandex mail.ru https://
    printf 'oauth-tenant=%s\n' common organizations consumers
    printf 'oauth-flow=%s\n' auto browser device client-credentials service-account
    printf 'oauth-store=%s\n' file command
    printf 'oauth-tls-trust=%s\n' system
    printf 'header-policy=%s\n' complete provider keep
    printf 'keep-original-from=%s\n' yes no
    printf 'aliases=%s\n' none
    printf 'remove-bcc=%s\n' yes no
    printf 'undisclosed-recipients=%s\n' yes no
    printf 'repair=%s\n' yes no
    printf 'ignore-dots=%s\n' yes no
    printf 'partial=%s\n' best-effort all-or-nothing
    printf 'queue=%s\n' never on-tempfail always
    printf 'queue-flush=%s\n' yes no
    printf 'in-doubt=%s\n' retry hold
    printf 'notifications=%s\n' yes no
    printf 'dsn-notify=%s\n' never success failure delay
    printf 'dsn-return=%s\n' full hdrs
    printf 'sent-copy-bcc=%s\n' yes no
    printf 'pipelining=%s\n' auto never
    printf 'chunking=%s\n' auto never
    printf 'ip=%s\n' any 4 6
    printf 'report=%s\n' none text json
    printf 'tcp-clients=%s\n' none loopback
    printf 'log=%s\n' none syslog journal stderr
    printf 'log-format=%s\n' text json
    printf 'log-recipients=%s\n' full hash none
end

# Kinds of files of other programs, and the files themselves after one.
function __smtpost_import
    set -l word (string replace -- --import= '' (commandline -ct))
    set -l parts (string match -r '^(msmtprc|ssmtp|esmtprc|nullmailer|dma|git|mutt|neomutt|s-nail|netrc):(.*)' -- $word)
    if set -q parts[3]
        printf "$parts[2]:%s\n" (__fish_complete_path $parts[3])
    else
        printf '%s\n' git msmtprc: ssmtp: esmtprc: nullmailer: dma: git: mutt: neomutt: s-nail: netrc:
    end
end

complete -c smtpost -f -a '(__smtpost_command)'
complete -c smtpost -n __smtpost_is_option_place -s P -l profile -x -a '(__smtpost_profiles)' -d 'Use this profile'
complete -c smtpost -n __smtpost_is_option_place -s a -l account -x -a '(__smtpost_profiles)' -d 'Use this profile'
complete -c smtpost -n __smtpost_is_option_place -s f -l from -x -d 'Sender address for failure reports'
complete -c smtpost -n __smtpost_is_option_place -s r -x -d 'Sender address for failure reports'
complete -c smtpost -n __smtpost_is_option_place -s F -l full-name -x -d 'Display name for a From field that is added'
complete -c smtpost -n __smtpost_is_option_place -s t -l read-recipients -d 'Take recipients from To, Cc and Bcc too'
complete -c smtpost -n __smtpost_is_option_place -l message -r -F -d 'Read the message from a file'
complete -c smtpost -n __smtpost_is_option_place -l recipients -r -F -d 'Read recipients from a file'
complete -c smtpost -n __smtpost_is_option_place -s s -l subject -x -d 'Compose a message with this subject'
complete -c smtpost -n __smtpost_is_option_place -l to -x -d 'Recipients, for the field To'
complete -c smtpost -n __smtpost_is_option_place -l cc -x -d 'Recipients, for the field Cc'
complete -c smtpost -n __smtpost_is_option_place -l bcc -x -d 'Recipients that the message does not name'
complete -c smtpost -n __smtpost_is_option_place -l reply-to -x -d 'Where replies to the message should go'
complete -c smtpost -n __smtpost_is_option_place -l body -x -d 'The text of the message'
complete -c smtpost -n __smtpost_is_option_place -l body-file -r -F -d 'Read the text from a file'
complete -c smtpost -n __smtpost_is_option_place -l html-file -r -F -d 'HTML beside the text, or instead of it'
complete -c smtpost -n __smtpost_is_option_place -l inline -r -F -d 'Show a file where the HTML names it'
complete -c smtpost -n __smtpost_is_option_place -l attach -r -F -d 'Attach a file'
complete -c smtpost -n __smtpost_is_option_place -l header -x -d 'Set, remove or add a field of the header'
complete -c smtpost -n __smtpost_is_option_place -s i -d 'Do not let a line with only a dot end the message'
complete -c smtpost -n __smtpost_is_option_place -s o -x -a 'i dq' -d 'i is -i; dq only puts it into the queue'
complete -c smtpost -n __smtpost_is_option_place -s O -x -a IgnoreDots=true -d 'An option of sendmail'
complete -c smtpost -n __smtpost_is_option_place -s N -l dsn-notify -x -a 'never success failure delay' -d 'When to send delivery notifications'
complete -c smtpost -n __smtpost_is_option_place -s R -l dsn-return -x -a 'full hdrs' -d 'How much of the message a notification includes'
complete -c smtpost -n __smtpost_is_option_place -s V -l envelope-id -x -d 'An identifier that notifications will repeat'
complete -c smtpost -n __smtpost_is_option_place -l require-tls -d 'TLS on the whole way, else the message fails'
complete -c smtpost -n __smtpost_is_option_place -s B -l body-type -x -a '7BIT 8BITMIME' -d 'Accepted and ignored; the message itself decides'
complete -c smtpost -n __smtpost_is_option_place -s b -d 'What to do: -bm, -bs, -bv, -bp or -bi'
complete -c smtpost -n __smtpost_is_option_place -s I -d 'The same as -bi'
complete -c smtpost -n __smtpost_is_option_place -l at -x -d 'Send it at that time'
complete -c smtpost -n __smtpost_is_option_place -l delay -x -d 'Send it after that time'
complete -c smtpost -n __smtpost_is_option_place -s q -d 'Send mail in the queue that is due; f: all'
complete -c smtpost -n __smtpost_is_option_place -l queue-run -d 'Send mail in the queue'
complete -c smtpost -n __smtpost_is_option_place -l all-users -d 'As root: run the queues of all users'
complete -c smtpost -n __smtpost_is_option_place -l batch -r -F -d 'Send all messages of an mbox, Maildir or folder'
complete -c smtpost -n __smtpost_is_option_place -l merge -r -F -d 'Send a message for each row of a table in CSV'
complete -c smtpost -n __smtpost_is_option_place -l rows -x -d 'With --merge: only these rows, such as 1-3 or 5'
complete -c smtpost -n __smtpost_is_option_place -l rate -x -d 'With many messages: the highest rate, such as 30/m'
complete -c smtpost -n __smtpost_is_option_place -l max-failures -x -d 'With many messages: stop after so many failures in a row'
complete -c smtpost -n __smtpost_is_option_place -l state -r -F -d 'With many messages: record what was sent, to resume'
complete -c smtpost -n __smtpost_is_option_place -l resend-unknown -d 'With --state: send again what is in doubt'
complete -c smtpost -n __smtpost_is_option_place -l report -x -a 'none text json monitor' -d 'What to print'
complete -c smtpost -n __smtpost_is_option_place -l quiet -d 'Print neither report nor progress'
complete -c smtpost -n __smtpost_is_option_place -s C -l config -r -F -d 'Read this configuration instead of the usual files'
complete -c smtpost -n __smtpost_is_option_place -l set -x -a '(__smtpost_settings)' -d 'A setting for this run'
complete -c smtpost -n __smtpost_is_option_place -l server -x -a 'smtp:// smtps:// lmtp:// smtp+unix: lmtp+unix: srv: mx:' -d 'Send through this server'
complete -c smtpost -n __smtpost_is_option_place -l run -d 'Run the command after --, and mail its output'
complete -c smtpost -n __smtpost_is_option_place -l mail-on -x -a 'failure output always' -d 'With --run: when to send a mail'
complete -c smtpost -n __smtpost_is_option_place -l tee -d 'With --run: print the output of the command, too'
complete -c smtpost -n __smtpost_is_option_place -l attach-output -d 'With --run: attach all of the output'
complete -c smtpost -n __smtpost_is_option_place -l dry-run -d 'Print what would be sent; do not connect'
complete -c smtpost -n __smtpost_is_option_place -l check-message -d 'Print what would be changed in the message'
complete -c smtpost -n __smtpost_is_option_place -l diff -d 'With --check-message: show the changes as a diff'
complete -c smtpost -n __smtpost_is_option_place -l explain -d 'Print every setting and where it came from'
complete -c smtpost -n __smtpost_is_option_place -l doctor -d 'Check a profile, its server and its login'
complete -c smtpost -n __smtpost_is_option_place -l all -d 'With --doctor: check every profile'
complete -c smtpost -n __smtpost_is_option_place -l only -x -d 'With --doctor: show only these checks'
complete -c smtpost -n __smtpost_is_option_place -l no-login -d 'With --doctor: do not log in'
complete -c smtpost -n __smtpost_is_option_place -l outbound -x -d 'With --doctor: the IP address that receivers see'
complete -c smtpost -n __smtpost_is_option_place -l warn-days -x -d 'With --doctor: warn so many days before a certificate ends'
complete -c smtpost -n __smtpost_is_option_place -l redact -d 'With --doctor: leave out names and addresses'
complete -c smtpost -n __smtpost_is_option_place -l send -x -d 'With --doctor: send a mail to this address, too'
complete -c smtpost -n __smtpost_is_option_place -l server-info -d 'Show what a server offers, and its certificates'
complete -c smtpost -n __smtpost_is_option_place -l setup -x -d 'Find the server of a mail address, and make a profile'
complete -c smtpost -n __smtpost_is_option_place -l online -d 'With --setup: ask the domain and the ISPDB by HTTPS'
complete -c smtpost -n __smtpost_is_option_place -l write -d 'With --setup, --import: write the configuration'
complete -c smtpost -n __smtpost_is_option_place -l import -r -F -a '(__smtpost_import)' -d 'Translate the settings of another program'
complete -c smtpost -n __smtpost_is_option_place -l with-secrets -d 'With --import: passwords too, into a private file'
complete -c smtpost -n __smtpost_is_option_place -l providers -d 'List the mail services that smtpost knows'
complete -c smtpost -n __smtpost_is_option_place -l dkim-keygen -d 'Make a DKIM key: DOMAIN SELECTOR [rsa|ed25519]'
complete -c smtpost -n __smtpost_is_option_place -l queue-list -d 'Print one line for each mail in the queue'
complete -c smtpost -n __smtpost_is_option_place -l queue-show -d 'Print all about these mails: why each waits'
complete -c smtpost -n __smtpost_is_option_place -l queue-hold -d 'Keep these mails until they are released'
complete -c smtpost -n __smtpost_is_option_place -l queue-release -d 'Try these mails again'
complete -c smtpost -n __smtpost_is_option_place -l queue-remove -d 'Remove these mails from the queue'
complete -c smtpost -n __smtpost_is_option_place -l where -x -a 'sender= recipient= older= state=waiting state=sending state=held state=dead' -d 'Choose mails'
complete -c smtpost -n __smtpost_is_option_place -l yes -d 'Do not ask before mails are sent, changed or removed'
complete -c smtpost -n __smtpost_is_option_place -s v -d 'Show the SMTP dialogue'
complete -c smtpost -n __smtpost_is_option_place -l help -d 'Print a list of the options'
complete -c smtpost -n __smtpost_is_option_place -l version -d 'Print the version and the libraries'
