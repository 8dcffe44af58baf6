#!/bin/sh
# A password reset at first contact: recorded, solved and rated in one call.
#
# Usage: sh password-reset.sh [DIR]     (DIR must be new or empty)
set -eu

desk=${1:-gitsm-password}
gitsm=${GITSM:-gitsm}

# Says what is about to happen.
tell() { printf '\n# %s\n' "$*"; }

# Acts as somebody: git's identity says who.
as() {
    GIT_AUTHOR_NAME=$1 GIT_AUTHOR_EMAIL=$2
    GIT_COMMITTER_NAME=$1 GIT_COMMITTER_EMAIL=$2
    export GIT_AUTHOR_NAME GIT_AUTHOR_EMAIL GIT_COMMITTER_NAME GIT_COMMITTER_EMAIL
}

# Prints a command as one would type it, and runs it.
play() {
    printf '$ gitsm' >&3
    for word in "$@"; do
        case $word in
            *[!A-Za-z0-9_./:=+,%@-]* | '') printf " '%s'" "$word" >&3 ;;
            *) printf ' %s' "$word" >&3 ;;
        esac
    done
    printf '\n' >&3
    "$gitsm" "$@"
}

# Plays a command that makes a record, shows its id and keeps it in `id`.
make() {
    id=$(play "$@")
    printf '%s\n' "$id"
}

exec 3>&1

tell 'A help desk.'
as 'Dana Desk' dana@example.com
play init "$desk" --profile help-desk --name 'Example help desk'
cd "$desk"

tell 'Paula calls: she cannot log in. Dana resets the password while she waits.'
make incident new 'Paula cannot log in' --category access/password --requester paula --channel phone --impact low
incident=$id
play incident take "$incident"
play incident resolve "$incident" -c fixed -m 'Identity checked by call back, password reset; she is in.'
play csat "$incident" 5 --from paula -m 'Two minutes!'
play incident close "$incident"
play show "$incident"
play report csat
play check
