package io.k3j.swapitest;

import io.k3j.testkitmachine.Machine;
import io.k3j.testkitprocess.Api;
import io.k3j.testkitprocess.Outcome;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// What a component puts into the world outside of its process, and takes away again when it is disabled, as its page
/// says: objects, tables of the packet filter, links, ports.
final class Traces {
    private static final Duration LIMIT = Duration.ofSeconds(300);
    /// From here on the kernel chooses, for whoever asks for any port.
    private static final int FIRST_EPHEMERAL = 32_768;
    private static final int LOCAL_ADDRESS = 4;
    private static final Map<String, String> OBJECTS = Map.of("metrics-server",
            "/apis/apiregistration.k8s.io/v1/apiservices/v1beta1.metrics.k8s.io", "local-storage",
            "/apis/storage.k8s.io/v1/storageclasses/local-path", "runtimes",
            "/apis/node.k8s.io/v1/runtimeclasses/crun", "ingress",
            "/apis/networking.k8s.io/v1/ingressclasses/traefik");
    /// What `nft list tables`, `ip -o link` and `ss` print of it.
    private static final Map<String, List<String>> PRINTED = Map.of("kube-proxy",
            List.of("table ip kube-proxy", ":10256 ", ":10249 "), "network-policy", List.of("k3s-network-policy"),
            "cni-flannel", List.of(" flannel.1:"), "cluster-dns", List.of(":53 "));

    private final Machine machine;
    private final Api api;

    /// Of a node with one server.
    Traces(Machine machine, Api api) {
        this.machine = machine;
        this.api = api;
    }

    /// What there is of a component, in words.
    Set<String> present(String component) throws IOException, InterruptedException {
        Set<String> found = new TreeSet<>();
        String object = OBJECTS.getOrDefault(component, "");
        if (!object.isEmpty() && api.get(object, Api.JSON).statusCode() != HttpURLConnection.HTTP_NOT_FOUND) {
            found.add(object);
        }
        List<String> printed = PRINTED.getOrDefault(component, List.of());
        if (!printed.isEmpty()) {
            // without what follows a link's name: its address may end as a port does
            String world = text("nft list tables && ip -o link show | sed 's/<.*//' && ss -Hltn");
            printed.stream().filter(world::contains).forEach(found::add);
        }
        return found;
    }

    /// What has to be there while it runs.
    static Set<String> all(String component) {
        return Stream.concat(Stream.ofNullable(OBJECTS.get(component)),
                PRINTED.getOrDefault(component, List.of()).stream()).collect(Collectors.toCollection(TreeSet::new));
    }

    /// Protocols and addresses on which somebody listens, but for those that the kernel has chosen.
    Set<String> ports() throws IOException, InterruptedException {
        return text("ss -Hltun").lines().map(line -> line.split("\\s+"))
                .filter(columns -> port(columns[LOCAL_ADDRESS]) < FIRST_EPHEMERAL)
                .map(columns -> columns[0] + " " + columns[LOCAL_ADDRESS])
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static int port(String address) {
        return Integer.parseInt(address.substring(address.lastIndexOf(':') + 1));
    }

    private String text(String line) throws IOException, InterruptedException {
        Outcome outcome = machine.run(LIMIT, line);
        if (outcome.code() != 0) {
            throw new IOException(line + ": " + outcome.text());
        }
        return outcome.text();
    }
}
