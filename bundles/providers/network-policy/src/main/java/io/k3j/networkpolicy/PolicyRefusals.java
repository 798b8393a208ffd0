package io.k3j.networkpolicy;

import io.k3j.clientapi.ApiClient;
import io.k3j.componentapi.TimeSource;
import io.k3j.controllerkit.Events;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.netpolicy.PodPolicy;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Tells that the packet filter of this node does not take a policy: in the log, and by Event on the policy, whose
/// writer may not see the log. [#tell] is for one thread, [#write] and [#step] for another one, [#by] for any.
final class PolicyRefusals {
    private static final System.Logger LOG = System.getLogger("io.k3j.networkpolicy");
    private static final String REASON = "SyncError";
    /// How soon another client is used.
    private static final Duration LOOK = Duration.ofSeconds(1);
    /// A policy that stays refused is told again before its Event has gone, which lives an hour (`--event-ttl`).
    static final Duration AGAIN = Duration.ofMinutes(55);
    private final String node;
    private final Function<Key, Optional<Obj>> policies;
    private final TimeSource clock;
    private final CountDownLatch first = new CountDownLatch(1);
    private volatile @Nullable Events events;
    /// By policy, what was told last and is not told again yet; one that has changed is another one.
    private final Map<Key, Told> told = new HashMap<>();

    /// Keeps no policy that nobody else has any more: who may write one may write many that are refused.
    private record Told(WeakReference<PodPolicy> policy, Instant at) {
    }

    /// @param policies the object of a policy
    PolicyRefusals(String node, Function<Key, Optional<Obj>> policies, TimeSource clock) {
        this.node = node;
        this.policies = policies;
        this.clock = clock;
    }

    /// Tells by this client from now on.
    void by(ApiClient api) {
        events = new Events(api, "network-policy", node, clock);
        first.countDown();
    }

    /// Writes Events until the thread is interrupted.
    void write() throws InterruptedException {
        first.await();
        while (!Thread.currentThread().isInterrupted()) {
            if (!step()) {
                Objects.requireNonNull(events).await(LOOK);
            }
        }
    }

    /// Writes one Event. Blocks for the API.
    ///
    /// @return false when none waits
    boolean step() {
        Events recorder = events;
        return recorder != null && recorder.step();
    }

    /// Tells what is refused and was not told for [#AGAIN]. Never blocks.
    ///
    /// @param refused all that are refused now
    void tell(Collection<PolicyWriter.Refusal> refused) {
        Instant now = clock.monotonic().instant();
        told.values().removeIf(before -> Duration.between(before.at(), now).compareTo(AGAIN) >= 0);
        for (PolicyWriter.Refusal refusal : refused) {
            PodPolicy policy = refusal.policy();
            Told before = told.get(policy.key());
            if (before == null || !before.policy().refersTo(policy)) {
                told.put(policy.key(), new Told(new WeakReference<>(policy), now));
                tell(refusal);
            }
        }
    }

    private void tell(PolicyWriter.Refusal refusal) {
        Key key = refusal.policy().key();
        LOG.log(System.Logger.Level.WARNING, "Cannot apply network policy namespace={0} name={1} alone={2} error={3}",
                key.namespace(), key.name(), refusal.alone(), refusal.why());
        Events recorder = events;
        if (recorder != null) {
            String whose = refusal.alone() ? "of this policy" : "of this policy or of others that changed with it";
            policies.apply(key).ifPresent(policy -> recorder.warning(policy, REASON, "The packet filter of node " + node
                    + " refuses the rules " + whose
                    + ", so it lets nothing through to or from the pods it selects there: " + refusal.why()));
        }
    }
}
