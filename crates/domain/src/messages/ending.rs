//! How a promise ended, in the words of the texts that come after its end.

use super::local_time;
use crate::deadline::{Closed, Deadline, How};

/// `closed by BACK on Sun 22 Nov 7:40 pm AEDT`
pub(super) fn over(deadline: &Deadline, closed: &Closed) -> String {
    let at = local_time(closed.at, &deadline.zone);
    match closed.how {
        How::Back => format!("closed by BACK on {at}"),
        How::HeardOf => format!("closed by a check-in on {at}"),
        How::CalledOff => format!("closed by ALERT OFF on {at}"),
        How::Found => format!("closed by a contact's FOUND on {at}"),
        How::OperatorFound | How::OperatorFalseAlarm => format!("closed by our operator on {at}"),
        How::OperatorPolice => format!(
            "closed by our operator on {at}, because Police deal with it. If you are safe, tell Police and your \
             contacts"
        ),
        How::Withdrawn | How::Replaced | How::Ended => format!("closed on {at}"),
    }
}
