package io.k3j.resourcequota;

import io.k3j.clientapi.ApiClient;
import io.k3j.clientapi.ApiFault;
import io.k3j.clientapi.View;
import io.k3j.clientapi.WriteOptions;
import io.k3j.controllerkit.BuiltinResources;
import io.k3j.model.Key;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;

/// Takes shares of quotas before what needs them is stored: the quota's `status.used` is replaced at the revision that
/// the view shows, so that of two servers one is told to look again. The writes of a namespace that wait meanwhile are
/// decided together and cost one replacement for all, as upstream's `quotaEvaluator` does it.
///
/// Any thread; blocks for the store and for those of the same namespace that came before.
final class QuotaReservations {
    /// How often a quota is read again because somebody else was faster.
    static final int MOST_TRIES = 10;
    private final ApiClient api;
    private final View quotas;
    private final Map<String, Lane> lanes = new ConcurrentHashMap<>();

    /// @param quotas all of them, for the first look
    QuotaReservations(ApiClient api, View quotas) {
        this.api = api;
        this.quotas = quotas;
    }

    /// Whether a namespace has quotas at all.
    boolean limited(String namespace) {
        return !quotas.list(namespace).isEmpty();
    }

    /// Takes what a write needs.
    /// @throws ApiFault 403 when there is not enough; 409 when others were faster ten times; as the store says
    void take(QuotaDemand demand) {
        String namespace = demand.namespace();
        Lane lane = lanes.compute(namespace, (n, l) -> (l == null ? new Lane() : l).entered(demand));
        try {
            lane.run(demand, this::decide);
        } finally {
            lanes.computeIfPresent(namespace, (n, l) -> l.left() ? null : l);
        }
        demand.settled();
    }

    private void decide(List<QuotaDemand> demands) {
        List<QuotaDemand> open = new ArrayList<>(demands);
        try {
            List<Quota> now = quotas.list(demands.getFirst().namespace()).stream().map(Quota::of).toList();
            boolean all = true;
            for (int left = MOST_TRIES; !open.isEmpty() && (all || !now.isEmpty()); left--) {
                Round round = new Round(now, all);
                open.forEach(round::check);
                open.removeIf(QuotaDemand::decided);
                List<Quota> outdated = open.isEmpty() ? List.of() : replace(round);
                if (!outdated.isEmpty() && left == 1) {
                    throw ApiFault.conflict(BuiltinResources.RESOURCE_QUOTAS, outdated.getFirst().name(),
                            "the object has been modified; please apply your changes to the latest version and try"
                                    + " again");
                }
                now = outdated.stream().map(this::newest).flatMap(Optional::stream).toList();
                all = false;
            }
            open.forEach(QuotaDemand::pass);
        } catch (RuntimeException e) {
            open.forEach(d -> d.refuse(e));
        }
    }

    /// A quota that somebody else has changed. The server's own view waits for the version that was in the way, so as a
    /// rule the store is not asked.
    private Optional<Quota> newest(Quota outdated) {
        return quotas.get(outdated.key()).filter(q -> q.revision() > outdated.object().revision())
                .or(() -> api.find(BuiltinResources.RESOURCE_QUOTAS, outdated.key())).map(Quota::of);
    }

    /// Writes what a round has changed. A quota that is gone limits nobody any more.
    /// @return those that somebody else has changed meanwhile
    private List<Quota> replace(Round round) {
        List<Quota> outdated = new ArrayList<>();
        for (Quota quota : round.changed()) {
            try {
                api.update(BuiltinResources.RESOURCE_QUOTAS, quota.written(), WriteOptions.STATUS);
                round.stored(quota);
            } catch (ApiFault f) {
                if (f.code() == 409) {
                    outdated.add(quota);
                } else if (f.code() != 404) {
                    throw f;
                }
            }
        }
        return outdated;
    }

    /// Gives back what was taken for a write that did not happen. What cannot be given back now the controller finds
    /// unused later. The server's own view holds what was taken. In the namespace's lane, so that only other servers
    /// can be faster: many writes fail at once, and each would be in the way of all others. Those that wait meanwhile
    /// cost one replacement of a quota for all.
    void giveBack(String namespace, Map<String, ResourceList> reserved) {
        if (reserved.isEmpty()) {
            return;
        }
        Lane lane = lanes.compute(namespace, (n, l) -> (l == null ? new Lane() : l).returned(reserved));
        try {
            lane.giveBack((name, share) -> giveBack(new Key(namespace, name), share));
        } finally {
            lanes.computeIfPresent(namespace, (n, l) -> l.left() ? null : l);
        }
    }

    private void giveBack(Key key, ResourceList share) {
        try {
            Optional<Quota> quota = quotas.get(key).map(Quota::of);
            for (int left = MOST_TRIES; left > 0 && quota.isPresent() && !returned(quota.get(), share); left--) {
                // somebody else was faster
                quota = newest(quota.get());
            }
        } catch (ApiFault f) {
            // as when it cannot be written
        }
    }

    private boolean returned(Quota quota, ResourceList share) {
        try {
            ResourceList less = quota.used().above(share).only(quota.used()::has);
            api.update(BuiltinResources.RESOURCE_QUOTAS, quota.using(less).written(), WriteOptions.STATUS);
            return true;
        } catch (ApiFault f) {
            return f.code() != 409;
        }
    }

    /// The quotas as they would be after some demands.
    private static final class Round {
        private final List<Quota> before;
        private final List<Quota> after;
        private final boolean all;
        private final Map<QuotaDemand, Map<String, ResourceList>> taking = new IdentityHashMap<>();

        /// @param all whether these are all quotas of the namespace
        Round(List<Quota> quotas, boolean all) {
            this.before = quotas;
            this.after = new ArrayList<>(quotas);
            this.all = all;
        }

        /// Decides a demand that is refused, needs nothing, or was only to be tried.
        void check(QuotaDemand demand) {
            try {
                Map<String, ResourceList> shares = demand.shares(after, all);
                if (shares.isEmpty() || demand.dryRun()) {
                    demand.pass();
                    return;
                }
                taking.put(demand, shares);
                after.replaceAll(q -> shares.containsKey(q.name())
                        ? q.using(q.used().plus(shares.getOrDefault(q.name(), ResourceList.EMPTY))) : q);
            } catch (RuntimeException e) {
                demand.refuse(e);
            }
        }

        List<Quota> changed() {
            return IntStream.range(0, after.size()).filter(i -> after.get(i) != before.get(i)).mapToObj(after::get)
                    .toList();
        }

        void stored(Quota quota) {
            taking.forEach((demand, shares) -> demand.took(quota, shares));
        }
    }
}
