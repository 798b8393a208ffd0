package io.k3j.datastoreapi;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.osgi.annotation.versioning.ConsumerType;

/// Looks at a store before a server starts, and opens it outside of one, for `k3s datastore copy`.
///
/// **Who.** A driver implements it in a public class with a public constructor without parameters, which the command
/// knows by name. **Threads.** One caller, blocked until the store is open.
///
/// **Failure.** [DatastoreUnavailable], or an `IllegalArgumentException` for an endpoint that is wrong.
@ConsumerType
public interface StoreOpener {
    /// Where a store is.
    ///
    /// @param endpoint as `--datastore-endpoint`, empty for an embedded one
    /// @param dataDir of the server that an embedded one belongs to
    /// @param files authority, certificate and key in PEM, each empty when not given
    record Place(String endpoint, Path dataDir, List<String> files) {
        /// Copies the list.
        public Place {
            files = List.copyOf(files);
        }
    }

    /// What keeps a server from starting with this store, as far as its files tell and somebody who waits for the start
    /// has patience: what, where and what to type next. Changes nothing; empty also where there are no files yet.
    default Optional<String> problem(Place place) {
        return Optional.empty();
    }

    /// Opens, and where the store can make itself, makes it.
    Opened open(Place place);

    /// A store in use.
    interface Opened extends AutoCloseable {
        /// The store.
        Datastore datastore();

        /// Commits what is queued and lets go.
        @Override
        void close();

        /// A store and how to let it go.
        static Opened of(Datastore datastore, Runnable close) {
            return new Opened() {
                @Override
                public Datastore datastore() {
                    return datastore;
                }

                @Override
                public void close() {
                    close.run();
                }
            };
        }
    }
}
