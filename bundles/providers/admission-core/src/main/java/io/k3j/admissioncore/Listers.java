package io.k3j.admissioncore;

import io.k3j.clientapi.ApiClient;
import io.k3j.clientapi.Query;
import io.k3j.clientapi.View;
import io.k3j.model.Gvr;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;

/// Views of the resources that the plug-ins read, opened on first use and shared. For any thread; the first read of a
/// resource blocks until its view is synced.
@Component(service = Listers.class)
public final class Listers {
    static final Gvr NAMESPACES = new Gvr("", "v1", "namespaces");
    static final Gvr LIMITS = new Gvr("", "v1", "limitranges");
    static final Gvr ACCOUNTS = new Gvr("", "v1", "serviceaccounts");
    static final Gvr PODS = new Gvr("", "v1", "pods");
    static final Gvr NODES = new Gvr("", "v1", "nodes");
    static final Gvr SERVICES = new Gvr("", "v1", "services");
    static final Gvr PRIORITIES = new Gvr("scheduling.k8s.io", "v1", "priorityclasses");
    static final Gvr STORAGE = new Gvr("storage.k8s.io", "v1", "storageclasses");
    static final Gvr RUNTIMES = new Gvr("node.k8s.io", "v1", "runtimeclasses");
    static final Gvr INGRESSES = new Gvr("networking.k8s.io", "v1", "ingressclasses");
    static final Gvr BUDGETS = new Gvr("policy", "v1", "poddisruptionbudgets");
    static final Gvr ADDRESSES = new Gvr("networking.k8s.io", "v1", "ipaddresses");

    private final ApiClient api;
    private final Map<Gvr, View> views = new ConcurrentHashMap<>();

    /// Opens no view yet.
    @Activate
    public Listers(@Reference ApiClient api) {
        this.api = api;
    }

    /// The client.
    ApiClient api() {
        return api;
    }

    private View view(Gvr resource) {
        return views.computeIfAbsent(resource, r -> api.view(r, Query.ALL));
    }

    /// An object as the view has it.
    Optional<Obj> find(Gvr resource, String namespace, String name) {
        return view(resource).get(new Key(namespace, name));
    }

    /// A namespace, as the view has it, or the store when the view does not know it yet: it may just have been made, by
    /// another server.
    Optional<Obj> namespace(String name) {
        return find(NAMESPACES, "", name).or(() -> api.find(NAMESPACES, Key.of(name)));
    }

    /// All objects of a resource.
    Collection<Obj> all(Gvr resource) {
        return view(resource).list();
    }

    /// All objects of a namespace.
    Collection<Obj> all(Gvr resource, String namespace) {
        return view(resource).list(namespace);
    }

    /// Closes the views.
    @Deactivate
    public void stop() {
        List.copyOf(views.values()).forEach(View::close);
    }
}
