package io.k3j.clienthttp;

import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/// The views of one bundle, so that they end with its client. Those that ended before are not kept.
final class ViewKeeper implements AutoCloseable {
    private final Set<RemoteView> views = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    /// Takes a view in.
    RemoteView keep(RemoteView view) {
        views.removeIf(RemoteView::ended);
        views.add(view);
        if (closed) {
            view.close();
        }
        return view;
    }

    /// Ends all views at once; listeners at work have four seconds altogether.
    @Override
    public void close() {
        closed = true;
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(RemoteView.STOP_SECONDS);
        List<RemoteView> all = List.copyOf(views);
        all.forEach(RemoteView::end);
        all.forEach(v -> v.settle(deadline));
    }
}
