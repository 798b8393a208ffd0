/// Who follows the event log of the API server: watches over HTTP and views of components of this process; what
/// upstream's watch cache does for its watchers, and its informers for the components of one process.
///
/// In the jar of `apiserver`. [Watches] begins a watch in its request's thread, [WatchHub] tells all of them on
/// one thread that never waits for a client; [LocalView] tells one listener on a virtual thread of its own. Both tell
/// each event once, in order. Where history is gone a watch ends with 410, and a view tells the difference between two
/// snapshots. See <https://kubernetes.io/docs/reference/using-api/api-concepts/#efficient-detection-of-changes>.
///
/// ```
///                ┌──► Watcher, one per client, by WatchHub ──► frames on a ResponseStream or WatchSocket
///   event log ───┤
///                └──► LocalView, one per component and resource ──► Listener
/// ```
///
/// **Blocking.** A watch while it catches up, its own thread only; a view's listener, that view only. **Errors.**
/// Before the first byte an `ApiFault`, behind it an event `ERROR` in the stream; a listener that throws is logged and
/// goes on. **Bounds.** A quarter of the heap at 32 KiB each in a lane, half of that for one user; 4 MiB pending for
/// one client.
@NullMarked
package io.k3j.apiwatches;

import org.jspecify.annotations.NullMarked;
