package io.k3j.authrbac;

import io.k3j.clientapi.ApiFault;
import io.k3j.clientapi.WriteOptions;
import io.k3j.componentapi.Health;
import io.k3j.componentbase.SupervisedLoop;
import io.k3j.model.Obj;
import io.k3j.model.Selector;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/// Fills the rules of cluster roles with an `aggregationRule` from the roles it selects. Runs on a virtual
/// thread, after each change and every ten minutes. See
/// <https://kubernetes.io/docs/reference/access-authn-authz/rbac/#aggregated-clusterroles>.
final class Aggregation implements AutoCloseable {
    private static final Logger LOG = System.getLogger("io.k3j.authrbac");
    private static final long RESYNC_SECONDS = 600;
    private static final long RETRY_SECONDS = 1;

    private final Rbac rbac;
    private final Semaphore changes = new Semaphore(0);
    private final SupervisedLoop loop;
    private volatile boolean complete;
    private volatile boolean closed;

    Aggregation(Rbac rbac, Health health) {
        this.loop = SupervisedLoop.virtual(health, "rbac-aggregation", this::run);
        this.rbac = rbac;
    }

    /// Fills all roles once, then continues in the background.
    void begin() {
        complete = tryFill();
        rbac.onRoles(changes::release);
        loop.start();
    }

    private void run() throws InterruptedException {
        while (!closed) {
            changes.tryAcquire(complete ? RESYNC_SECONDS : RETRY_SECONDS, TimeUnit.SECONDS);
            changes.drainPermits();
            complete = false;
            complete = closed || tryFill();
        }
    }

    private boolean tryFill() {
        try {
            return fillAll();
        } catch (ApiFault unreadable) {
            // with an incomplete list a role would lose the rules of the missing ones
            LOG.log(Level.DEBUG, "Aggregation waits reason={0}", unreadable.getMessage());
            return false;
        }
    }

    private boolean fillAll() {
        boolean all = true;
        Collection<Obj> stored = rbac.clusterRoles().list();
        for (Obj role : filled(stored)) {
            try {
                rbac.api().update(Rbac.CLUSTER_ROLES, role,
                        WriteOptions.PLAIN.by("clusterrole-aggregation-controller"));
            } catch (ApiFault e) {
                LOG.log(Level.DEBUG, "Aggregation name={0} reason={1}", role.name(), e.getMessage());
                all = false;
            }
        }
        return all;
    }

    /// The roles whose rules have to change, with these. A role may aggregate one that aggregates itself, as `admin`
    /// does `edit`: looked at until nothing changes, at most once for each of them and once more.
    static List<Obj> filled(Collection<Obj> stored) {
        Map<String, Obj> roles = new LinkedHashMap<>();
        stored.forEach(r -> roles.put(r.name(), r));
        List<Obj> aggregating = stored.stream().filter(r -> r.tree().has("aggregationRule")).toList();
        Map<String, Obj> changed = new LinkedHashMap<>();
        boolean again = true;
        for (int i = 0; again && i <= aggregating.size(); i++) {
            again = false;
            for (Obj role : aggregating) {
                Seq rules = rules(role, roles.values());
                if (!rules.equals(roles.getOrDefault(role.name(), role).tree().seq("rules"))) {
                    Obj now = role.with(rules, "rules");
                    roles.put(role.name(), now);
                    changed.put(role.name(), now);
                    again = true;
                }
            }
        }
        return List.copyOf(changed.values());
    }

    /// The rules a role aggregates from the roles its selectors match, ordered by role name, without
    /// duplicates.
    static Seq rules(Obj role, Collection<Obj> all) {
        Set<Struct> rules = new LinkedHashSet<>();
        List<Obj> sorted = all.stream().sorted(Comparator.comparing(Obj::name)).toList();
        for (Struct selector : role.tree().struct("aggregationRule").seq("clusterRoleSelectors").structs()) {
            Selector wanted = Selector.of(selector);
            for (Obj other : sorted) {
                if (!other.name().equals(role.name()) && wanted.matches(other.labels())) {
                    rules.addAll(other.tree().seq("rules").structs());
                }
            }
        }
        return Seq.copyOf(rules);
    }

    @Override
    public void close() {
        closed = true;
        loop.close();
        changes.release();
    }
}
