package io.k3j.volumecontent;

import io.k3j.clientapi.ApiClient;
import io.k3j.clientapi.ApiFault;
import io.k3j.clientapi.Query;
import io.k3j.controllerkit.LiveView;
import io.k3j.kuberuntime.ConfigError;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Selector;
import io.k3j.model.Struct;
import io.k3j.pki.Pem;
import io.k3j.pki.PemBlocks;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// The trust anchors of ClusterTrustBundles for projected volumes, from one view of all bundles, which is opened when a
/// pod first asks: upstream's `clustertrustbundle.Manager`, with its words
/// (<https://kubernetes.io/docs/concepts/storage/projected-volumes/#clustertrustbundle>). Each anchor is there once, in
/// an order that stays for as long as this object lives and is another for the next: nobody is to rely on it.
///
/// Any thread; a read blocks for the API until the view is synced, and stands by what it last saw while there is none.
/// Pods are told of changes on the view's thread, which they must not block.
public final class TrustBundles implements AutoCloseable {
    private static final String SOURCE = "clusterTrustBundle";
    private static final int LONGEST_SELECTOR = 100 * 1024;
    private final long order;
    /// By the pod's uid.
    private final Map<String, Runnable> users = new ConcurrentHashMap<>();
    /// Null where the feature gate is off.
    private final @Nullable LazyView view;

    private TrustBundles() {
        this.order = 0;
        this.view = null;
    }

    /// Opens nothing yet.
    ///
    /// @param api asked as the node
    /// @param clock of the time of day
    /// @param random says in which order anchors stand
    public TrustBundles(ApiClient api, InstantSource clock, RandomGenerator random) {
        this.order = random.nextLong();
        this.view = new LazyView(api, "clustertrustbundles", Query.ALL, clock,
                (before, after) -> users.values().forEach(Runnable::run));
    }

    /// For a kubelet whose feature gate is off: every read is refused.
    public static TrustBundles off() {
        return new TrustBundles();
    }

    /// Follows this API from now on, instead of any before.
    void attach(ApiClient fresh) {
        if (view != null) {
            view.attach(fresh);
        }
    }

    /// Stands still from now on.
    void detach() {
        if (view != null) {
            view.detach();
        }
    }

    /// From now on tells `changed` when any bundle changes, if the pod shows one.
    void follow(Obj pod, Runnable changed) {
        if (pod.spec().seq("volumes").structs().stream()
                .anyMatch(v -> v.struct("projected").seq("sources").structs().stream().anyMatch(s -> s.has(SOURCE)))) {
            users.put(pod.uid(), changed);
        }
    }

    /// A pod, by its uid, is not told any more.
    void forget(String uid) {
        users.remove(uid);
    }

    /// What a source shows, as PEM.
    ///
    /// @param source `clusterTrustBundle` of a projected volume
    /// @throws ConfigError when a bundle that is needed is not there, or none can be read
    byte[] anchors(Struct source) {
        boolean optional = source.flag("optional");
        if (source.has("name")) {
            return named(source.text("name"), optional);
        }
        if (source.has("signerName")) {
            return signed(source, optional);
        }
        throw ConfigError.config("ClusterTrustBundle projection requires either name or signerName to be set");
    }

    private byte[] named(String name, boolean optional) {
        List<Obj> found = present().stream().filter(b -> b.key().equals(Key.of(name))).toList();
        if (found.isEmpty() && !optional) {
            throw ConfigError.config("while getting ClusterTrustBundle: clustertrustbundle.certificates.k8s.io \""
                    + name + "\" not found");
        }
        return pem(found);
    }

    private byte[] signed(Struct source, boolean optional) {
        Selector selector = selector(source);
        String signer = source.text("signerName");
        List<Obj> found = present().stream().filter(b -> b.spec().text("signerName").equals(signer))
                .filter(b -> selector.matches(b.labels())).toList();
        if (found.isEmpty() && !optional) {
            throw ConfigError.config("combination of signerName and labelSelector matched zero ClusterTrustBundles");
        }
        return pem(found);
    }

    /// None selects nothing, an empty one everything.
    private static Selector selector(Struct source) {
        if (!source.has("labelSelector")) {
            return Selector.NOTHING;
        }
        Selector selector;
        try {
            selector = Selector.of(source.struct("labelSelector"));
        } catch (IllegalArgumentException e) {
            throw ConfigError.config("while parsing label selector: " + e.getMessage());
        }
        int length = selector.toString().length();
        if (length > LONGEST_SELECTOR) {
            throw ConfigError.config("label selector length (" + length + ") is larger than " + LONGEST_SELECTOR);
        }
        return selector;
    }

    private Collection<Obj> present() {
        if (view == null) {
            throw unsupported();
        }
        try {
            LiveView all = view.view().orElseThrow(TrustBundles::unsupported);
            return all.synced() ? all.list() : view.api().list(all.resource(), Query.ALL).items();
        } catch (ApiFault e) {
            throw ConfigError.config(String.valueOf(e.getMessage()));
        }
    }

    private static ConfigError unsupported() {
        return ConfigError.config("ClusterTrustBundle projection is not supported in static kubelet mode");
    }

    private byte[] pem(List<Obj> bundles) {
        TreeSet<byte[]> once = new TreeSet<>(Arrays::compareUnsigned);
        for (Obj bundle : bundles) {
            PemBlocks.of(bundle.spec().text("trustBundle")).forEach(block -> once.add(block.der()));
        }
        List<byte[]> anchors = new ArrayList<>(once);
        Collections.shuffle(anchors, new Random(order));
        StringBuilder text = new StringBuilder();
        anchors.forEach(der -> text.append(Pem.encode(Pem.CERTIFICATE, der)));
        return text.toString().getBytes(StandardCharsets.US_ASCII);
    }

    /// Ends the view; every read is refused from now on.
    @Override
    public void close() {
        users.clear();
        if (view != null) {
            view.close();
        }
    }
}
