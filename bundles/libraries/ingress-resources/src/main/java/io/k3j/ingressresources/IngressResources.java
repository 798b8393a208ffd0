package io.k3j.ingressresources;

import io.k3j.ingressrouting.HostClaims;
import io.k3j.ingressrouting.Routing;
import io.k3j.clientapi.Query;
import io.k3j.controllerkit.BuiltinResources;
import io.k3j.controllerkit.LiveView;
import io.k3j.controllerkit.LiveViews;
import io.k3j.model.Gvr;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import java.util.List;
import java.util.Optional;

/// The objects that Ingresses are served by, and whether they changed.
public final class IngressResources {
    static final Gvr CLASSES = Gvr.of("networking.k8s.io/v1", "ingressclasses");
    static final Query CERTIFICATES = Query.ALL.where("type", "kubernetes.io/tls");
    private final LiveView ingresses;
    private final LiveView classes;
    private final LiveView secrets;

    /// Looks at them in these views.
    public IngressResources(LiveViews views) {
        ingresses = views.of(BuiltinResources.INGRESSES);
        classes = views.of(CLASSES);
        secrets = views.of(BuiltinResources.SECRETS, CERTIFICATES);
    }

    LiveView ingresses() {
        return ingresses;
    }

    LiveView classes() {
        return classes;
    }

    LiveView secrets() {
        return secrets;
    }

    /// Calls `change` at each change of any of them.
    public void listen(Runnable change) {
        List.of(ingresses, classes, secrets).forEach(v -> v.listen((before, after) -> change.run()));
    }

    /// What the Ingresses say now.
    public Routing routing(HostClaims before) {
        return Routing.of(ingresses.list(), classes.list(), before);
    }

    /// A Secret of type `kubernetes.io/tls`.
    public Optional<Obj> secret(Key key) {
        return secrets.get(key);
    }
}
