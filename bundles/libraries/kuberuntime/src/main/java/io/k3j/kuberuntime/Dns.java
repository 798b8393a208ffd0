package io.k3j.kuberuntime;

import io.k3j.model.Obj;
import io.k3j.model.Struct;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.StringTokenizer;

/// A pod's `resolv.conf` by its policy. See
/// <https://kubernetes.io/docs/concepts/services-networking/dns-pod-service/#pod-s-dns-policy>.
///
/// Any thread. The bounds are those of validation: three servers, as resolv.conf(5) has them, and 32 search domains;
/// what is beyond them is cut off, as upstream does.
///
/// @param servers addresses, the first asked first
/// @param searches suffixes
/// @param options as `ndots:5`
public record Dns(List<String> servers, List<String> searches, List<String> options) {
    private static final int MAX_SERVERS = 3;
    private static final int MAX_SEARCHES = 32;
    /// What the policy `None` begins with; validation wants a server in `dnsConfig` then.
    private static final Dns NOTHING = new Dns(List.of(), List.of(), List.of());

    /// The cluster's own names.
    ///
    /// @param servers addresses of its DNS; empty when the cluster has no DNS, which leaves the host's
    /// @param domain as `cluster.local`
    public record Cluster(List<String> servers, String domain) {
    }

    /// What the host itself uses; nothing where the file cannot be read. Of several `search` lines the last counts, as
    /// resolv.conf(5) says. Blocks for the disk.
    public static Dns host(Path file) {
        List<String> servers = new ArrayList<>();
        List<String> searches = List.of();
        List<String> options = List.of();
        try {
            for (String line : Files.readAllLines(file)) {
                List<String> words = words(line);
                if (words.size() < 2) {
                    continue;
                }
                List<String> rest = words.subList(1, words.size());
                switch (words.getFirst()) {
                    case "nameserver" -> servers.add(rest.getFirst());
                    case "search", "domain" -> searches = rest;
                    case "options" -> options = rest;
                    default -> {
                        // comments and what nobody uses
                    }
                }
            }
        } catch (IOException e) {
            return NOTHING;
        }
        return new Dns(servers, searches, options);
    }

    /// Blanks and tabs both separate words in resolv.conf(5).
    private static List<String> words(String line) {
        StringTokenizer t = new StringTokenizer(line);
        List<String> all = new ArrayList<>();
        while (t.hasMoreTokens()) {
            all.add(t.nextToken());
        }
        return all;
    }

    /// What a pod gets. A pod on the node's network has the node's names with `ClusterFirst`, the cluster's with
    /// `ClusterFirstWithHostNet` only. Where the pod's policy is the cluster's, the host's search domains stay at the
    /// end, so its short names go on working.
    /// @param host what [#host] found on this node
    public static Dns of(Obj pod, Cluster own, Dns host) {
        String policy = pod.spec().text("dnsPolicy", "ClusterFirst");
        boolean cluster = policy.equals("ClusterFirstWithHostNet")
                || policy.equals("ClusterFirst") && !PodSpecs.hostNetwork(pod);
        Dns base = policy.equals("None") ? NOTHING : host;
        if (cluster && !own.servers().isEmpty()) {
            String domain = own.domain();
            List<String> searches = new ArrayList<>(
                    List.of(pod.namespace() + ".svc." + domain, "svc." + domain, domain));
            searches.addAll(host.searches());
            base = new Dns(own.servers(), searches, List.of("ndots:5"));
        }
        return base.with(pod.spec().struct("dnsConfig"));
    }

    /// What the pod's `dnsConfig` adds: servers and searches after those of the policy, each once; an option of the
    /// same name replaces the policy's.
    private Dns with(Struct config) {
        Set<String> more = new LinkedHashSet<>(servers);
        more.addAll(config.seq("nameservers").texts());
        Set<String> suffixes = new LinkedHashSet<>(searches);
        suffixes.addAll(config.seq("searches").texts());
        Map<String, String> settings = new LinkedHashMap<>();
        options.forEach(o -> settings.put(o.contains(":") ? o.substring(0, o.indexOf(':')) : o, o));
        config.seq("options").structs().forEach(o -> settings.put(o.text("name"),
                o.has("value") ? o.text("name") + ":" + o.text("value") : o.text("name")));
        return new Dns(more.stream().limit(MAX_SERVERS).toList(), suffixes.stream().limit(MAX_SEARCHES).toList(),
                List.copyOf(settings.values()));
    }

    /// As CRI's `DNSConfig`. Empty lists are left out.
    Struct cri() {
        return Struct.builder().putUnlessEmpty("servers", servers).putUnlessEmpty("searches", searches)
                .putUnlessEmpty("options", options).build();
    }

    /// The file the host's own names are resolved by, as K3s picks it: one whose servers a pod can reach. Blocks for
    /// the disk.
    /// @param given by `--resolv-conf`; empty when it is not
    /// @param generated written when no file will do
    /// @return the file to be read by [#host]; `generated` was written when it is that
    /// @throws IOException when it cannot be written
    public static Path hostFile(String given, Path generated) throws IOException {
        if (!given.isEmpty()) {
            return Path.of(given);
        }
        for (String file : List.of("/etc/resolv.conf", "/run/systemd/resolve/resolv.conf")) {
            List<String> servers = host(Path.of(file)).servers();
            if (!servers.isEmpty() && servers.stream().allMatch(Dns::reachable)) {
                return Path.of(file);
            }
        }
        Files.createDirectories(generated.getParent());
        Files.write(generated, Arrays.asList("nameserver 8.8.8.8", "nameserver 2001:4860:4860::8888"));
        return generated;
    }

    /// An address of the loopback or the link is another machine's, or nobody's, in a pod's network; 169.254.169.254 is
    /// the name server of some clouds, which pods reach.
    private static boolean reachable(String server) {
        return !server.startsWith("127.") && !server.equals("::1") && !server.startsWith("fe80:")
                && (!server.startsWith("169.254.") || server.equals("169.254.169.254"));
    }
}
