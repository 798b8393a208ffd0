package io.k3j.volumecontent;

import io.k3j.clientapi.ApiClient;
import io.k3j.clientapi.Query;
import io.k3j.controllerkit.LiveView;
import io.k3j.kuberuntime.ReferencedObjects;
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

/// Views of the ConfigMaps and Secrets that pods mount, one per object however many pods share it, and those of
/// [TrustBundles] and [PodCertificates]; a change tells the pods. A node may see only what its pods refer to, so each
/// view names one object, but for trust bundles, which everybody may see, and requests of the node. Any thread;
/// `changed` is called on the thread of the API's view and must not block.
///
/// Upstream's way with `configMapAndSecretChangeDetectionStrategy: Watch`. The node authorizer lets a kubelet list and
/// watch one object by its name, and only while a pod of its node refers to it
/// (<https://kubernetes.io/docs/reference/access-authn-authz/node/>). Which pods share an object is counted by uid.
public final class ReferenceWatches implements AutoCloseable {
    private final InstantSource clock;
    private final TrustBundles bundles;
    private final PodCertificates certificates;
    /// One view per object, as long as some pod uses it; guarded by `this`.
    private final Map<Ref, Watched> watched = new HashMap<>();
    /// The one that is followed, null while there is none.
    private @Nullable ApiClient api;
    private boolean closed;

    /// One object.
    /// @param namespace of the pod: nobody refers to an object of another
    record Ref(Gvr resource, String namespace, String name) {
    }

    /// Which pods use a view. The map may be read by the view's thread while `this` is held by another, so it is a
    /// concurrent one.
    private static final class Watched {
        private final Map<String, Runnable> users = new ConcurrentHashMap<>();
        private final LiveView view;

        Watched(LiveView view) {
            this.view = view;
        }
    }

    /// Follows nobody yet.
    /// @param clock of the time of day
    /// @param bundles followed with the others, and closed
    /// @param certificates followed with the others, and closed
    public ReferenceWatches(InstantSource clock, TrustBundles bundles, PodCertificates certificates) {
        this.clock = clock;
        this.bundles = bundles;
        this.certificates = certificates;
    }

    /// One for pods without trust anchors and certificates.
    public ReferenceWatches(InstantSource clock) {
        this(clock, TrustBundles.off(), PodCertificates.off());
    }

    /// Follows this API from now on, instead of any before. The views list again and tell what has changed since; so
    /// after a time without an API every pod is told of what it missed.
    public synchronized void attach(ApiClient fresh) {
        api = fresh;
        watched.values().forEach(w -> w.view.attach(fresh));
        bundles.attach(fresh);
        certificates.attach(fresh);
    }

    /// Stands still from now on. Nobody is called any more when it returns. What was told stays known; pods go on with
    /// the files they have.
    public synchronized void detach() {
        api = null;
        watched.values().forEach(w -> w.view.detach());
        bundles.detach();
        certificates.detach();
    }

    /// The objects a pod's volumes show. Volumes only: variables of the environment are read once, when a container
    /// starts.
    /// @return empty for a pod without such volumes
    static Set<Ref> of(Obj pod) {
        Set<Ref> all = new HashSet<>();
        for (Struct v : pod.spec().seq("volumes").structs()) {
            source(pod, v, "secretName", all);
            v.struct("projected").seq("sources").structs().forEach(s -> source(pod, s, "name", all));
        }
        return all;
    }

    /// @param secretName the field with a Secret's name: a volume calls it `secretName`, a projected source `name`
    private static void source(Obj pod, Struct s, String secretName, Set<Ref> into) {
        if (s.has("configMap")) {
            into.add(new Ref(ReferencedObjects.CONFIG_MAPS, pod.namespace(), s.struct("configMap").text("name")));
        }
        if (s.has("secret")) {
            into.add(new Ref(ReferencedObjects.SECRETS, pod.namespace(), s.struct("secret").text(secretName)));
        }
    }

    /// From now on tells `changed` when one of a pod's objects changes. A pod that is followed already gets the new
    /// `changed` in place of the old. After [#close] it does nothing.
    /// @param changed called for every change of any of them, also for what is present at first
    public synchronized void follow(Obj pod, Runnable changed) {
        if (closed) {
            return;
        }
        bundles.follow(pod, changed);
        certificates.follow(pod, changed);
        for (Ref ref : of(pod)) {
            Watched known = watched.get(ref);
            if (known == null) {
                watch(ref, pod.uid(), changed);
            } else {
                known.users.put(pod.uid(), changed);
            }
        }
    }

    /// While there is no view of it the pod's volumes are refreshed by the clock alone. The listener is set before the
    /// view follows the API: nothing is missed in between.
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

    /// A pod, by its uid, is not told any more. Views that no pod uses any more are closed. May be called for a pod
    /// that was never followed.
    public synchronized void forget(String uid) {
        bundles.forget(uid);
        certificates.forget(uid);
        watched.values().removeIf(w -> {
            w.users.remove(uid);
            boolean unused = w.users.isEmpty();
            if (unused) {
                w.view.close();
            }
            return unused;
        });
    }

    /// Ends all views; [#follow] does nothing from now on.
    @Override
    public synchronized void close() {
        closed = true;
        watched.values().forEach(w -> w.view.close());
        watched.clear();
        bundles.close();
        certificates.close();
    }
}
