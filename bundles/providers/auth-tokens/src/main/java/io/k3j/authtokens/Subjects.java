package io.k3j.authtokens;

import io.k3j.clientapi.ApiClient;
import io.k3j.clientapi.Query;
import io.k3j.clientapi.View;
import io.k3j.model.Gvr;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import java.util.List;
import java.util.Optional;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;

/// Views of the objects tokens are bound to. Thread-safe.
@Component(service = Subjects.class)
public final class Subjects {
    static final Gvr ACCOUNTS = new Gvr("", "v1", "serviceaccounts");
    static final Gvr PODS = new Gvr("", "v1", "pods");
    static final Gvr SECRETS = new Gvr("", "v1", "secrets");
    static final Gvr NODES = new Gvr("", "v1", "nodes");

    private final View accounts;
    private final View pods;
    private final View secrets;
    private final View nodes;

    /// Attaches to the views.
    @Activate
    public Subjects(@Reference ApiClient api) {
        this.accounts = api.view(ACCOUNTS, Query.ALL);
        this.pods = api.view(PODS, Query.ALL);
        this.secrets = api.view(SECRETS, Query.ALL);
        this.nodes = api.view(NODES, Query.ALL);
    }

    /// A service account.
    Optional<Obj> account(String namespace, String name) {
        return accounts.get(new Key(namespace, name));
    }

    /// A pod.
    Optional<Obj> pod(String namespace, String name) {
        return pods.get(new Key(namespace, name));
    }

    /// A secret.
    Optional<Obj> secret(String namespace, String name) {
        return secrets.get(new Key(namespace, name));
    }

    /// A node.
    Optional<Obj> node(String name) {
        return nodes.get(Key.of(name));
    }

    /// Closes the views.
    @Deactivate
    public void stop() {
        for (View view : List.of(accounts, pods, secrets, nodes)) {
            view.close();
        }
    }
}
