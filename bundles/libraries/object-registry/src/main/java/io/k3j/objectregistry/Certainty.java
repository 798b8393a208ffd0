package io.k3j.objectregistry;

/// Whether a write is refused whatever another server may have written meanwhile: because the store has compared, or
/// because somebody outside has decided about the request alone. Such a refusal needs no second look with a newer
/// picture ([io.k3j.watchcache.Fence#fresh]), which would ask webhooks twice. One for each request; for its thread.
public final class Certainty {
    private boolean certain;

    /// Begins another try, of which nothing is known yet.
    void begin() {
        certain = false;
    }

    /// The refusal that follows is certain.
    void refused() {
        certain = true;
    }

    /// Whether the last refusal was.
    boolean certain() {
        return certain;
    }
}
