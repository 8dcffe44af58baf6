# What the stories of this folder have in common; they read it with `.`.

gitsm=${GITSM:-gitsm}
# Commands are shown here, also where their answers are kept.
exec 3>&1

# Says what is about to happen.
tell() { printf '\n# %s\n' "$*"; }

# Acts as somebody: git's identity says who.
as() {
    GIT_AUTHOR_NAME=$1 GIT_AUTHOR_EMAIL=$2
    GIT_COMMITTER_NAME=$1 GIT_COMMITTER_EMAIL=$2
    export GIT_AUTHOR_NAME GIT_AUTHOR_EMAIL GIT_COMMITTER_NAME GIT_COMMITTER_EMAIL
}

# Sets the clock, so that nights and weekends need not be waited for.
now() {
    GITSM_NOW=$1
    export GITSM_NOW
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

# Plays a command that must be refused.
refused() {
    if play "$@"; then
        printf 'this should have been refused\n' >&2
        exit 1
    fi
}
