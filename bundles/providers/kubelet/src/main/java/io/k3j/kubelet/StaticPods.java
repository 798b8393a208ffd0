package io.k3j.kubelet;

import io.k3j.clientapi.ApiClient;
import io.k3j.clientapi.ApiFault;
import io.k3j.clientapi.DeleteOptions;
import io.k3j.clientapi.WriteOptions;
import io.k3j.codec.MalformedInput;
import io.k3j.codec.Yaml;
import io.k3j.controllerkit.Times;
import io.k3j.kubeletoptions.IntervalOptions;
import io.k3j.kuberuntime.Labels;
import io.k3j.kuberuntime.ReferencedObjects;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.nodeapi.RuntimeFault;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/// Static pods from manifests in a directory, read every five seconds or as often as `file-check-frequency` says, and
/// their mirror pods in the API. See
/// <https://kubernetes.io/docs/tasks/configure-pod-container/static-pod/>.
final class StaticPods {
    private static final System.Logger LOG = System.getLogger("io.k3j.kubelet");
    private final Dependencies tools;
    private final ApiClient api;
    private final PodWorkers workers;
    private final Path directory;
    private final Map<String, Obj> known = new HashMap<>();

    StaticPods(Dependencies tools, ApiClient api, PodWorkers workers) {
        this.tools = tools;
        this.api = api;
        this.workers = workers;
        directory = tools.options().staticPods();
    }

    /// Runs until the kubelet is closed.
    void run() {
        long every = IntervalOptions.manifests(tools.options()).toMillis();
        try {
            do {
                sync();
            } while (!tools.closed().await(every, TimeUnit.MILLISECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /// One round. All pods are handed over before the API is asked about any: it may be slow, or away.
    void sync() {
        Map<String, Obj> found = new LinkedHashMap<>();
        try (Stream<Path> files = Files.isDirectory(directory) ? Files.list(directory) : Stream.empty()) {
            for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
                read(file).ifPresent(p -> found.put(p.uid(), p));
            }
        } catch (IOException e) {
            LOG.log(trouble(), "Cannot read static pods error={0}", e.toString());
            return;
        }
        if (stopped()) {
            // a stop interrupts, and a file that was not read to its end is not gone
            return;
        }
        List<Obj> removed = known.values().stream().filter(p -> !found.containsKey(p.uid())).toList();
        removed.forEach(p -> {
            known.remove(p.uid());
            workers.remove(p.uid());
        });
        List<Obj> begun = found.values().stream().filter(p -> known.containsKey(p.uid()) || begun(p)).toList();
        begun.forEach(p -> known.put(p.uid(), p));
        if (begun.size() == found.size()) {
            workers.staticPodsKnown();
        }
        removed.forEach(this::unmirror);
        begun.forEach(this::mirror);
    }

    /// Starts a pod; the next round tries again while the runtime does not tell whether an older one still runs.
    private boolean begun(Obj pod) {
        try {
            workers.putStatic(pod);
            return true;
        } catch (RuntimeFault e) {
            LOG.log(System.Logger.Level.DEBUG, "Static pod={0} waits for the runtime: {1}", pod.key(), e.getMessage());
            return false;
        }
    }

    private Optional<Obj> read(Path file) {
        String name = String.valueOf(file.getFileName());
        if (name.startsWith(".")) {
            return Optional.empty();
        }
        try {
            byte[] bytes = Files.readAllBytes(file);
            return Optional.of(pod(Yaml.document(bytes).object(), hash(bytes)));
        } catch (IOException | MalformedInput e) {
            LOG.log(trouble(), "Cannot read static pod file={0} error={1}", file, e.getMessage());
            return Optional.empty();
        }
    }

    private boolean stopped() {
        return tools.closed().getCount() == 0;
    }

    private System.Logger.Level trouble() {
        return stopped() ? System.Logger.Level.DEBUG : System.Logger.Level.WARNING;
    }

    private Obj pod(Struct given, String hash) {
        Obj pod = Obj.of(given.with("apiVersion", "v1").with("kind", "Pod"));
        String namespace = pod.namespace().isEmpty() ? "default" : pod.namespace();
        Struct metadata = pod.metadata().with("namespace", namespace).with("uid", hash)
                .with("name", pod.name() + "-" + tools.options().nodeName())
                .with("annotations", pod.metadata().struct("annotations").with(Labels.CONFIG_HASH, hash)
                        .with(Labels.CONFIG_SOURCE, "file")
                        .with("kubernetes.io/config.seen", Times.seconds(tools.clock().instant())));
        Struct everything = Struct.of("operator", "Exists", "effect", "NoExecute");
        return pod.with(metadata, "metadata").with(tools.options().nodeName(), "spec", "nodeName")
                .with(pod.spec().seq("tolerations").plus(everything), "spec", "tolerations");
    }

    private static String hash(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes), 0, 16);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(new String(bytes, StandardCharsets.UTF_8), e);
        }
    }

    private void mirror(Obj pod) {
        try {
            Optional<Obj> there = ReferencedObjects.bound(api, pod);
            boolean same = there.map(o -> o.annotations().getOrDefault(Labels.CONFIG_MIRROR, "").equals(pod.uid()))
                    .orElse(false) && !there.get().terminating();
            if (there.isPresent() && !same) {
                api.delete(ReferencedObjects.PODS, pod.key(), DeleteOptions.NOW);
            }
            if (!same) {
                Obj node = api.get(ReferencedObjects.NODES, io.k3j.model.Key.of(tools.options().nodeName()));
                Struct owner = Struct.of("apiVersion", "v1", "kind", "Node", "name", node.name(), "uid", node.uid(),
                        "controller", true);
                api.create(ReferencedObjects.PODS, pod.without("metadata", "uid").with(Seq.of(owner), "metadata",
                        "ownerReferences").with(pod.uid(), "metadata", "annotations", Labels.CONFIG_MIRROR),
                        WriteOptions.PLAIN);
                workers.wakeAll();
            }
        } catch (ApiFault e) {
            LOG.log(System.Logger.Level.DEBUG, "Mirror of pod={0}: {1}", pod.key(), e.getMessage());
        }
    }

    private void unmirror(Obj pod) {
        try {
            api.delete(ReferencedObjects.PODS, pod.key(), DeleteOptions.NOW);
        } catch (ApiFault e) {
            LOG.log(System.Logger.Level.DEBUG, "Mirror of pod={0}: {1}", pod.key(), e.getMessage());
        }
    }
}
