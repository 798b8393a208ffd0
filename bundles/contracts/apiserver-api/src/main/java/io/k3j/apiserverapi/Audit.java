package io.k3j.apiserverapi;

import io.k3j.model.Struct;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.osgi.annotation.versioning.ConsumerType;

/// Says what of a request is to be recorded, and records it. See
/// <https://kubernetes.io/docs/tasks/debug/debug-cluster/audit/>.
///
/// **Who.** The bundle `audit` registers one where flags ask for it; the API server asks it. While flags name one and
/// it is away, requests wait a moment, then are answered 503: what cannot be recorded is not done. Where no flag names
/// one, nobody asks one that is there all the same.
/// **Guarantees.** 1. An event that is [Taken#TAKEN] is written, or counted as lost in the way its mode allows.
/// 2. One that has closed takes nothing and says so; the server turns to its successor.
/// **Threads.** Any; `rule` does not block, `take` for as long as its mode says.
@ConsumerType
public interface Audit {
    /// What to record of a request.
    /// @param caller who asks, before impersonation; null when nobody could be made out
    Rule rule(@Nullable Caller caller, Authorizer.Attributes what);

    /// Records one stage of a request.
    /// @param event an `Event` of `audit.k8s.io/v1`
    Taken take(Struct event);

    /// How much of a request is recorded, in the order of how much it is.
    enum Level {
        /// Nothing.
        NONE,
        /// Who did what, and what came of it.
        METADATA,
        /// And the body of the request.
        REQUEST,
        /// And that of the response.
        REQUEST_RESPONSE
    }

    /// What became of an event.
    enum Taken {
        /// It is recorded, or is being.
        TAKEN,
        /// It could not be recorded, and the request must not go on without.
        FAILED,
        /// Nothing is taken here any more.
        CLOSED
    }

    /// What is recorded of a request.
    /// @param omittedStages stages of which no event is made, in upstream's words
    /// @param omitManagedFields whether `managedFields` are left out of bodies
    record Rule(Level level, Set<String> omittedStages, boolean omitManagedFields) {
        /// Nothing is recorded.
        public static final Rule NONE = new Rule(Level.NONE, Set.of(), false);
    }
}
