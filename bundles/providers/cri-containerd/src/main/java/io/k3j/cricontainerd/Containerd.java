package io.k3j.cricontainerd;

import io.k3j.childprocess.Daemon;
import io.k3j.childprocess.ProcessRecord;
import io.k3j.durablefiles.DurableFiles;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// The containerd process. It runs in its own session and survives this process; the next process adopts it when its
/// configuration is unchanged, and replaces it otherwise.
final class Containerd {
    private static final System.Logger LOG = System.getLogger("io.k3j.cricontainerd");
    private static final Duration STOP_LIMIT = Duration.ofSeconds(15);
    /// Variables for containerd, which is given them without it.
    private static final String PREFIX = "CONTAINERD_";
    private static final String LARGE = "NO_PROXY";
    private static final String SMALL = "no_proxy";
    private final ContainerdLayout places;
    private final HostCapabilities machine;
    private final Map<String, String> environment;
    private final Daemon daemon;

    /// @param environment as [#environment] gives it
    Containerd(ContainerdLayout places, HostCapabilities machine, Map<String, String> environment) {
        this.places = places;
        this.machine = machine;
        this.environment = new TreeMap<>(environment);
        daemon = new Daemon(places.process(), places.log());
    }

    /// Ensures that a process runs with this configuration: adopts or starts one.
    /// @return the handle of the process
    ProcessHandle ensure(ContainerdConfig settings) throws IOException, InterruptedException {
        ContainerdDropIns dropIns = ContainerdDropIns.of(Objects.requireNonNull(places.config().getParent()));
        dropIns.tell();
        String base = settings.text(dropIns.imported());
        String config = dropIns.template().map(template -> template.rendered(base)).orElse(base);
        String hash = ProcessRecord.hash(config + dropIns.content());
        Optional<ProcessRecord> found = daemon.running();
        if (found.isPresent()) {
            Optional<ProcessHandle> running = ProcessHandle.of(found.get().pid());
            if (running.isPresent() && found.get().hash().equals(hash)) {
                LOG.log(System.Logger.Level.INFO, "Adopted containerd pid=" + found.get().pid());
                return running.get();
            }
            if (running.isPresent()) {
                Daemon.end(running.get(), STOP_LIMIT);
            }
        }
        return start(config, hash);
    }

    private ProcessHandle start(String config, String hash) throws IOException {
        Path binary = machine.find("containerd").orElseThrow(() -> new IOException(
                "containerd is not installed; type: apt-get install containerd runc containernetworking-plugins"));
        for (Path directory : List.of(places.config().getParent(), places.root(), places.runtimeDir(), places.cni())) {
            Files.createDirectories(directory);
        }
        // it may hold passwords of registries
        DurableFiles.write(places.config(), config, "rw-------");
        daemon.rotate();
        if (answers(places.socket())) {
            throw new IOException("another containerd answers at " + places.socket()
                    + "; stop it (k3s-killall.sh does), or name it by --container-runtime-endpoint");
        }
        Files.deleteIfExists(places.socket());
        ProcessHandle handle = daemon.start(List.of(machine.find("setsid").map(Path::toString).orElse("setsid"),
                binary.toString(), "--config", places.config().toString()), this::set, hash);
        LOG.log(System.Logger.Level.INFO, "Started containerd pid=" + handle.pid() + " log=" + places.log());
        return handle;
    }

    private void set(Map<String, String> variables) {
        variables.putAll(environment);
        variables.remove(SMALL);
        variables.put("PATH", String.join(":", machine.path().stream().map(Path::toString).toList()));
    }

    /// containerd's own way out, for whatever it is asked for by way of us, too: variables with its own over them. A
    /// proxy is not asked for what is in the cluster, as K3s says by `NO_PROXY`.
    ///
    /// @param spared names and ranges of the cluster
    static Map<String, String> environment(Map<String, String> all, List<String> spared) {
        Map<String, String> variables = new TreeMap<>(all);
        variables.put(LARGE, Stream.concat(Stream.of(all.getOrDefault(LARGE, ""), all.getOrDefault(SMALL, ""))
                .flatMap(list -> Stream.of(list.split(","))), spared.stream()).filter(entry -> !entry.isEmpty())
                .distinct().collect(Collectors.joining(",")));
        variables.remove(SMALL);
        all.forEach((name, value) -> {
            if (name.startsWith(PREFIX)) {
                variables.put(name.substring(PREFIX.length()), value);
            }
        });
        return variables;
    }

    /// What is in the cluster.
    static List<String> spared(ContainerdSettings settings) {
        List<String> all = new ArrayList<>(List.of(".svc", "." + settings.clusterDomain()));
        Collections.addAll(all, settings.clusterCidr());
        Collections.addAll(all, settings.serviceCidr());
        return all;
    }

    private static boolean answers(Path socket) {
        try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
            return channel.isConnected();
        } catch (IOException e) {
            return false;
        }
    }
}
