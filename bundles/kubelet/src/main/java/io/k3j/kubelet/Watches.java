package io.k3j.kubelet;

import io.k3j.clientapi.ApiClient;
import io.k3j.clientapi.ApiFault;
import io.k3j.clientapi.Query;
import io.k3j.clientapi.View;
import io.k3j.model.Gvr;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// Views of the ConfigMaps and Secrets that pods mount, one per object however many pods share it; a change
/// tells the pods. A node may see only what its pods refer to, so each view names one object.
final class Watches implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger("io.k3j.kubelet");
    private final ApiClient api;
    private final Map<Ref, Watched> watched = new HashMap<>();
    private boolean closed;

    /// One object.
    record Ref(Gvr resource, String namespace, String name) {
    }

    private static final class Watched {
        private final Map<String, Runnable> users = new ConcurrentHashMap<>();
        private @Nullable View view;
    }

    Watches(ApiClient api) {
        this.api = api;
    }

    /// The objects a pod's volumes show.
    static Set<Ref> of(Obj pod) {
        Set<Ref> all = new HashSet<>();
        for (Struct v : pod.spec().seq("volumes").structs()) {
            source(pod, v, "secretName", all);
            v.struct("projected").seq("sources").structs().forEach(s -> source(pod, s, "name", all));
        }
        return all;
    }

    private static void source(Obj pod, Struct s, String secretName, Set<Ref> into) {
        if (s.has("configMap")) {
            into.add(new Ref(References.CONFIG_MAPS, pod.namespace(), s.struct("configMap").text("name")));
        }
        if (s.has("secret")) {
            into.add(new Ref(References.SECRETS, pod.namespace(), s.struct("secret").text(secretName)));
        }
    }

    /// From now on tells `changed` when one of a pod's objects changes.
    synchronized void follow(Obj pod, Runnable changed) {
        if (closed) {
            return;
        }
        for (Ref ref : of(pod)) {
            Watched w = watched.computeIfAbsent(ref, r -> new Watched());
            w.users.put(pod.uid(), changed);
            if (w.view == null) {
                watch(ref, w);
            }
        }
    }

    /// Without a view the pod's volumes are refreshed by the clock alone.
    private void watch(Ref ref, Watched w) {
        try {
            View view = api.view(ref.resource(), Query.in(ref.namespace()).where("metadata.name", ref.name()));
            w.view = view;
            view.listen((before, after) -> w.users.values().forEach(Runnable::run));
        } catch (ApiFault e) {
            LOG.log(System.Logger.Level.DEBUG, "no view of {0}: {1}", ref, e.getMessage());
        }
    }

    /// Ends that.
    synchronized void forget(String uid) {
        watched.values().removeIf(w -> {
            w.users.remove(uid);
            boolean unused = w.users.isEmpty();
            if (unused && w.view != null) {
                w.view.close();
            }
            return unused;
        });
    }

    @Override
    public synchronized void close() {
        closed = true;
        watched.values().forEach(w -> {
            if (w.view != null) {
                w.view.close();
            }
        });
        watched.clear();
    }
}
