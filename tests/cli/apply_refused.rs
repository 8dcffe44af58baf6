//! Lines of actions that are refused, and what becomes of the others.

use insta::assert_snapshot;

use crate::apply::apply;
use crate::common::Env;

#[test]
fn all_bad_lines_are_listed_and_nothing_is_done() {
    let env = Env::desk();
    let a = env.incident("A");
    let before = env.commits();
    let lines = format!(
        r#"{{"do":"note","id":"{a}","message":"Good."}}
{{"do":"note","id":"{a}","message":"x"
["note"]
{{"do":"note","id":"{a}","id":"{a}","message":"x"}}
{{"id":"{a}"}}
{{"action":"note","id":"{a}"}}
{{"do":"reslove","id":"{a}"}}
{{"do":"frobnicate","id":"{a}"}}
{{"do":"note","id":"{a}","mesage":"x"}}
{{"do":"note","id":"{a}"}}
{{"do":"note","id":"ZZZZZZ","message":"x"}}
{{"do":"note","message":"x"}}
{{"do":"note","id":7,"message":"x"}}
{{"do":"note","id":"{a}","message":"x","public":"yes"}}
{{"do":"implement","id":"{a}"}}
{{"do":"close","id":"{a}"}}
{{"do":"resolve","id":"{a}"}}
{{"do":"resolve","id":"{a}","code":"Fixed it","message":"x"}}
{{"do":"resolve","id":"{a}","code":"fixt","message":"x"}}
{{"do":"hold","id":"{a}"}}
{{"do":"resolve","id":"{a}","impact":"high","message":"x"}}
{{"do":"edit","id":"{a}"}}
{{"do":"edit","id":"{a}","set":{{"impact":"hihg"}}}}
{{"do":"edit","id":"{a}","set":{{"titel":"x"}}}}
{{"do":"edit","id":"{a}","set":{{"title":null}}}}
{{"do":"edit","id":"{a}","set":{{"title":["x"]}}}}
{{"do":"edit","id":"{a}","set":{{"tags":["a,b"]}}}}
{{"do":"edit","id":"{a}","set":{{"custom":{{"version":1.10}}}}}}
{{"do":"edit","id":"{a}","add":{{"title":"x"}}}}
{{"do":"edit","id":"{a}","set":{{"status":"closed"}}}}
{{"do":"assign","id":"{a}"}}
{{"do":"assign","id":"{a}","person":"no body"}}
{{"do":"link","id":"{a}","rel":"eats","to":"{a}"}}
{{"do":"link","id":"{a}","rel":"relates_to"}}
{{"do":"link","id":"{a}","rel":"relates_to","to":"@nobody"}}
{{"do":"new","title":"x"}}
{{"do":"new","type":"ticket","title":"x"}}
{{"do":"new","type":"incident"}}
{{"do":"new","type":"incident","title":"x","message":"y"}}
{{"do":"new","type":"incident","title":"x","cause":"y"}}
{{"do":"new","type":"incident","title":"x","opened_at":"y"}}
{{"do":"new","type":"incident","title":"x","links":[{{"rel":"caused_by"}}]}}
{{"do":"new","type":"incident","title":"x","ref":"a b"}}
{{"do":"new","type":"incident","title":"x","impact":"huge","ref":"bad"}}
{{"do":"note","id":"@bad","message":"x"}}
{{"do":"new","type":"incident","title":"x","ref":"good"}}
{{"do":"new","type":"incident","title":"y","ref":"good"}}
{{"do":"note","id":"@goood","message":"x"}}
{{"do":"note","id":"@good","ref":"good","message":"x"}}
{{"do":"edit","id":"@good","set":{{"__proto__":1,"../x":true,"":"y"}}}}
"#
    );
    assert_snapshot!(apply(&env, &lines, &[]), @r#"
    [stderr]
    error: line 2: not JSON: EOF while parsing an object (column 44)
    error: line 3: this is no JSON object
      a line is of the form {"do": "note", "id": "INC-BBBBBB", ...}
    error: line 4: not JSON: the key "id" is given twice (column 35)
    error: line 5: it does not say what to do
      begin it as {"do": "note", ...}
    error: line 6: it does not say what to do
      put "do" in the place of "action"
    error: line 7: there is no action `reslove`
      did you mean `resolve`?
    error: line 8: there is no action `frobnicate`
      did you mean `communicate`?
    error: line 9: `note` takes no "mesage"
      did you mean "message"?
    error: line 10: `note` needs "message"
    error: line 11: there is no record `ZZZZZZ`
      list what there is with `gitsm list --all`, or search with `gitsm search`
    error: line 12: `note` needs "id"
    error: line 13: "id" must be text, not 7
    error: line 14: "public" must be true or false, not text
    error: line 15: an incident has no action `implement`
      it has edit, note, assign, link, unlink, csat, task_add, task_start, task_done, task_skip, task_pend, task_reopen, task_assign, task_approve, task_reject, take, escalate, review, propose, promote, decline, communicate, merge, start, hold, resume, resolve, close, reopen, cancel
    error: line 16: INC-AAAAAA is new; `close` is possible from resolved
      possible now: start, hold, resolve, cancel
    error: line 17: `resolve` of INC-AAAAAA needs resolution.text
      say it as "message"
    error: line 18: "code": `Fixed it` is no name for a state, a code or a field; lower-case letters, digits and _ make one
    error: line 19: `fixt` is no resolution code of this desk
      choose fixed, workaround, resolved_by_problem, resolved_by_change, no_fault_found, duplicate, not_reproducible, cancelled
    error: line 20: `hold` of INC-AAAAAA needs hold_reason
      give it as "reason"
    error: line 21: `resolve` takes no "impact"
      fields go into "set": {"impact": ...}
    error: line 22: `edit` needs "set", "add" or "remove"
      for example "set": {"impact": "high"}
    error: line 23: `impact`: `hihg` is no level; the levels are high, medium and low
    error: line 24: there is no field `titel`
      did you mean `title`? your own fields are `custom.NAME`
    error: line 25: `title` cannot be empty
      give it another value
    error: line 26: "title" must be one value, not a list
    error: line 27: "tags": `a,b` holds a comma, which separates elements
    error: line 28: "custom.version": numbers with a fraction lose their form
      write it as text, in quotation marks
    error: line 29: "title" holds one value
      put it into "set": {"title": ...}
    error: line 30: `status` cannot be set by hand
      states change by verbs such as `gitsm incident resolve ID`
    error: line 31: `assign` needs "person" or "team"
    error: line 32: `no body` is no person id; letters, digits and . _ @ + - make one, starting with a letter or digit
    error: line 33: `eats` is no relation
      did you mean `relates_to`?
    error: line 34: `link` needs "to"
    error: line 35: no line before this one is `nobody`
      name a new record with "ref": "nobody", and then use "@nobody"
    error: line 36: `new` needs "type"
    error: line 37: `ticket` is no record type; the types are incident, request, problem, change and ci
    error: line 38: `new` needs "title"
    error: line 39: `new` takes no "message"
      it takes do, type, ref, status, links, custom, title, domain, impact, urgency, priority, priority_reason, review, service, cis, requester, assignee, team, category, tags, channel, external_id, description
    error: line 40: a record of type incident has no field `cause`
    error: line 41: `opened_at` cannot be set by hand
    error: line 42: a link needs "rel" and "to"
    error: line 43: "ref": `a b` is no name
      letters, digits and . _ - make one
    error: line 44: `impact`: `huge` is no level; the levels are high, medium and low
    error: line 45: `@bad` was not made, since line 44 was refused
    error: line 47: `@good` is an incident already
    error: line 48: no line before this one is `goood`
      did you mean `@good`?
    error: line 49: `note` takes no "ref"
      it takes do, id, message, public
    error: line 50: there is no field `__proto__`
      your own fields are `custom.NAME`; `gitsm show ID --json` names the others
    48 lines were refused; nothing was written
    [exit 4]
    "#);
    assert_eq!(env.commits(), before);
    let mut bytes = b"{\"do\": \"note\", \"id\": \"".to_vec();
    bytes.extend([0xff, b'"', b'}']);
    env.write("bad.jsonl", bytes);
    assert_snapshot!(env.run(&["apply", "bad.jsonl"]), @"
    [stderr]
    error: line 1: not UTF-8 (byte 23)
    1 line was refused; nothing was written
    [exit 6]
    ");
    assert_snapshot!(env.run(&["apply", "missing.jsonl"]), @"
    [stderr]
    error: cannot read missing.jsonl: No such file or directory (os error 2)
    [exit 3]
    ");
    let long =
        format!("{{\"do\":\"note\",\"id\":\"{a}\",\"message\":\"{}\"}}\n", "x".repeat(1 << 20));
    assert_snapshot!(apply(&env, &long, &[]), @"
    [stderr]
    error: line 1: the line is longer than 1 MiB
    1 line was refused; nothing was written
    [exit 6]
    ");
    assert_eq!(env.commits(), before);
}

#[test]
fn keep_going_does_the_others() {
    let env = Env::desk();
    let (a, b) = (env.incident("A"), env.incident("B"));
    let before = env.commits();
    let lines = format!(
        r#"{{"do":"new","type":"incident","title":"C","impact":"huge","ref":"c"}}
{{"do":"note","id":"@c","message":"x"}}
{{"do":"resolve","id":"{a}","message":"Done."}}
{{"do":"resolve","id":"{a}","message":"Done."}}
{{"do":"edit","id":"{b}","set":{{"impact":"medium"}}}}
"#
    );
    assert_snapshot!(apply(&env, &lines, &["--keep-going"]), @"
    [stderr]
    INC-AAAAAA resolve: new -> resolved
    line 5: nothing to do
    error: line 1: `impact`: `huge` is no level; the levels are high, medium and low
    error: line 2: `@c` was not made, since line 1 was refused
    error: line 4: INC-AAAAAA is resolved; `resolve` is possible from new, in_progress, on_hold
      possible now: close, reopen
    3 lines were refused; the others were carried out
    [exit 4]
    ");
    assert_eq!(env.commits(), before + 1);
    assert_snapshot!(env.git(&["log", "-1", "--format=%s"]), @"INC-AAAAAA resolve: A");
}
