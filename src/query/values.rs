//! Values that have an order or a fixed form: ranks, times, spans, numbers.

use super::{
    Bounds, CountField, Field, Filter, Lean, LengthTest, Number, Op, OwnField, OwnType, Piece,
    QueryError, RankField, RankTest, Term, Test, TimeField, TimeTest, Value, duration, moment,
    unknown_word,
};
use crate::model::{Survey, Timestamp};

/// The error for comparing what has no order.
pub(super) fn no_order(term: &Term) -> QueryError {
    QueryError::new(term.span, format!("`{}` has no order to compare by", term.field))
}

/// A value of a fixed list, or a span of them.
pub(super) fn rank(field: RankField, term: &Term, value: &Value) -> Result<RankTest, QueryError> {
    let number = |piece: &Piece| -> Result<u8, QueryError> {
        field.number(&piece.text).map_err(|error| {
            let words = field.words().into_iter();
            let words = words.chain((field == RankField::Approval).then_some("pending"));
            QueryError::new(piece.span, error.to_string()).suggest(&piece.text, words, "")
        })
    };
    if !field.is_ordered() && (term.op.is_comparison() || matches!(value, Value::Range(..))) {
        return Err(no_order(term));
    }
    // P1 comes before P2, but a high impact is more than a medium one.
    let by_number = field == RankField::Priority;
    let (low, high) = match value {
        Value::One(piece) => {
            let rank = number(piece)?;
            let more = matches!(term.op, Op::Greater | Op::AtLeast);
            let later = more == by_number;
            match term.op {
                Op::Is | Op::Equal => (rank, rank),
                Op::AtLeast | Op::AtMost if later => (rank, u8::MAX),
                Op::AtLeast | Op::AtMost => (0, rank),
                Op::Greater | Op::Less if later => (rank.saturating_add(1), u8::MAX),
                Op::Greater | Op::Less => (0, rank.saturating_sub(1)),
            }
        }
        Value::Range(from, to) => {
            let from = from.as_ref().map(&number).transpose()?;
            let to = to.as_ref().map(&number).transpose()?;
            match (from, to) {
                (Some(from), Some(to)) => (from.min(to), from.max(to)),
                (Some(from), None) if by_number => (from, u8::MAX),
                (None, Some(to)) if by_number => (0, to),
                (Some(from), None) => (0, from),
                (None, Some(to)) => (to, u8::MAX),
                (None, None) => (0, u8::MAX),
            }
        }
    };
    Ok(RankTest::Between(low, high))
}

/// Whether what the field tells of has happened, or is to come.
fn lean(field: &str) -> Lean {
    match Field::named(field) {
        Some(
            Field::Planned
            | Field::Due
            | Field::Time(TimeField::PlannedStart | TimeField::PlannedEnd),
        ) => Lean::Future,
        _ => Lean::Past,
    }
}

/// The error for a piece that is no time.
fn no_time(term: &Term, piece: &Piece, now: Timestamp) -> QueryError {
    let (field, text) = (&term.field, &piece.text);
    if duration(text).is_some() {
        let message = format!("`{text}` is no time but a length of time");
        return QueryError::new(piece.span, message).with_hint(format!(
            "write {field}:>=-{text} for since then, {field}:<-{text} for before"
        ));
    }
    let error = QueryError::new(piece.span, format!("`{text}` is no date or time"));
    let usual = "write 2026-11-22, 2026-W47, 2026-11-22T09:12, yesterday, \"2 days ago\" or -4h";
    let meant = unknown_word(text).and_then(|(word, near)| Some(text.replacen(word, near?, 1)));
    match meant.filter(|meant| moment(meant, now, lean(field)).is_some()) {
        Some(meant) => error.with_hint(format!("did you mean `{meant}`?")),
        None => error.with_hint(usual),
    }
}

