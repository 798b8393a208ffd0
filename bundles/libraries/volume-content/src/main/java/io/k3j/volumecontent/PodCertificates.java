package io.k3j.volumecontent;

import io.k3j.clientapi.ApiClient;
import io.k3j.clientapi.Query;
import io.k3j.kubeletvolumes.Volumes;
import io.k3j.kuberuntime.ConfigError;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// Keys and certificates for pods, asked for by PodCertificateRequests: upstream's `podcertificate.Manager`, with its
/// words (<https://kubernetes.io/docs/concepts/storage/projected-volumes/#podcertificate>). They are kept in memory and
/// in the pods' own volumes: a kubelet that starts anew asks anew.
///
/// Any thread. A read blocks for the API and for the making of a key, which takes up to seconds for RSA; whoever reads
/// often has certificates renewed in time. Pods are told of answers on the thread of a view, which they must not block.
public final class PodCertificates implements AutoCloseable {
    private static final String SOURCE = "podCertificate";
    /// Null where the feature gate is off.
    private final @Nullable Surroundings around;
    /// By the pod's uid.
    private final Map<String, Runnable> users = new ConcurrentHashMap<>();
    /// By the pod's uid and the source's place.
    private final Map<String, PodCertificate> all = new ConcurrentHashMap<>();

    /// What every source needs.
    ///
    /// @param view of the node's requests
    /// @param random spreads requests
    record Surroundings(LazyView view, String node, InstantSource clock, RandomGenerator random,
            Volumes.Warnings warnings) {
    }

    private PodCertificates() {
        this.around = null;
    }

    /// Opens nothing yet.
    ///
    /// @param api asked as the node
    /// @param node its name
    /// @param clock of the time of day
    /// @param random spreads requests over some minutes
    /// @param warnings is told of certificates that are refused or late
    public PodCertificates(ApiClient api, String node, InstantSource clock, RandomGenerator random,
            Volumes.Warnings warnings) {
        LazyView view = new LazyView(api, "podcertificaterequests", Query.ALL.where("spec.nodeName", node), clock,
                this::changed);
        this.around = new Surroundings(view, node, clock, random, warnings);
    }

    /// For a kubelet whose feature gate is off: every read is refused.
    public static PodCertificates off() {
        return new PodCertificates();
    }

    private void changed(@Nullable Obj before, @Nullable Obj after) {
        Obj request = after != null ? after : before;
        Runnable user = request == null ? null : users.get(request.spec().text("podUID"));
        if (user != null) {
            user.run();
        }
    }

    /// Follows this API from now on, instead of any before.
    void attach(ApiClient fresh) {
        if (around != null) {
            around.view().attach(fresh);
        }
    }

    /// Stands still from now on.
    void detach() {
        if (around != null) {
            around.view().detach();
        }
    }

    /// From now on tells `changed` what becomes of the pod's requests, if it has such volumes.
    void follow(Obj pod, Runnable changed) {
        if (pod.spec().seq("volumes").structs().stream()
                .anyMatch(v -> v.struct("projected").seq("sources").structs().stream().anyMatch(s -> s.has(SOURCE)))) {
            users.put(pod.uid(), changed);
        }
    }

    /// Forgets a pod, its keys and its certificates, by its uid.
    void forget(String uid) {
        users.remove(uid);
        all.keySet().removeIf(k -> k.startsWith(uid + "/"));
    }

    /// What a source shows.
    ///
    /// @param place of the source among those of the pod's volumes
    /// @param source `podCertificate` of a projected volume
    /// @throws ConfigError while there is nothing to show, and where there will never be
    PodCertificate.Issued of(Obj pod, String place, Struct source) {
        Surroundings known = around;
        if (known == null) {
            throw ConfigError.config("unimplemented");
        }
        return all.computeIfAbsent(pod.uid() + "/" + place, k -> new PodCertificate(known)).of(pod, source);
    }

    /// Ends the view; nobody is told anything any more.
    @Override
    public void close() {
        users.clear();
        if (around != null) {
            around.view().close();
        }
    }
}
