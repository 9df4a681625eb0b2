//! A large answer on its way out. It keeps its place among others of its kind until the client has it.

use std::{
    cell::RefCell,
    io,
    pin::Pin,
    rc::Rc,
    task::{Context, Poll},
    time::Duration,
};

use actix_web::{
    body::{BodySize, MessageBody},
    rt,
    web::Bytes,
};
use tokio::task::JoinHandle;

/// A client that takes longer than this gets no more of it, so that the slowest do not keep every place.
pub const LONGEST: Duration = Duration::from_mins(2);

/// The connection is given this much at once, and more only when that is on its way.
const PIECE: usize = 16 * 1024;

/// What was not given to the connection yet, and the place; nothing when the time is up.
type Rest<P> = Rc<RefCell<Option<(Bytes, P)>>>;

/// A body that holds a place until it has left, or until its time is up.
pub struct Leaving<P> {
    size: u64,
    rest: Rest<P>,
    time: JoinHandle<()>,
}

impl<P: 'static> Leaving<P> {
    /// A body that may take so long.
    pub fn new(body: Bytes, place: P, longest: Duration) -> Self {
        let size = u64::try_from(body.len()).unwrap_or(u64::MAX);
        let rest = Rc::new(RefCell::new(Some((body, place))));
        let held = Rc::downgrade(&rest);
        let time = rt::spawn(async move {
            rt::time::sleep(longest).await;
            if let Some(rest) = held.upgrade() {
                drop(rest.borrow_mut().take());
            }
        });
        Self { size, rest, time }
    }
}

impl<P> Drop for Leaving<P> {
    fn drop(&mut self) {
        self.time.abort();
    }
}

impl<P: 'static> MessageBody for Leaving<P> {
    type Error = io::Error;

    fn size(&self) -> BodySize {
        BodySize::Sized(self.size)
    }

    fn poll_next(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<io::Result<Bytes>>> {
        Poll::Ready(match self.rest.borrow_mut().as_mut() {
            Some((rest, _)) if rest.is_empty() => None,
            Some((rest, _)) => Some(Ok(rest.split_to(PIECE.min(rest.len())))),
            None => Some(Err(io::ErrorKind::TimedOut.into())),
        })
    }
}

#[cfg(test)]
mod tests {
    use futures_util::future::poll_fn;

    use super::*;

    async fn next<P: 'static>(body: &mut Leaving<P>) -> Option<io::Result<Bytes>> {
        poll_fn(|context| Pin::new(&mut *body).poll_next(context)).await
    }

    fn body(longest: Duration) -> (Leaving<Rc<()>>, Rc<()>) {
        let place = Rc::new(());
        let bytes = Bytes::from(vec![7; 40_000]);
        (Leaving::new(bytes, Rc::clone(&place), longest), place)
    }

    #[actix_web::test]
    async fn it_leaves_in_pieces_and_holds_its_place_until_it_is_gone() {
        let (mut leaving, place) = body(LONGEST);
        let mut sizes = Vec::new();
        while let Some(piece) = next(&mut leaving).await {
            sizes.push(piece.unwrap().len());
            assert_eq!(Rc::strong_count(&place), 2);
        }
        assert_eq!(sizes, [16_384, 16_384, 7_232]);
        drop(leaving);
        assert_eq!(Rc::strong_count(&place), 1);
    }

    #[actix_web::test]
    async fn a_client_that_is_too_slow_loses_the_rest_and_the_place() {
        let (mut leaving, place) = body(Duration::from_millis(1));
        assert!(next(&mut leaving).await.unwrap().is_ok());
        while Rc::strong_count(&place) > 1 {
            rt::time::sleep(Duration::from_millis(1)).await;
        }
        assert!(next(&mut leaving).await.unwrap().is_err());
    }
}
