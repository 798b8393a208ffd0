package io.k3j.clienthttp;

import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/// The views of one bundle, which end with its client. Closed ones are dropped when a view is added.
final class ViewKeeper implements AutoCloseable {
    private final Set<RemoteView> views = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    /// Registers a view.
    RemoteView keep(RemoteView view) {
        views.removeIf(RemoteView::ended);
        views.add(view);
        if (closed) {
            view.close();
        }
        return view;
    }

    /// Closes all views. Blocks up to four seconds altogether for listener calls in progress.
    @Override
    public void close() {
        closed = true;
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(RemoteView.STOP_SECONDS);
        List<RemoteView> all = List.copyOf(views);
        all.forEach(RemoteView::end);
        all.forEach(v -> v.awaitCall(deadline));
    }
}
