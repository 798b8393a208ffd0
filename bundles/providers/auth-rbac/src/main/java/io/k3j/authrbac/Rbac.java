package io.k3j.authrbac;

import io.k3j.clientapi.ApiClient;
import io.k3j.clientapi.Query;
import io.k3j.clientapi.View;
import io.k3j.model.Gvr;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;

/// Views of roles and bindings, and the index over them. Thread-safe.
@Component(service = Rbac.class)
public final class Rbac {
    private static final System.Logger LOG = System.getLogger("io.k3j.authrbac");
    static final String GROUP = "rbac.authorization.k8s.io";
    static final Gvr ROLES = new Gvr(GROUP, "v1", "roles");
    static final Gvr CLUSTER_ROLES = new Gvr(GROUP, "v1", "clusterroles");
    static final Gvr BINDINGS = new Gvr(GROUP, "v1", "rolebindings");
    static final Gvr CLUSTER_BINDINGS = new Gvr(GROUP, "v1", "clusterrolebindings");

    private static final int VIEWS = 4;

    private final ApiClient api;
    private final View roles;
    private final View clusterRoles;
    private final View bindings;
    private final View clusterBindings;
    /// What the views have told. It is asked from when they have told everything.
    private final RuleIndex told = new RuleIndex();
    private final AtomicInteger untold = new AtomicInteger(VIEWS);
    private final AtomicLong changes = new AtomicLong(1);
    private volatile Snapshot snapshot = new Snapshot(0, new RuleIndex());
    private volatile Runnable whenRolesChange = () -> {
    };

    /// An index and the number of changes it includes.
    private record Snapshot(long at, RuleIndex index) {
    }

    /// Opens the views; does not block.
    @Activate
    public Rbac(@Reference ApiClient api) {
        this.api = api;
        this.roles = view(ROLES, told::role, told::roleGone);
        this.clusterRoles = view(CLUSTER_ROLES, told::role, told::roleGone);
        this.bindings = view(BINDINGS, told::binding, told::bindingGone);
        this.clusterBindings = view(CLUSTER_BINDINGS, told::binding, told::bindingGone);
    }

    private View view(Gvr resource, Consumer<Obj> changed, Consumer<Key> gone) {
        View opened = api.view(resource, Query.ALL);
        opened.listen(new View.Listener() {
            @Override
            public void changed(@Nullable Obj before, @Nullable Obj after) {
                take(before, after, changed, gone);
                changes.incrementAndGet();
                if (resource.equals(CLUSTER_ROLES)) {
                    whenRolesChange.run();
                }
            }

            @Override
            public void synced() {
                if (untold.decrementAndGet() == 0) {
                    forget();
                }
            }
        });
        return opened;
    }

    private synchronized void forget() {
        snapshot = new Snapshot(0, told);
    }

    /// What cannot be understood grants nothing, whatever was there before.
    private static void take(@Nullable Obj before, @Nullable Obj after, Consumer<Obj> changed, Consumer<Key> gone) {
        if (after != null) {
            try {
                changed.accept(after);
            } catch (RuntimeException damaged) {
                LOG.log(Level.WARNING, "Unreadable object={0}: {1}", after.key(), damaged.getMessage());
                gone.accept(after.key());
            }
        } else if (before != null) {
            gone.accept(before.key());
        }
    }

    /// Sets the action to run after each change of a cluster role, on the view's thread.
    void onRoles(Runnable action) {
        whenRolesChange = action;
    }

    /// The present index. A caller that asks after a change gets an index with that change. An unreadable role or
    /// binding grants nothing, and does not delay the revocation of another one. Until everything was told it is made
    /// of what the views show, as a whole for each change.
    RuleIndex index() {
        if (untold.get() == 0) {
            return told;
        }
        Snapshot now = snapshot;
        return now.at() == changes.get() ? now.index() : rebuild();
    }

    private synchronized RuleIndex rebuild() {
        if (untold.get() == 0) {
            return told;
        }
        long at = changes.get();
        if (snapshot.at() != at) {
            snapshot = new Snapshot(at, new RuleIndex(roles.readable(), clusterRoles.readable(), bindings.readable(),
                    clusterBindings.readable()));
        }
        return snapshot.index();
    }

    /// The views by what they show.
    Map<Gvr, View> views() {
        return Map.of(ROLES, roles, CLUSTER_ROLES, clusterRoles, BINDINGS, bindings, CLUSTER_BINDINGS, clusterBindings);
    }

    /// The view of cluster roles.
    View clusterRoles() {
        return clusterRoles;
    }

    /// The view of roles.
    View roles() {
        return roles;
    }

    /// The client.
    ApiClient api() {
        return api;
    }

    /// Closes the views.
    @Deactivate
    public void stop() {
        for (View each : List.of(roles, clusterRoles, bindings, clusterBindings)) {
            each.close();
        }
    }
}
