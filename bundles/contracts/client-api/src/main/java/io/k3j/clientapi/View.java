package io.k3j.clientapi;

import io.k3j.model.Key;
import io.k3j.model.Obj;
import java.util.Collection;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.osgi.annotation.versioning.ConsumerType;
import org.osgi.annotation.versioning.ProviderType;

/// A live, read-only cache of some objects of one resource. It ends with the `ApiClient` it came from.
///
/// **Guarantees.**
/// 1. A listener is told every object present, then every change, in revision order, each once, from
///    one virtual thread of its own: it may block, which delays nobody else.
/// 2. `get` and `list` are never older than what the listener has been told.
/// 3. Objects that are not looked at are not decoded.
/// 4. Another uid is another object: when the name of an object that went was taken again unseen, a listener is told
///    that the old one went, then that the new one came.
@ProviderType
public interface View extends AutoCloseable {
    /// The revision the cache stands at.
    long revision();

    /// One object, empty when it is not there or not selected.
    Optional<Obj> get(Key key);

    /// All selected objects, a cache.
    Collection<Obj> list();

    /// All selected objects of one namespace, a cache.
    Collection<Obj> list(String namespace);

    /// All selected objects that can be read, as the cache has them now: without those whose stored form is damaged,
    /// of which `list` fails, and without waiting for writes that have not come back yet. For anyone who must not stop
    /// because of one object.
    default Collection<Obj> readable() {
        return list();
    }

    /// Begins telling `listener`; one per view.
    void listen(Listener listener);

    /// Ends the view; no listener call begins after it returns.
    @Override
    void close();

    /// Tells a listener a change between two states of one name, which is two changes where the uid is another.
    static void tell(Listener listener, @Nullable Obj before, @Nullable Obj after) {
        if (before != null && after != null && !before.uid().equals(after.uid())) {
            listener.changed(before, null);
            listener.changed(null, after);
        } else {
            listener.changed(before, after);
        }
    }

    /// Hears of changes.
    @ConsumerType
    interface Listener {
        /// An object came (`before` null), changed, or went (`after` null). An object that no longer
        /// matches the selectors has gone.
        void changed(@Nullable Obj before, @Nullable Obj after);

        /// Everything that was present at the start has been told.
        default void synced() {
        }
    }
}
