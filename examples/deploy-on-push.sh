#!/bin/sh
# A push to a bare repository raises a change by itself. The gate keeps it back
# until two people agree, lets it out within its window, and closes again when
# it is edited after that. An emergency goes through, with its clock running.
#
# Usage: sh deploy-on-push.sh [DIR]     (DIR must be new or empty)
set -eu

top=${1:-gitsm-deploy}
. "$(dirname -- "$0")/story.sh"

# Keeps what hooks leave behind beside the rest.
mkdir -p "$top"
cd "$top"
top=$(pwd)
XDG_STATE_HOME=$top/state
export XDG_STATE_HOME
case $gitsm in */*) PATH=$(dirname -- "$gitsm"):$PATH ;; esac
export PATH

tell 'A desk that knows which branch of which repository goes where.'
now 2026-11-23T09:00:00Z
as 'Alice Admin' alice@example.com
play init desk --profile service-desk --name 'Example IT'
cd desk
cat > .gitsm/people.yaml <<'END'
- {id: alice, name: Alice Admin, emails: [alice@example.com], roles: [admin]}
- {id: bob, name: Bob Builder, emails: [bob@example.com], roles: [agent]}
- {id: carol, name: Carol Change, emails: [carol@example.com], roles: [approver]}
- {id: dave, name: Dave Director, emails: [dave@example.com], roles: [approver]}
- {id: shop-server, name: Shop server, emails: [shop@example.com], kind: machine, roles: [machine]}
END
cat > .gitsm/approvals.yaml <<'END'
definitions:
  production:
    description: Two who did not write it agree
    when: type:change environment:production
    steps:
    - {name: two, approvers: {people: [bob, carol, dave]}, quorum: 2}
END
play commit
play ci new shop --class application --service shop --criticality high
play ci new db-01 --class database
cat > .gitsm/deployments.yaml <<END
repositories:
  shop:
    remotes: [$top/shop.git]
    service: shop
    deploys:
    - {ref: refs/heads/main, to: production}
    paths:
    - {match: "db/**", cis: [db-01]}
    - {match: "**", cis: [shop]}
END
play commit
make incident new 'Cards are charged twice' --impact high --service shop
incident=$id
cd ..

tell 'The repository of the code, on a server: a push tells the desk, then tries to deploy.'
git init -q --bare -b main shop.git
git -C shop.git config user.name 'Shop server'
git -C shop.git config user.email shop@example.com
git -C desk config user.name 'Shop server'
git -C desk config user.email shop@example.com
cd shop.git
play --desk ../desk hook install
play hook status
cd ..
cat > deploy <<'END'
#!/bin/sh
# Puts main live, if the gate lets it.
set -eu
# 12 is the answer to a recorded emergency override.
gitsm change gate --environment production --commit main && code=0 || code=$?
case $code in 0 | 12) ;; *) exit "$code" ;; esac
mkdir -p ../live
git --work-tree=../live checkout -q -f main
gitsm change deployed --environment production --commit main --result ok
END
chmod +x deploy

# Deploys as the server, and says how it ended.
deploy() {
    printf '$ ./deploy\n' >&3
    (
        unset GIT_AUTHOR_NAME GIT_AUTHOR_EMAIL GIT_COMMITTER_NAME GIT_COMMITTER_EMAIL
        cd "$top/shop.git" && ../deploy
    ) && code=0 || code=$?
    printf '[exit %s]\n' "$code"
}

# Ends the story where an answer is not the one it tells of.
expect() {
    if [ "$code" != "$1" ]; then
        printf 'the gate should have answered %s\n' "$1" >&2
        exit 1
    fi
}

tell 'Bob mends it and pushes: the change is there by itself.'
as 'Bob Builder' bob@example.com
git clone -q shop.git code 2>/dev/null
cd code
mkdir db
echo 'alter table payments add unique (card, cart);' > db/1.sql
git add -A
git commit -q -m "Charge each card once

Fixes $incident"
GITSM_PUSHER='Bob Builder <bob@example.com>' git push -q origin HEAD:main 2>&1
cd ../shop.git
play --desk ../desk hook drain
cd ../desk
as 'Alice Admin' alice@example.com
play list type:change status:any
change=$("$gitsm" list type:change status:any -f ids)
play show "$change"

tell 'Nothing goes out before it is planned and approved.'
deploy
expect 11
play change schedule "$change" --start '2026-11-23T22:00Z' --end '2026-11-23T23:00Z'
as 'Bob Builder' bob@example.com
refused change approve "$change"
as 'Carol Change' carol@example.com
play change approve "$change" -m 'Tested on staging.'
deploy
expect 11
as 'Dave Director' dave@example.com
play change approve "$change"

tell 'Approved, but not before its window. And whoever edits it asks anew.'
deploy
expect 10
now 2026-11-23T22:10:00Z
as 'Alice Admin' alice@example.com
play edit "$change" --set backout_plan='Drop the index again.'
deploy
expect 10
as 'Carol Change' carol@example.com
play change approve "$change"
as 'Dave Director' dave@example.com
play change approve "$change"
deploy
expect 0
test -e "$top/live/db/1.sql"

tell 'At night nothing can be bought. Nobody can be asked, so Alice answers for it.'
now 2026-11-24T02:00:00Z
as 'Bob Builder' bob@example.com
make incident new 'Nothing can be bought' --impact high --urgency high --service shop
outage=$id
cd ../code
echo 'drop index payments_card_cart;' > db/2.sql
git add -A
git commit -q -m "Let people buy again

Fixes $outage"
GITSM_PUSHER='Bob Builder <bob@example.com>' git push -q origin HEAD:main 2>&1
cd ../shop.git
play --desk ../desk hook drain
cd ../desk
urgent=$("$gitsm" list type:change status:open -f ids)
deploy
expect 11
as 'Alice Admin' alice@example.com
play change gate "$urgent" --override --reason 'The shop sells nothing until this is in' --incident "$outage" && code=0 || code=$?
expect 12
deploy
expect 0
test -e "$top/live/db/2.sql"
play show "$urgent"
play change review "$urgent" -m 'The index was wrong for gift cards.'
refused change close "$urgent"

tell 'In the morning it is approved after all.'
now 2026-11-24T08:00:00Z
as 'Carol Change' carol@example.com
play change approve "$urgent"
as 'Dave Director' dave@example.com
play change approve "$urgent"
as 'Alice Admin' alice@example.com
play change close "$urgent"

tell 'All of it can be read by git alone.'
as 'Alice Admin' alice@example.com
play show "$change"
play report dora
play check
git log --format='%an: %s'
