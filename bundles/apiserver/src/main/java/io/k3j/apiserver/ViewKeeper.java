package io.k3j.apiserver;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// The views of one client, so that they end with it.
final class ViewKeeper implements AutoCloseable {
    private final Set<LocalView> views = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    /// Takes a view in.
    LocalView keep(LocalView view) {
        views.add(view);
        view.onClose(() -> views.remove(view));
        if (closed) {
            view.close();
        }
        return view;
    }

    /// Ends all views.
    @Override
    public void close() {
        closed = true;
        views.forEach(LocalView::close);
    }
}
