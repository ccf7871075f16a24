# Completion of smtpost-oauth(1) for fish.

# Profiles are found as smtpost's own completion finds them, which lies in the same
# folder.
functions -q __smtpost_profiles; or source (status dirname)/smtpost.fish

set -l commands login token status refresh logout export import providers

complete -c smtpost-oauth -f
complete -c smtpost-oauth -n "not __fish_seen_subcommand_from $commands" -a login -d 'Log in, for a person'
complete -c smtpost-oauth -n "not __fish_seen_subcommand_from $commands" -a token -d 'Print an access token'
complete -c smtpost-oauth -n "not __fish_seen_subcommand_from $commands" -a status -d 'Show how long logins last'
complete -c smtpost-oauth -n "not __fish_seen_subcommand_from $commands" -a refresh -d 'Get a new token now'
complete -c smtpost-oauth -n "not __fish_seen_subcommand_from $commands" -a logout -d 'Revoke and delete a login'
complete -c smtpost-oauth -n "not __fish_seen_subcommand_from $commands" -a export -d 'Print a login for another machine'
complete -c smtpost-oauth -n "not __fish_seen_subcommand_from $commands" -a import -d 'Read a login that export printed'
complete -c smtpost-oauth -n "not __fish_seen_subcommand_from $commands" -a providers -d 'List the known services'
complete -c smtpost-oauth -n "__fish_seen_subcommand_from login token status refresh logout export import" -a '(__smtpost_profiles)' -d Profile
complete -c smtpost-oauth -l config -r -F -d 'Read this configuration'
complete -c smtpost-oauth -l all -d 'With refresh: the logins not used for 30 days'
complete -c smtpost-oauth -l browser -d 'Log in with a browser on this machine'
complete -c smtpost-oauth -l device -d 'Log in with a code'
complete -c smtpost-oauth -l no-open -d 'Only print the address for the browser'
complete -c smtpost-oauth -l paste -d 'Paste the address that the browser ends on'
complete -c smtpost-oauth -l port -x -d 'Wait for the browser on this port'
complete -c smtpost-oauth -l report -x -a 'text json' -d 'Form of the output'
complete -c smtpost-oauth -s v -l verbose -d 'Show what services are asked'
complete -c smtpost-oauth -s h -l help -d 'Print a summary'
complete -c smtpost-oauth -l version -d 'Print the version'
