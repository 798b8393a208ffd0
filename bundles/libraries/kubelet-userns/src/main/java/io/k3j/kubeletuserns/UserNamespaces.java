package io.k3j.kubeletuserns;

import io.k3j.durablefiles.DurableFiles;
import io.k3j.kuberuntime.ConfigError;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import io.k3j.nodeapi.ContainerRuntime;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;

/// The user namespaces of this node's pods: which ids of the host each of them has. As upstream's `UsernsManager`. Any
/// thread; blocks for the disk and the runtime.
///
/// **Guarantees.** No two pods have an id of the host in common, whoever ran them: what a pod has is on the disk before
/// its sandbox is made, and is read again by the next kubelet. While it cannot be known what a pod has, no other pod is
/// given anything. A range is chosen at random, so that what a pod has left on the host is seldom the next one's.
public final class UserNamespaces {
    private static final System.Logger LOG = System.getLogger("io.k3j.kubeletuserns");
    /// In the directory of the pod.
    private static final String FILE = "userns";
    private static final String MODE = "rw-------";
    /// Of a file that a kubelet has written, several times over.
    private static final int MOST_BYTES = 4096;
    private final Path pods;
    private final IdRange range;
    private final ContainerRuntime runtime;
    private final RandomGenerator random;
    private final BitSet used = new BitSet();
    private final Map<String, UserNamespace> known = new HashMap<>();
    /// Why nothing can be given: what is wrong with the record of a pod, by its uid.
    private final Map<String, String> wrong = new TreeMap<>();

    /// Adopts what is on the disk.
    /// @param pods the directory of pods' directories, which need not be there
    /// @throws IOException when it cannot be listed
    public UserNamespaces(Path pods, IdRange range, ContainerRuntime runtime, RandomGenerator random)
            throws IOException {
        this.pods = pods;
        this.range = range;
        this.runtime = runtime;
        this.random = random;
        if (Files.isDirectory(pods)) {
            List<Path> all;
            try (Stream<Path> found = Files.list(pods)) {
                all = found.filter(pod -> Files.exists(pod.resolve(FILE))).sorted().toList();
            }
            all.forEach(pod -> adopt(String.valueOf(pod.getFileName()), pod.resolve(FILE)));
        }
    }

    private void adopt(String uid, Path file) {
        try {
            if (Files.size(file) > MOST_BYTES) {
                throw new IllegalArgumentException("it has more than " + MOST_BYTES + " bytes");
            }
            UserNamespace namespace = UserNamespace.read(Files.readAllBytes(file));
            known.put(uid, namespace);
            int index = range.index(namespace);
            if (used.get(index)) {
                throw new IllegalArgumentException("range picked for pod \"" + uid + "\" already taken");
            }
            used.set(index);
        } catch (IOException | IllegalArgumentException e) {
            wrong.put(uid, "the record of pod " + uid + ", " + file + ", cannot be relied on: " + e.getMessage());
            LOG.log(System.Logger.Level.WARNING, "Cannot rely on the record of a user namespace path={0} error={1}",
                    file, e.getMessage());
        }
    }

    /// What was written since, as by a kubelet that was on its way out.
    private void look(String uid) {
        Path file = pods.resolve(uid).resolve(FILE);
        if (!known.containsKey(uid) && !wrong.containsKey(uid) && Files.exists(file)) {
            adopt(uid, file);
        }
    }

    /// Gives a pod its namespace before its sandbox is made; the one it has, if it has one. Nothing is done for pods
    /// with the host's users.
    /// @param handler of the pod's RuntimeClass, empty for the default one
    /// @throws ConfigError with upstream's words when the runtime has no user namespaces, or there are no ids left
    /// @throws IOException when it cannot be written; the pod has none then
    public void allocate(Obj pod, String handler) throws IOException {
        if (!wanted(pod)) {
            return;
        }
        Optional<String> missing = unsupported(handler);
        if (missing.isPresent()) {
            throw error(missing.get());
        }
        take(pod.uid());
    }

    private synchronized void take(String uid) throws IOException {
        look(uid);
        if (known.containsKey(uid) && !wrong.containsKey(uid)) {
            return;
        }
        if (!wrong.isEmpty()) {
            throw error("create user namespace: " + wrong.values().iterator().next()
                    + ": no pod with hostUsers: false begins on this node until that pod is deleted");
        }
        int index = free();
        UserNamespace namespace = range.get(index);
        used.set(index);
        write(uid, namespace, index);
        known.put(uid, namespace);
    }

    /// What could not be written whole may be there all the same; while it is, nobody else is given it.
    private void write(String uid, UserNamespace namespace, int index) throws IOException {
        Path file = pods.resolve(uid).resolve(FILE);
        try {
            DurableFiles.write(file, namespace.file(), MODE);
        } catch (IOException e) {
            Files.deleteIfExists(file);
            used.clear(index);
            throw e;
        }
    }

    private int free() {
        int from = used.nextClearBit(random.nextInt(range.pods()));
        int index = from < range.pods() ? from : used.nextClearBit(0);
        if (index >= range.pods()) {
            throw error("create user namespace: could not find an empty slot to allocate a user namespace");
        }
        return index;
    }

    /// The `PodSandboxConfig` of a pod, with its user namespace.
    /// @throws ConfigError when it is to have one, and what it has is not known
    public Struct sandbox(Obj pod, Struct config) {
        return wanted(pod) ? of(pod).sandbox(config) : config;
    }

    /// The `ContainerConfig` of a pod's container, with its user namespace and mounts that are mapped by it.
    /// @throws ConfigError when it is to have one, and what it has is not known
    public Struct container(Obj pod, Struct config) {
        return wanted(pod) ? of(pod).container(config) : config;
    }

    private synchronized UserNamespace of(Obj pod) {
        look(pod.uid());
        UserNamespace namespace = known.get(pod.uid());
        if (namespace == null) {
            String none = "pod " + pod.uid() + " has no record in " + pods.resolve(pod.uid()).resolve(FILE);
            throw error("user namespace: " + wrong.getOrDefault(pod.uid(), none)
                    + ": delete the pod, so that another one can take its place");
        }
        return namespace;
    }

    /// Takes back what a pod had, once nothing of it runs and its directory is gone. May be called again, and for pods
    /// that had nothing.
    public synchronized void release(String uid) {
        wrong.remove(uid);
        UserNamespace namespace = known.remove(uid);
        if (namespace != null && known.values().stream().noneMatch(namespace::equals)) {
            try {
                used.clear(range.index(namespace));
            } catch (IllegalArgumentException other) {
                // of a kubelet with other ids, which has taken nothing from these
            }
        }
    }

    private static boolean wanted(Obj pod) {
        return !pod.spec().flag("hostUsers", true);
    }

    /// Why a handler has no user namespaces; empty when it has.
    private Optional<String> unsupported(String handler) {
        List<ContainerRuntime.Handler> found = runtime.handlers().stream().filter(h -> h.name().equals(handler))
                .toList();
        if (found.stream().anyMatch(ContainerRuntime.Handler::userNamespaces)) {
            return Optional.empty();
        }
        String who = handler.isEmpty() ? "runtime does not"
                : "RuntimeClass handler \"" + handler + "\" does not";
        return Optional.of("can't set `spec.hostUsers: false`, " + who + " support user namespaces"
                + (found.isEmpty() ? ": the handler \"" + handler + "\" is not known" : ""));
    }

    private static ConfigError error(String message) {
        return new ConfigError("CreateContainerConfigError", message);
    }
}
