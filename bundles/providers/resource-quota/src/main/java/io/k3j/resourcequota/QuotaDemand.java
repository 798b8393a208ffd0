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
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// One write that waits for its share of the quotas of its namespace, and what has become of it. Decided by the thread
/// that holds the namespace's lane, read by the writing one afterwards.
final class QuotaDemand {
    private final Write write;
    private final Struct object;
    private final Evaluator evaluator;
    private final LimitedResources limited;
    private final Instant now;
    private final Map<String, ResourceList> reserved = new TreeMap<>();
    private boolean decided;
    private @Nullable RuntimeException refusal;

    /// @param limited what it may not use without a quota
    QuotaDemand(Write write, Struct object, Evaluator evaluator, LimitedResources limited, Instant now) {
        this.write = write;
        this.object = object;
        this.evaluator = evaluator;
        this.limited = limited;
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
    /// @param all whether the quotas are all of the namespace, so that what none of them limits is limited by nobody
    /// @throws ApiFault 403 when it exceeds one, leaves out what one demands, one is not counted yet, or there is none
    /// for what may not be used without
    Map<String, ResourceList> shares(List<Quota> quotas, boolean all) {
        boolean limits = all && limited.concern(write.kind().gvr(), evaluator, object);
        List<Quota> pertinent = pertinent(quotas);
        ResourceList usage = pertinent.isEmpty() && !limits ? ResourceList.EMPTY : evaluator.usage(object, now);
        if (!usage.negative().isEmpty()) {
            throw forbidden("quota usage is negative for resource(s): " + String.join(",", usage.negative()));
        }
        if (limits && grows(pertinent, usage)) {
            covered(quotas, pertinent, usage);
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
        return above(usage, b -> quota.covers(evaluator, b));
    }

    private ResourceList above(ResourceList usage, Predicate<Struct> counted) {
        Optional<Struct> before = write.operation() == Operation.UPDATE ? write.before() : Optional.empty();
        return before.filter(counted).map(b -> usage.above(evaluator.usage(b, now))).orElse(usage);
    }

    /// Whether the write needs anything at all: what needs no more than before needs no new quota either.
    private boolean grows(List<Quota> pertinent, ResourceList usage) {
        return pertinent.isEmpty() ? !above(usage, _ -> true).withoutZeros().isEmpty()
                : pertinent.stream().anyMatch(q -> !grown(q, usage).withoutZeros().isEmpty());
    }

    /// What must be limited has a quota that limits it, and so has each scope in which the object must be.
    private void covered(List<Quota> quotas, List<Quota> pertinent, ResourceList usage) {
        Set<String> names = limited.names(write.kind().gvr(), usage);
        pertinent.forEach(q -> names.removeAll(q.limitedBy(evaluator)));
        if (!names.isEmpty()) {
            throw forbidden("insufficient quota to consume: " + String.join(",", names));
        }
        Set<String> scopes = quotas.stream().flatMap(q -> q.scopes().stream())
                .filter(s -> evaluator.inScope(s, object)).map(ScopeRequirement::scope).collect(Collectors.toSet());
        List<ScopeRequirement> open = limited.scopes(evaluator, object).stream()
                .filter(s -> !scopes.contains(s.scope())).toList();
        if (!open.isEmpty()) {
            // upstream answers so, without a reason
            throw new ApiFault(500, "", "insufficient quota to match these scopes: " + open.stream()
                    .map(Object::toString).collect(Collectors.joining(" ", "[", "]")), Struct.EMPTY);
        }
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