/// A point or a span of time.
pub(super) fn time(term: &Term, value: &Value, now: Timestamp) -> Result<TimeTest, QueryError> {
    if let Value::One(piece) = value
        && !term.op.is_comparison()
        && moment(&piece.text, now, lean(&term.field)).is_some_and(|moment| moment.is_instant())
    {
        let error = QueryError::new(piece.span, "a point in time is hardly ever met exactly");
        let text = match piece.text.contains(' ') {
            true => format!("\"{}\"", piece.text),
            false => piece.text.clone(),
        };
        return Err(error.with_hint(format!(
            "write {0}:>={text} for since then, {0}:<{text} for before",
            term.field
        )));
    }
    span_of(term, value, now)
}

/// As [`time`], where the very second of `now` is a fair question.
fn span_of(term: &Term, value: &Value, now: Timestamp) -> Result<TimeTest, QueryError> {
    let lean = lean(&term.field);
    let read =
        |piece: &Piece| moment(&piece.text, now, lean).ok_or_else(|| no_time(term, piece, now));
    let within = |from, before| TimeTest::Within { from, before };
    let next = |time: Timestamp| Timestamp::from_seconds(time.seconds().saturating_add(1));
    let piece = match value {
        Value::Range(from, to) => {
            let from = from.as_ref().map(read).transpose()?;
            let to = to.as_ref().map(read).transpose()?;
            // As with numbers, it does not matter which end comes first.
            let (from, to) = match (from, to) {
                (Some(late), Some(early)) if late.from >= early.before => (Some(early), Some(late)),
                ends => ends,
            };
            return Ok(within(from.map(|from| from.from), to.map(|to| to.before)));
        }
        Value::One(piece) => piece,
    };
    let moment = read(piece)?;
    // A day is later than another only when it is a later day; a point in
    // time is compared to the second.
    let (from, before) =
        moment.instant.map_or((moment.from, moment.before), |instant| (instant, next(instant)));
    Ok(match term.op {
        Op::Is | Op::Equal => within(Some(moment.from), Some(moment.before)),
        Op::Less => within(None, Some(from)),
        Op::AtMost => within(None, Some(before)),
        Op::Greater => within(Some(before), None),
        Op::AtLeast => within(Some(from), None),
    })
}

/// When something is due: a point or a span of time, or how long is left.
pub(super) fn due(term: &Term, value: &Value, now: Timestamp) -> Result<TimeTest, QueryError> {
    let later = |piece: &Piece| match duration(&piece.text) {
        Some(_) => Piece { text: format!("+{}", piece.text), ..piece.clone() },
        None => piece.clone(),
    };
    let value = match value {
        Value::One(piece) if duration(&piece.text).is_some() && !term.op.is_comparison() => {
            return Err(hardly(term, piece));
        }
        Value::One(piece) => Value::One(later(piece)),
        Value::Range(from, to) => Value::Range(from.as_ref().map(later), to.as_ref().map(later)),
    };
    time(term, &value, now)
}

/// A window of time that overlaps with the one a change is planned for. A
/// change without an end is planned for a moment.
pub(super) fn planned(term: &Term, value: &Value, now: Timestamp) -> Result<Filter, QueryError> {
    let TimeTest::Within { from, before } = span_of(term, value, now)? else {
        return Err(no_order(term));
    };
    let test =
        |field, from, before| Filter::Test(Test::Time(field, TimeTest::Within { from, before }));
    let mut parts = vec![test(TimeField::PlannedStart, None, before)];
    if let Some(from) = from {
        let after = Timestamp::from_seconds(from.seconds().saturating_add(1));
        parts.push(Filter::Or(vec![
            test(TimeField::PlannedStart, Some(from), None),
            test(TimeField::PlannedEnd, Some(after), None),
        ]));
    }
    Ok(Filter::And(parts))
}

/// The seconds that a piece stands for.
fn seconds(term: &Term, piece: &Piece) -> Result<i64, QueryError> {
    duration(&piece.text).ok_or_else(|| {
        QueryError::new(piece.span, format!("`{}` is no duration", piece.text)).with_hint(format!(
            "write numbers with s, m, h, d or w, for example {}:>1h30m",
            term.field
        ))
    })
}

