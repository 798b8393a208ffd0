package io.k3j.componentapi;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.osgi.annotation.versioning.ProviderType;

/// What was decided about components for all servers of the cluster, and what each of them says of it.
///
/// **Who.** `supervisor` registers it as a service on a server; `features` writes, follows and reports. Nobody else has
/// a way to it: it is no object of the API, and only who may type `k3s component` on a server decides.
///
/// **Threads.** Any; every method blocks for the datastore.
///
/// **Failure.** A datastore that does not answer is a [SwapRefused], and so is the end of who provides this.
@ProviderType
public interface ClusterDecisions {
    /// The newest decisions.
    Decided decided();

    /// The newest decisions, once they are others than the known ones, or after `atMost`.
    Decided next(Decided known, Duration atMost) throws InterruptedException;

    /// Decides anew, over the decisions of the same revision.
    /// @throws SwapRefused when somebody else was faster; nothing was changed
    Decided decide(Decided now);

    /// Says how this server follows. It counts for five minutes.
    /// @param states of each component, in words
    void report(long revision, Map<String, String> states);

    /// What the servers have said that are there.
    List<Report> reports();

    /// All decisions.
    ///
    /// @param revision of the last change, 0 when nothing was ever decided
    /// @param components by feature, whether it is to run
    record Decided(long revision, Map<String, Boolean> components) {
        /// Copies the map.
        public Decided {
            components = Map.copyOf(components);
        }
    }

    /// What one server says.
    ///
    /// @param server its name
    /// @param revision of the decisions it has seen
    /// @param states of each component, in words
    record Report(String server, long revision, Map<String, String> states) {
        /// Copies the map.
        public Report {
            states = Map.copyOf(states);
        }
    }
}
