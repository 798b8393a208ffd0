package io.k3j.kubeletoptions;

import io.k3j.codec.MalformedInput;
import io.k3j.codec.Yaml;
import io.k3j.kuberuntime.Labels;
import io.k3j.kuberuntime.PodSpecs;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/// The static pods that files of a directory describe, as upstream's `pkg/kubelet/config` reads them:
/// <https://kubernetes.io/docs/tasks/configure-pod-container/static-pod/>. One file is one pod, in YAML or JSON; what
/// begins with a point is none. Keeps nothing; any thread, blocks for the files.
///
/// A pod is called by its file's name for it and the node's, has the file's hash as its uid, and stays whatever taints
/// the node gets.
public final class StaticManifests {
    private static final String SOURCE = "file";
    private final KubeletOptions options;
    private final InstantSource clock;

    /// What was found.
    ///
    /// @param pods by uid, in the order of their files
    /// @param refused files that are no pod of this node, with why
    public record Found(Map<String, Obj> pods, Map<Path, Refusal> refused) {
    }

    /// Why a file is no pod of this node.
    ///
    /// @param problem with the field where it is one of the pod's
    /// @param twin the pod, where another has its name: whoever looks at that one is to know
    public record Refusal(String problem, Optional<Obj> twin) {
        private static Refusal of(String problem) {
            return new Refusal(problem, Optional.empty());
        }
    }

    /// Reads nothing yet.
    ///
    /// @param options say which directory
    /// @param clock of the day
    public StaticManifests(KubeletOptions options, InstantSource clock) {
        this.options = options;
        this.clock = clock;
    }

    /// Reads all files in the order of their names. Of those that name one pod the first counts, as upstream's
    /// `filterInvalidPods` has it; one whose amounts cannot be read is refused, since those of all pods are added up,
    /// as is what is no pod, or one that needs something of the API.
    ///
    /// @return empty where there is no directory
    /// @throws IOException when the directory cannot be read
    public Found read() throws IOException {
        Map<String, Obj> pods = new LinkedHashMap<>();
        Map<Path, Refusal> refused = new LinkedHashMap<>();
        Set<Key> names = new HashSet<>();
        for (Path file : files()) {
            try {
                byte[] bytes = Files.readAllBytes(file);
                Struct document = Yaml.document(bytes).object();
                Obj pod = pod(document, hash(bytes));
                Optional<String> problem = StaticPodRules.problem(Obj.of(document))
                        .or(() -> PodAmounts.problem(pod));
                if (problem.isPresent()) {
                    refused.put(file, Refusal.of(problem.get()));
                } else if (names.add(pod.key())) {
                    pods.put(pod.uid(), pod);
                } else {
                    refused.put(file, new Refusal("Error validating pod " + PodSpecs.text(pod) + " from " + SOURCE
                            + " due to duplicate pod name \"" + pod.name() + "\", ignoring", Optional.of(pod)));
                }
            } catch (IOException e) {
                refused.put(file, Refusal.of(e.toString()));
            } catch (MalformedInput e) {
                refused.put(file, Refusal.of(String.valueOf(e.getMessage())));
            }
        }
        return new Found(pods, refused);
    }

    private List<Path> files() throws IOException {
        Path directory = options.staticPods();
        if (!Files.isDirectory(directory)) {
            return List.of();
        }
        try (Stream<Path> all = Files.list(directory)) {
            return all.filter(f -> Files.isRegularFile(f) && !String.valueOf(f.getFileName()).startsWith("."))
                    .sorted().toList();
        }
    }

    /// A status is the kubelet's to tell, whatever the file was copied from.
    private Obj pod(Struct document, String hash) {
        Obj pod = Obj.of(document.with("apiVersion", "v1").with("kind", "Pod").without("status"));
        String namespace = pod.namespace().isEmpty() ? "default" : pod.namespace();
        Struct annotations = pod.metadata().struct("annotations").with(Labels.CONFIG_HASH, hash)
                .with(Labels.CONFIG_SOURCE, SOURCE)
                .with("kubernetes.io/config.seen", clock.instant().truncatedTo(ChronoUnit.SECONDS).toString());
        String node = options.nodeName().toLowerCase(Locale.ROOT);
        Struct metadata = pod.metadata().with("namespace", namespace).with("uid", hash)
                .with("name", pod.name() + "-" + node).with("annotations", annotations);
        Struct everything = Struct.of("operator", "Exists", "effect", "NoExecute");
        return pod.with(metadata, "metadata").with(options.nodeName(), "spec", "nodeName")
                .with(pod.spec().seq("tolerations").plus(everything), "spec", "tolerations");
    }

    private static String hash(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes), 0, 16);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(new String(bytes, StandardCharsets.UTF_8), e);
        }
    }
}
