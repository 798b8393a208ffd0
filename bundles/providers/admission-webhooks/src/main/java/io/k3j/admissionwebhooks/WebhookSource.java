package io.k3j.admissionwebhooks;

import io.k3j.clientapi.ApiClient;
import io.k3j.clientapi.ApiFault;
import io.k3j.clientapi.Query;
import io.k3j.clientapi.View;
import io.k3j.model.Gvr;
import io.k3j.model.Obj;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// The webhooks of all configurations of one kind, in the order they are asked: by the name of their configuration,
/// then as they stand in it. Made anew for each change; reading is one look. Any thread.
final class WebhookSource implements AutoCloseable, View.Listener {
    /// How long a request waits for the configurations after a start.
    private static final long PATIENCE_MILLIS = 2_000;
    private final ApiClient api;
    private final Gvr resource;
    private final Runnable changed;
    private final CountDownLatch read = new CountDownLatch(1);
    /// For the listener's thread.
    private final TreeMap<String, List<Webhook>> configurations = new TreeMap<>();
    private @Nullable View view;
    private boolean closed;
    private volatile @Nullable List<Webhook> webhooks;

    /// @param resource of the configurations
    /// @param changed told after each change, on a thread that may block shortly
    WebhookSource(ApiClient api, Gvr resource, Runnable changed) {
        this.api = api;
        this.resource = resource;
        this.changed = changed;
    }

    /// All of them, null when they have not been read yet.
    @Nullable
    List<Webhook> known() {
        return webhooks;
    }

    /// All of them; waits a moment for them after the start.
    /// @throws ApiFault 503 when they cannot be read
    List<Webhook> all() {
        List<Webhook> now = webhooks;
        if (now != null) {
            return now;
        }
        begin();
        try {
            if (read.await(PATIENCE_MILLIS, TimeUnit.MILLISECONDS)) {
                now = webhooks;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (now == null) {
            throw ApiFault.unavailable("not yet ready to handle request: the " + resource.resource()
                    + " have not been read");
        }
        return now;
    }

    /// Begins to follow them, with the first request: then the kind is served.
    private synchronized void begin() {
        if (view == null && !closed) {
            View opened = api.view(resource, Query.ALL);
            view = opened;
            opened.listen(this);
        }
    }

    @Override
    public void changed(@Nullable Obj before, @Nullable Obj after) {
        if (after != null) {
            configurations.put(after.name(), Webhook.of(after));
        } else if (before != null) {
            configurations.remove(before.name());
        }
        if (webhooks != null) {
            publish();
        }
    }

    @Override
    public void synced() {
        publish();
        read.countDown();
    }

    private void publish() {
        webhooks = configurations.values().stream().flatMap(List::stream).toList();
        changed.run();
    }

    @Override
    public void close() {
        View opened;
        synchronized (this) {
            closed = true;
            opened = view;
        }
        if (opened != null) {
            opened.close();
        }
    }
}