fn hardly(term: &Term, piece: &Piece) -> QueryError {
    QueryError::new(piece.span, "a duration is hardly ever met exactly")
        .with_hint(format!("write {0}:>{1} or {0}:<{1}", term.field, piece.text))
}

/// Both ends of a span, the lesser first: it does not matter which is written
/// first.
fn in_order<T: PartialOrd>(from: Option<T>, to: Option<T>) -> (Option<T>, Option<T>) {
    match (from, to) {
        (Some(from), Some(to)) if from > to => (Some(to), Some(from)),
        ends => ends,
    }
}

/// A span of time.
pub(super) fn length(term: &Term, value: &Value) -> Result<LengthTest, QueryError> {
    let (low, high) = match value {
        Value::Range(from, to) => {
            let from = from.as_ref().map(|piece| seconds(term, piece)).transpose()?;
            let to = to.as_ref().map(|piece| seconds(term, piece)).transpose()?;
            let (from, to) = in_order(from, to);
            (from.unwrap_or(i64::MIN), to.unwrap_or(i64::MAX))
        }
        Value::One(piece) => {
            let length = seconds(term, piece)?;
            match term.op {
                Op::Greater => (length.saturating_add(1), i64::MAX),
                Op::AtLeast => (length, i64::MAX),
                Op::Less => (i64::MIN, length.saturating_sub(1)),
                Op::AtMost => (i64::MIN, length),
                Op::Is | Op::Equal => return Err(hardly(term, piece)),
            }
        }
    };
    Ok(LengthTest::Between(low, high))
}

/// The time since something, as a condition on when that was.
pub(super) fn age(term: &Term, value: &Value, now: Timestamp) -> Result<TimeTest, QueryError> {
    let ago = |piece: &Piece, later: i64| -> Result<Timestamp, QueryError> {
        let length = seconds(term, piece)?;
        Ok(Timestamp::from_seconds(now.seconds().saturating_sub(length).saturating_add(later)))
    };
    let (from, before) = match (value, term.op) {
        (Value::Range(youngest, oldest), _) => {
            let youngest = youngest.as_ref().map(|piece| seconds(term, piece)).transpose()?;
            let oldest = oldest.as_ref().map(|piece| seconds(term, piece)).transpose()?;
            let (youngest, oldest) = in_order(youngest, oldest);
            let at = |length: i64, later: i64| {
                Timestamp::from_seconds(now.seconds().saturating_sub(length).saturating_add(later))
            };
            (oldest.map(|oldest| at(oldest, 0)), youngest.map(|youngest| at(youngest, 1)))
        }
        (Value::One(piece), Op::Greater) => (None, Some(ago(piece, 0)?)),
        (Value::One(piece), Op::AtLeast) => (None, Some(ago(piece, 1)?)),
        (Value::One(piece), Op::Less) => (Some(ago(piece, 1)?), None),
        (Value::One(piece), Op::AtMost) => (Some(ago(piece, 0)?), None),
        (Value::One(piece), Op::Is | Op::Equal) => {
            seconds(term, piece)?;
            return Err(hardly(term, piece));
        }
    };
    Ok(TimeTest::Within { from, before })
}

/// A number of things, or a span of such numbers; both ends belong to it.
pub(super) fn count(
    field: CountField,
    term: &Term,
    value: &Value,
) -> Result<(u32, u32), QueryError> {
    let points = (field == CountField::Csat).then_some(Survey::POINTS);
    let number = |piece: &Piece| {
        let number = piece.text.parse::<u32>().ok();
        match (number, &points) {
            (Some(number), None) => Ok(number),
            (Some(number), Some(points)) if points.contains(&number) => Ok(number),
            (_, None) => {
                let hint = format!("write for example {0}:2, {0}:>0 or {0}:any", term.field);
                let message = format!("`{}` is no whole number", piece.text);
                Err(QueryError::new(piece.span, message).with_hint(hint))
            }
            (_, Some(points)) => {
                let (least, most) = (points.start(), points.end());
                let hint = format!(
                    "write {least} (very dissatisfied) to {most} (very satisfied), or {}:none",
                    term.field
                );
                let message = format!("`{}` is not on the scale", piece.text);
                Err(QueryError::new(piece.span, message).with_hint(hint))
            }
        }
    };
    let (low, high) = span(term, value, number)?;
    // Who was not asked, or said nothing, is not less satisfied than others.
    Ok((points.map_or(low, |points| low.max(*points.start())), high))
}

