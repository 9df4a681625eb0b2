//! Opt-outs and the audit log.

use diesel::{ExpressionMethods as _, QueryDsl as _, QueryResult, RunQueryDsl as _};
use thunderbird_domain::{
    admin::{AuditFilter, AuditLine, Cursor, OptOutLine, PageOf},
    opt_out::OptOutSource,
};

use super::super::{
    Connection, column,
    schema::{audit_log, opt_outs},
};
use super::page::{one_more, page};

pub(super) fn opt_outs(
    connection: &mut Connection,
    before: Option<Cursor>,
    limit: u32,
) -> QueryResult<PageOf<OptOutLine>> {
    let rows: Vec<(i64, String, String, i64)> = opt_outs::table
        .filter(opt_outs::ended_at.is_null())
        .filter(opt_outs::id.lt(before.map_or(i64::MAX, Cursor::row)))
        .order(opt_outs::id.desc())
        .limit(one_more(limit))
        .select((
            opt_outs::id,
            opt_outs::phone,
            opt_outs::source,
            opt_outs::started_at,
        ))
        .load(connection)?;
    let line = |(id, phone, source, started_at): (i64, String, String, i64)| {
        Ok(OptOutLine {
            row: Cursor::below(id),
            phone: column::phone(&phone, "opt_outs.phone", id)?,
            source: OptOutSource::parse(&source).ok_or_else(|| column::corrupt("opt_outs.source", id))?,
            started_at: column::instant(started_at),
        })
    };
    let lines = rows.into_iter().map(line).collect::<QueryResult<Vec<_>>>()?;
    Ok(page(lines, limit, |line| line.row.row()))
}

pub(super) fn audit(
    connection: &mut Connection,
    filter: &AuditFilter,
    limit: u32,
) -> QueryResult<PageOf<AuditLine>> {
    let mut query = audit_log::table
        .filter(audit_log::id.lt(filter.before.map_or(i64::MAX, Cursor::row)))
        .order(audit_log::id.desc())
        .limit(one_more(limit))
        .select((
            audit_log::id,
            audit_log::at,
            audit_log::actor,
            audit_log::action,
            audit_log::subject,
            audit_log::detail,
        ))
        .into_boxed();
    if let Some(actor) = &filter.actor {
        query = query.filter(audit_log::actor.eq(actor.clone()));
    }
    if let Some(subject) = &filter.subject {
        query = query.filter(audit_log::subject.eq(subject.clone()));
    }
    let rows: Vec<(i64, i64, String, String, String, String)> = query.load(connection)?;
    let line = |(number, at, actor, action, subject, detail)| AuditLine {
        number,
        at: column::instant(at),
        actor,
        action,
        subject,
        detail,
    };
    Ok(page(rows.into_iter().map(line).collect(), limit, |line| {
        line.number
    }))
}
