package io.k3j.apiserverapi;

import io.k3j.model.Struct;
import java.util.List;
import java.util.Optional;
import org.osgi.annotation.versioning.ProviderType;

/// Small records the server keeps for itself beside the objects, as upstream's allocation tables: no kind, no
/// discovery, no admission. All servers on a datastore see the same. `apiserver` provides it.
///
/// **Threads.** Any; every method blocks.
///
/// **Failure.** An `io.k3j.clientapi.ApiFault` 503 while the datastore does not answer, 504 when it did not say
/// whether a change happened.
@ProviderType
public interface Records {
    /// A record and the revision it was last changed at.
    record Entry(String name, Struct value, long revision) {
    }

    /// The newest version of a record. Names are paths such as `nodeports/30080`.
    Optional<Entry> find(String name);

    /// All records whose names begin with `prefix`, newest versions.
    List<Entry> list(String prefix);

    /// Creates (`expected` 0) or replaces a record at a revision; false when it is at another one.
    boolean put(String name, Struct value, long expected);

    /// Removes a record at a revision; false when it is at another one.
    boolean remove(String name, long expected);
}
