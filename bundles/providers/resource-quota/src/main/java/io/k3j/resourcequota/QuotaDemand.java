package io.k3j.resourcequota;

import io.k3j.apiserverapi.Write;
import io.k3j.apiserverapi.Write.Operation;
import io.k3j.clientapi.ApiFault;
import io.k3j.model.Struct;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// One write that waits for its share of the quotas of its namespace, and what has become of it. Decided by the thread
/// that holds the namespace's lane, read by the writing one afterwards.
final class QuotaDemand {
    private final Write write;
    private final Struct object;
    private final Evaluator evaluator;
    private final Instant now;
    private final Map<String, ResourceList> reserved = new TreeMap<>();
    private boolean decided;
    private @Nullable RuntimeException refusal;

    QuotaDemand(Write write, Struct object, Evaluator evaluator, Instant now) {
        this.write = write;
        this.object = object;
        this.evaluator = evaluator;
        this.now = now;
    }

    String namespace() {
        return write.key().namespace();
    }

    boolean dryRun() {
        return write.dryRun();
    }

    synchronized boolean decided() {
        return decided;
    }

    synchronized void pass() {
        decided = true;
    }

    synchronized void refuse(RuntimeException why) {
        decided = true;
        refusal = why;
    }

    /// Says how it was decided.
    /// @throws ApiFault the refusal
    synchronized void settled() {
        if (refusal != null) {
            throw refusal;
        }
    }

    /// Its share of a quota that has been written.
    synchronized void took(Quota quota, Map<String, ResourceList> shares) {
        ResourceList share = shares.get(quota.name());
        if (share != null) {
            reserved.put(quota.name(), share);
        }
    }

    /// What was taken, by the quota's name.
    synchronized Map<String, ResourceList> reserved() {
        return Map.copyOf(reserved);
    }

    /// What the write needs of each quota, by its name; those it needs nothing of are left out.
    /// @throws ApiFault 403 when it exceeds one, leaves out what one demands, or one is not counted yet
    Map<String, ResourceList> shares(List<Quota> quotas) {
        List<Quota> pertinent = pertinent(quotas);
        ResourceList usage = pertinent.isEmpty() ? ResourceList.EMPTY : evaluator.usage(object, now);
        if (!usage.negative().isEmpty()) {
            throw forbidden("quota usage is negative for resource(s): " + String.join(",", usage.negative()));
        }
        Map<String, ResourceList> shares = new TreeMap<>();
        for (Quota quota : pertinent) {
            ResourceList share = grown(quota, usage).withoutZeros().only(quota.hard()::has);
            within(quota, share);
            if (!share.isEmpty()) {
                shares.put(quota.name(), share);
            }
        }
        return shares;
    }

    private List<Quota> pertinent(List<Quota> quotas) {
        List<Quota> some = new ArrayList<>();
        for (Quota quota : quotas) {
            Set<String> names = quota.limitedBy(evaluator);
            if (names.isEmpty() || !quota.covers(evaluator, object)) {
                continue;
            }
            String missing = evaluator.missing(names, object);
            if (!missing.isEmpty()) {
                throw forbidden("failed quota: " + quota.name() + ": must specify " + missing);
            }
            if (!quota.used().names().containsAll(names)) {
                throw forbidden("status unknown for quota: " + quota.name() + ", resources: "
                        + String.join(",", names));
            }
            some.add(quota);
        }
        return some;
    }

    /// All of it, or what it is above the object as it was where the quota has counted that.
    private ResourceList grown(Quota quota, ResourceList usage) {
        Optional<Struct> before = write.operation() == Operation.UPDATE ? write.before() : Optional.empty();
        return before.filter(b -> quota.covers(evaluator, b)).map(b -> usage.above(evaluator.usage(b, now)))
                .orElse(usage);
    }

    /// What a status says has happened; it is counted and not refused.
    private void within(Quota quota, ResourceList share) {
        ResourceList used = quota.used().plus(share).only(share::has);
        Set<String> exceeded = write.of("status") ? Set.of() : used.exceeding(quota.hard());
        if (!exceeded.isEmpty()) {
            throw forbidden("exceeded quota: " + quota.name() + ", requested: " + share.only(exceeded::contains)
                    + ", used: " + quota.used().only(exceeded::contains) + ", limited: "
                    + quota.hard().only(exceeded::contains));
        }
    }

    private ApiFault forbidden(String why) {
        return ApiFault.forbidden(write.kind().gvr(), write.key().name(), why);
    }
}