fn span(
    term: &Term,
    value: &Value,
    number: impl Fn(&Piece) -> Result<u32, QueryError>,
) -> Result<(u32, u32), QueryError> {
    Ok(match value {
        Value::Range(from, to) => {
            let from = from.as_ref().map(&number).transpose()?;
            let to = to.as_ref().map(&number).transpose()?;
            let (from, to) = in_order(from, to);
            (from.unwrap_or(0), to.unwrap_or(u32::MAX))
        }
        Value::One(piece) => {
            let number = number(piece)?;
            match term.op {
                Op::Is | Op::Equal => (number, number),
                Op::AtLeast => (number, u32::MAX),
                Op::AtMost => (0, number),
                // What is empty ends before it begins.
                Op::Greater => number.checked_add(1).map_or((1, 0), |low| (low, u32::MAX)),
                Op::Less => number.checked_sub(1).map_or((1, 0), |high| (0, high)),
            }
        }
    })
}

/// What a value of a field of unknown type stands for.
pub(super) fn looks_like(value: &Value) -> OwnType {
    let is_number = |piece: &Piece| Number::read(&piece.text).is_some();
    let numbers = match value {
        Value::One(piece) => is_number(piece),
        Value::Range(from, to) => from.iter().chain(to).all(is_number),
    };
    if numbers { OwnType::Number } else { OwnType::Time }
}

/// One of the desk's own fields that holds numbers or times.
pub(super) fn own(
    name: &str,
    of: OwnType,
    term: &Term,
    value: &Value,
    now: Timestamp,
) -> Result<Test, QueryError> {
    let field = OwnField { name: name.to_owned(), of };
    if of == OwnType::Time {
        let end = |at: Timestamp| Number::new(at.seconds() as f64);
        let bounds = match time(term, value, now)? {
            TimeTest::Within { from, before } => Bounds {
                from: from.and_then(end).map(|from| (from, true)),
                to: before.and_then(end).map(|before| (before, false)),
            },
            TimeTest::None => return Err(no_order(term)),
        };
        return Ok(Test::Own(field, bounds));
    }
    let number = |piece: &Piece| {
        Number::read(&piece.text).ok_or_else(|| {
            QueryError::new(piece.span, format!("`{}` is no number", piece.text))
                .with_hint(format!("write for example {0}:3, {0}:>2.5 or {0}:1..4", term.field))
        })
    };
    let bounds = match value {
        Value::Range(from, to) => Bounds {
            from: from.as_ref().map(number).transpose()?.map(|from| (from, true)),
            to: to.as_ref().map(number).transpose()?.map(|to| (to, true)),
        },
        Value::One(piece) => {
            let number = number(piece)?;
            match term.op {
                Op::Is | Op::Equal => {
                    Bounds { from: Some((number, true)), to: Some((number, true)) }
                }
                Op::Greater => Bounds { from: Some((number, false)), to: None },
                Op::AtLeast => Bounds { from: Some((number, true)), to: None },
                Op::Less => Bounds { from: None, to: Some((number, false)) },
                Op::AtMost => Bounds { from: None, to: Some((number, true)) },
            }
        }
    };
    Ok(Test::Own(field, bounds))
}

/// Yes or no.
pub(super) fn flag(piece: &Piece) -> Result<bool, QueryError> {
    match piece.text.to_ascii_lowercase().as_str() {
        "true" | "yes" => Ok(true),
        "false" | "no" => Ok(false),
        _ => {
            Err(QueryError::new(piece.span, format!("`{}` is neither true nor false", piece.text)))
        }
    }
}
