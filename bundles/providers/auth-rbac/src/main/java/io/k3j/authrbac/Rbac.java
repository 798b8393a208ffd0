package io.k3j.authrbac;

import io.k3j.clientapi.ApiClient;
import io.k3j.clientapi.Query;
import io.k3j.clientapi.View;
import io.k3j.model.Gvr;
import io.k3j.model.Obj;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;

/// Views of roles and bindings, and the index over them. Thread-safe.
@Component(service = Rbac.class)
public final class Rbac {
    static final String GROUP = "rbac.authorization.k8s.io";
    static final Gvr ROLES = new Gvr(GROUP, "v1", "roles");
    static final Gvr CLUSTER_ROLES = new Gvr(GROUP, "v1", "clusterroles");
    static final Gvr BINDINGS = new Gvr(GROUP, "v1", "rolebindings");
    static final Gvr CLUSTER_BINDINGS = new Gvr(GROUP, "v1", "clusterrolebindings");

    private final ApiClient api;
    private final View roles;
    private final View clusterRoles;
    private final View bindings;
    private final View clusterBindings;
    private final AtomicLong changes = new AtomicLong(1);
    private volatile Snapshot snapshot = new Snapshot(0, new RuleIndex(List.of(), List.of(), List.of(), List.of()));
    private volatile Runnable whenRolesChange = () -> {
    };

    /// An index and the number of changes it includes.
    private record Snapshot(long at, RuleIndex index) {
    }

    /// Opens the views; does not block.
    @Activate
    public Rbac(@Reference ApiClient api) {
        this.api = api;
        this.roles = view(ROLES);
        this.clusterRoles = api.view(CLUSTER_ROLES, Query.ALL);
        this.bindings = view(BINDINGS);
        this.clusterBindings = view(CLUSTER_BINDINGS);
        clusterRoles.listen(this::roleChanged);
    }

    private View view(Gvr resource) {
        View opened = api.view(resource, Query.ALL);
        opened.listen((before, after) -> changes.incrementAndGet());
        return opened;
    }

    private void roleChanged(@Nullable Obj before, @Nullable Obj after) {
        changes.incrementAndGet();
        whenRolesChange.run();
    }

    /// Sets the action to run after each change of a cluster role, on the view's thread.
    void onRoles(Runnable action) {
        whenRolesChange = action;
    }

    /// The present index. A caller that asks after a change gets an index with that change, even while another
    /// thread is building it. An unreadable role or binding grants nothing, and does not delay the revocation
    /// of another one.
    RuleIndex index() {
        Snapshot now = snapshot;
        return now.at() == changes.get() ? now.index() : rebuild();
    }

    private synchronized RuleIndex rebuild() {
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
