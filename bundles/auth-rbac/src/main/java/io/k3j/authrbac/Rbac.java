package io.k3j.authrbac;

import io.k3j.clientapi.ApiClient;
import io.k3j.clientapi.Query;
import io.k3j.clientapi.View;
import io.k3j.model.Gvr;
import io.k3j.model.Obj;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;

/// The views of roles and bindings, and the index over them. For any thread.
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
    private volatile Built built = new Built(0, new RuleIndex(List.of(), List.of(), List.of(), List.of()));
    private volatile Runnable whenRolesChange = () -> {
    };

    /// A picture and the count of changes it holds.
    private record Built(long at, RuleIndex index) {
    }

    /// Attaches to the views; returns at once.
    @Activate
    public Rbac(@Reference ApiClient api) {
        this.api = api;
        this.roles = watched(ROLES);
        this.clusterRoles = api.view(CLUSTER_ROLES, Query.ALL);
        this.bindings = watched(BINDINGS);
        this.clusterBindings = watched(CLUSTER_BINDINGS);
        clusterRoles.listen(this::roleChanged);
    }

    private View watched(Gvr resource) {
        View view = api.view(resource, Query.ALL);
        view.listen((before, after) -> changes.incrementAndGet());
        return view;
    }

    private void roleChanged(@Nullable Obj before, @Nullable Obj after) {
        changes.incrementAndGet();
        whenRolesChange.run();
    }

    /// Calls `action` whenever a cluster role has changed, from the view's thread; one action.
    void onRoles(Runnable action) {
        whenRolesChange = action;
    }

    /// The newest picture. Whoever asks after a change gets a picture with the change, also while another
    /// is still building it. A role or binding that cannot be read grants nothing, and does not keep another from being
    /// taken away.
    RuleIndex index() {
        Built now = built;
        return now.at() == changes.get() ? now.index() : rebuilt();
    }

    private synchronized RuleIndex rebuilt() {
        long at = changes.get();
        if (built.at() != at) {
            built = new Built(at, new RuleIndex(roles.readable(), clusterRoles.readable(), bindings.readable(),
                    clusterBindings.readable()));
        }
        return built.index();
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

    /// Ends the views.
    @Deactivate
    public void stop() {
        for (View view : List.of(roles, clusterRoles, bindings, clusterBindings)) {
            view.close();
        }
    }
}
