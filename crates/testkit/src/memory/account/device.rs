//! Devices that have signed in, in memory.

use thunderbird_domain::{
    account::{AccountId, KnownDevice, SessionStart, SigningDevice, WhichSessions},
    id::{DeviceId, SessionId},
    secret::TokenDigest,
    time::Timestamp,
};

/// Devices, each under its token's digest.
#[derive(Default)]
pub(super) struct State(Vec<(TokenDigest, KnownDevice)>);

impl State {
    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    pub(super) fn find(&self, token: TokenDigest) -> Option<KnownDevice> {
        let found = self.0.iter().find(|(digest, _)| *digest == token);
        found.map(|(_, device)| device.clone())
    }

    pub(super) fn of_account(&self, account: AccountId) -> Vec<KnownDevice> {
        let own = self.0.iter().filter(|(_, device)| device.account == account);
        let mut own: Vec<_> = own.map(|(_, device)| device.clone()).collect();
        own.sort_by_key(|device| std::cmp::Reverse((device.last_used_at, device.id)));
        own
    }

    /// Whether the device of a sign-in was forgotten since it was recognised.
    pub(super) fn is_forgotten(&self, start: &SessionStart) -> bool {
        let SigningDevice::Known(id) = start.device else {
            return false;
        };
        !self
            .0
            .iter()
            .any(|(_, device)| device.id == id && device.account == start.account)
    }

    /// Remembers that a session began on the device; `new` is its id if it is new.
    pub(super) fn remember(&mut self, start: &SessionStart, session: SessionId, new: DeviceId) {
        match start.device {
            SigningDevice::Known(id) => {
                for (_, device) in self.0.iter_mut().filter(|(_, device)| device.id == id) {
                    device.user_agent.clone_from(&start.user_agent);
                    device.session = session;
                    device.last_used_at = start.at;
                }
            }
            SigningDevice::New(token) => {
                let surplus = KnownDevice::surplus(&self.of_account(start.account), start.at);
                self.0.retain(|(_, device)| !surplus.contains(&device.id));
                let device = KnownDevice {
                    id: new,
                    account: start.account,
                    user_agent: start.user_agent.clone(),
                    session,
                    created_at: start.at,
                    last_used_at: start.at,
                };
                self.0.push((token, device));
            }
        }
    }

    /// Forgets the devices on which these sessions of an account began last.
    pub(super) fn forget(&mut self, account: AccountId, which: WhichSessions) {
        self.0.retain(|(_, device)| {
            let is_meant = match which {
                WhichSessions::One(only) => device.session == only,
                WhichSessions::All => true,
                WhichSessions::AllBut(spared) => device.session != spared,
            };
            device.account != account || !is_meant
        });
    }

    /// Forgets devices that signed in last before.
    pub(super) fn forget_before(&mut self, before: Timestamp) {
        self.0.retain(|(_, device)| device.last_used_at >= before);
    }
}
