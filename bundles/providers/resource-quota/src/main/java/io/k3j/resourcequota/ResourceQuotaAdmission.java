package io.k3j.resourcequota;

import io.k3j.apiserverapi.Admission;
import io.k3j.apiserverapi.Write;
import io.k3j.apiserverapi.Write.Operation;
import io.k3j.model.Struct;
import java.time.InstantSource;
import java.util.Map;
import java.util.TreeMap;

/// Refuses what exceeds the quotas of its namespace, as the last plug-in of all: what it lets pass has its share of
/// them, and nobody behind it refuses it any more. See
/// <https://kubernetes.io/docs/concepts/policy/resource-quotas/>.
///
/// A namespace without quotas costs a look at the index of a view, where nothing is limited without one. A write that
/// is counted and then not stored gives its share back; when that fails too, or the server ends meanwhile, the
/// controller finds it.
final class ResourceQuotaAdmission implements Admission {
    /// Behind webhooks and the guard of roles, which may still refuse.
    static final int PLACE = 2000;
    private final QuotaReservations reservations;
    private final LimitedResources limited;
    private final InstantSource clock;

    /// @param limited what nobody may use without a quota
    ResourceQuotaAdmission(QuotaReservations reservations, LimitedResources limited, InstantSource clock) {
        this.reservations = reservations;
        this.limited = limited;
        this.clock = clock;
    }

    @Override
    public String name() {
        return "ResourceQuota";
    }

    /// Whether anything can be counted is known before the object is looked at.
    @Override
    public boolean handles(Write write) {
        boolean grows = write.operation() == Operation.CREATE
                || write.operation() == Operation.UPDATE && Evaluators.readsObjects(write.kind().gvr());
        return grows && write.kind().namespaced() && write.kind().storage().stored()
                && !Evaluators.ignored(write.kind().gvr());
    }

    @Override
    public void validate(Write write, Struct object) {
        Evaluator evaluator = Evaluators.of(write.kind().gvr());
        if (!evaluator.handles(write, object) || !reservations.limited(write.key().namespace())
                && !limited.concern(write.kind().gvr(), evaluator, object)) {
            return;
        }
        QuotaDemand demand = new QuotaDemand(write, object, evaluator, limited, clock.instant());
        try {
            reservations.take(demand);
        } finally {
            write.context().notes().put(this, demand.reserved());
        }
    }

    @Override
    public void abandoned(Write write, Struct object) {
        if (write.context().notes().remove(this) instanceof Map<?, ?> reserved && !write.dryRun()) {
            Map<String, ResourceList> shares = new TreeMap<>();
            reserved.forEach((name, share) -> {
                if (name instanceof String n && share instanceof ResourceList s) {
                    shares.put(n, s);
                }
            });
            reservations.giveBack(write.key().namespace(), shares);
        }
    }
}
