package io.k3j.clientapi;

import io.k3j.model.Key;
import java.time.Duration;
import org.osgi.annotation.versioning.ConsumerType;

/// One server's time as the holder of a `Lease`, under which one of its parts leads. `leases` registers it as a service
/// for as long as it does; the API server asks it with each write of a client that was taken by
/// [ApiClient#leading], so that anyone who has lost the lease without knowing it cannot write.
///
/// **Threads.** Any; only [#after] blocks.
@ConsumerType
public interface Term {
    /// The object of `leases.coordination.k8s.io`.
    Key lease();

    /// Whether the lease was taken at all: false where every server leads without an election (`leader-elect=false`),
    /// whose writes are bound to nothing.
    default boolean elected() {
        return true;
    }

    /// The revision at which this server wrote the lease last; 0 once the term is over, for good.
    long revision();

    /// The revision as soon as it is another one than `known`, because a renewal may be under way; what it is
    /// when the time is over.
    long after(long known, Duration atMost);
}
