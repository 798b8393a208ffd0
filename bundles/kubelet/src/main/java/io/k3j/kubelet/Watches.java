package io.k3j.kubelet;

import io.k3j.clientapi.ApiClient;
import io.k3j.clientapi.Query;
import io.k3j.controllerkit.LiveView;
import io.k3j.model.Gvr;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// Views of the ConfigMaps and Secrets that pods mount, one per object however many pods share it; a change
/// tells the pods. A node may see only what its pods refer to, so each view names one object.
final class Watches implements AutoCloseable {
    private final InstantSource clock;
    private final Map<Ref, Watched> watched = new HashMap<>();
    private @Nullable ApiClient api;
    private boolean closed;

    /// One object.
    record Ref(Gvr resource, String namespace, String name) {
    }

    private static final class Watched {
        private final Map<String, Runnable> users = new ConcurrentHashMap<>();
        private final LiveView view;

        Watched(LiveView view) {
            this.view = view;
        }
    }

    Watches(InstantSource clock) {
        this.clock = clock;
    }

    /// Follows this API from now on, instead of any before.
    synchronized void attach(ApiClient fresh) {
        api = fresh;
        watched.values().forEach(w -> w.view.attach(fresh));
    }

    /// Stands still from now on.
    synchronized void detach() {
        api = null;
        watched.values().forEach(w -> w.view.detach());
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
            Watched known = watched.get(ref);
            if (known == null) {
                watch(ref, pod.uid(), changed);
            } else {
                known.users.put(pod.uid(), changed);
            }
        }
    }

    /// While there is no view of it the pod's volumes are refreshed by the clock alone.
    private void watch(Ref ref, String uid, Runnable changed) {
        LiveView view = new LiveView(ref.resource(), Query.in(ref.namespace()).where("metadata.name", ref.name()),
                clock);
        Watched fresh = new Watched(view);
        fresh.users.put(uid, changed);
        watched.put(ref, fresh);
        view.listen((before, after) -> fresh.users.values().forEach(Runnable::run));
        ApiClient present = api;
        if (present != null) {
            view.attach(present);
        }
    }

    /// Ends that.
    synchronized void forget(String uid) {
        watched.values().removeIf(w -> {
            w.users.remove(uid);
            boolean unused = w.users.isEmpty();
            if (unused) {
                w.view.close();
            }
            return unused;
        });
    }

    @Override
    public synchronized void close() {
        closed = true;
        watched.values().forEach(w -> w.view.close());
        watched.clear();
    }
}
