package io.k3j.apiwatches;

import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/// The views of one client, so that they end with it: when a component's bundle goes, none of its listeners may be
/// called any more. Any thread.
public final class ViewKeeper implements AutoCloseable {
    private final Set<LocalView> views = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    /// Takes a view in. One that is taken in while the keeper closes is ended at once: [#close] may have gone by
    /// already.
    ///
    /// @return the view, which leaves the keeper when it is closed by its owner
    public LocalView keep(LocalView view) {
        views.add(view);
        view.onClose(() -> views.remove(view));
        if (closed) {
            view.close();
        }
        return view;
    }

    /// Ends all views at once; listeners at work have four seconds altogether, not each. Blocks that long; a second
    /// call does nothing.
    @Override
    public void close() {
        closed = true;
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(LocalView.STOP_SECONDS);
        List<LocalView> all = List.copyOf(views);
        all.forEach(LocalView::end);
        all.forEach(v -> v.settle(deadline));
    }
}
