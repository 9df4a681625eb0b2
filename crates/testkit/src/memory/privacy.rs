//! Deleting and exporting in memory. Texts and links are kept by others in shapes of their own and are exported by the
//! real store only.

use thunderbird_domain::{
    account::AccountId,
    audit::{AuditEvent, Subject},
    port::{Commit, PortFuture},
    privacy::{
        Deletion, Export, ExportedAudit, ExportedCheckIn, ExportedContact, ExportedHiker, ExportedPosition,
        PrivacyStore, RetentionCutoffs,
    },
    sms::inbound::TokenFingerprint,
    time::Timestamp,
};

use super::{MemoryStore, State};

impl PrivacyStore for MemoryStore {
    fn export(&self, account: AccountId) -> PortFuture<'_, Option<Export>> {
        let exported = export(&mut self.lock(), account);
        Box::pin(async move { Ok(exported) })
    }

    fn record(&self, event: AuditEvent) -> PortFuture<'_, ()> {
        self.lock().audit.push(event);
        Box::pin(async { Ok(()) })
    }

    fn forget(&self, cutoffs: RetentionCutoffs) -> PortFuture<'_, usize> {
        let mut state = self.lock();
        let before = state.audit.len();
        state.audit.retain(|event| event.at >= cutoffs.audit);
        let gone = before - state.audit.len()
            + state.accounts.forget_before(cutoffs)
            + state.forecasts.forget_requests(cutoffs.codes)
            + state.deadlines.forget_plans(cutoffs.bodies)
            + state.deadlines.forget(cutoffs.metadata);
        Box::pin(async move { Ok(gone) })
    }

    fn forget_sids(&self, before: Timestamp, believed: Vec<TokenFingerprint>) -> PortFuture<'_, usize> {
        let forgotten = self.lock().inbox.forget_sids(before, &believed);
        Box::pin(async move { Ok(forgotten) })
    }

    fn prune(&self, account: AccountId, _: Timestamp) -> PortFuture<'_, bool> {
        let pruned = self.lock().accounts.prune_refresh_tokens(account);
        Box::pin(async move { Ok(pruned) })
    }

    fn delete(&self, deletion: Deletion) -> PortFuture<'_, Commit> {
        let commit = delete(&mut self.lock(), deletion);
        Box::pin(async move { Ok(commit) })
    }
}

fn export(state: &mut State, id: AccountId) -> Option<Export> {
    let account = state.accounts.account(id)?.clone();
    let audit = state
        .audit
        .iter()
        .filter(|event| event.subject == Subject::Account(id));
    let audit = audit
        .map(|event| ExportedAudit {
            at: event.at,
            action: event.action.to_owned(),
        })
        .collect();
    Some(Export {
        account,
        sessions: state.accounts.all_sessions(id),
        devices: state.accounts.devices(id),
        links: Vec::new(),
        claimed_phone: None,
        codes: Vec::new(),
        mails: Vec::new(),
        hikers: hikers(state, id),
        audit,
    })
}

fn hikers(state: &State, id: AccountId) -> Vec<ExportedHiker> {
    let linked = state
        .users
        .users
        .iter()
        .filter(|stored| stored.user.account == Some(id));
    linked
        .map(|stored| {
            let user = &stored.user;
            let troubles = state.troubles(stored);
            let contacts = user.contacts.iter().map(|contact| ExportedContact {
                phone: contact.phone.as_str().to_owned(),
                name: contact.name.as_str().to_owned(),
                created_at: contact.created_at,
                trouble: troubles
                    .iter()
                    .find(|(phone, _)| *phone == contact.phone)
                    .map(|(_, trouble)| trouble.as_str().to_owned()),
                is_ready: state.users.is_ready(contact),
                email: contact.email.as_ref().map(|email| email.as_str().to_owned()),
            });
            let own = state
                .users
                .check_ins
                .iter()
                .filter(|(owner, _)| *owner == stored.id);
            let check_ins = own.map(|(_, stored)| ExportedCheckIn {
                route_id: stored.check_in.route.as_str().to_owned(),
                camp: stored.check_in.camp_code.clone(),
                camp_name: stored.check_in.camp_name.clone(),
                source: stored.check_in.source.as_str().to_owned(),
                contacts_told: stored.check_in.contacts_told,
                at: stored.check_in.at,
                taken_back_at: stored.check_in.taken_back_at,
            });
            ExportedHiker {
                phone: user.phone.as_str().to_owned(),
                trail_name: user.trail_name.as_str().to_owned(),
                route_id: user.route.as_str().to_owned(),
                position: user.position.as_ref().map(|position| ExportedPosition {
                    camp: position.code.clone(),
                    at: position.at,
                }),
                started_at: user.started_at,
                shows_number: user.shows_number,
                contacts: contacts.collect(),
                check_ins: check_ins.collect(),
                promises: state.deadlines.exported(stored.id),
                messages: Vec::new(),
            }
        })
        .collect()
}

fn delete(state: &mut State, deletion: Deletion) -> Commit {
    let known = state.accounts.account(deletion.account);
    if known.is_none_or(|account| account.revision != deletion.replaces) {
        return Commit::Stale;
    }
    state.accounts.forget(deletion.account);
    for stored in &mut state.users.users {
        if stored.user.account == Some(deletion.account) {
            stored.user.account = None;
        }
    }
    deletion.clears.iter().for_each(|key| state.limits.clear(key));
    state.audit.extend(deletion.audit);
    Commit::Stored(())
}
