package io.k3j.admissioncore;

import io.k3j.clientapi.ApiClient;
import io.k3j.clientapi.Query;
import io.k3j.clientapi.View;
import io.k3j.model.Gvr;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
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
    static final Gvr RANGES = new Gvr("networking.k8s.io", "v1", "servicecidrs");

    static final Gvr CLAIMS = new Gvr("", "v1", "persistentvolumeclaims");
    static final Gvr VOLUMES = new Gvr("", "v1", "persistentvolumes");
    static final Gvr DRIVERS = new Gvr("storage.k8s.io", "v1", "csidrivers");

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

    /// The audiences that tokens for a pod may have: those of its projected volumes and those that the CSI drivers of
    /// its volumes request. The empty text is the API server's own audience.
    Set<String> audiences(Obj pod) {
        Set<String> all = new TreeSet<>();
        for (Struct volume : pod.spec().seq("volumes").structs()) {
            for (Struct source : volume.struct("projected").seq("sources").structs()) {
                if (source.has("serviceAccountToken")) {
                    all.add(source.struct("serviceAccountToken").text("audience"));
                }
            }
            String driver = driver(pod.namespace(), pod.name(), volume);
            find(DRIVERS, "", driver).ifPresent(d -> d.spec().seq("tokenRequests").structs()
                    .forEach(r -> all.add(r.text("audience"))));
        }
        return all;
    }

    private String driver(String namespace, String pod, Struct volume) {
        if (volume.has("csi")) {
            return volume.struct("csi").text("driver");
        }
        String claim = volume.has("ephemeral") ? pod + "-" + volume.text("name")
                : volume.struct("persistentVolumeClaim").text("claimName");
        return claim.isEmpty() ? "" : find(CLAIMS, namespace, claim)
                .flatMap(c -> find(VOLUMES, "", c.spec().text("volumeName")))
                .map(v -> v.spec().struct("csi").text("driver")).orElse("");
    }

    /// Closes the views.
    @Deactivate
    public void stop() {
        List.copyOf(views.values()).forEach(View::close);
    }
}
