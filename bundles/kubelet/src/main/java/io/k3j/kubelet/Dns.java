package io.k3j.kubelet;

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
record Dns(List<String> servers, List<String> searches, List<String> options) {
    private static final int MAX_SERVERS = 3;
    private static final int MAX_SEARCHES = 32;
    private static final Dns NOTHING = new Dns(List.of(), List.of(), List.of());

    /// What the host itself uses.
    static Dns host(Path file) {
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

    private static List<String> words(String line) {
        StringTokenizer t = new StringTokenizer(line);
        List<String> all = new ArrayList<>();
        while (t.hasMoreTokens()) {
            all.add(t.nextToken());
        }
        return all;
    }

    /// What a pod gets.
    static Dns of(Obj pod, Options options, Dns host) {
        String policy = pod.spec().text("dnsPolicy", "ClusterFirst");
        boolean cluster = policy.equals("ClusterFirstWithHostNet")
                || policy.equals("ClusterFirst") && !Pods.hostNetwork(pod);
        Dns base = policy.equals("None") ? NOTHING : host;
        if (cluster && !options.clusterDns().isEmpty()) {
            String domain = options.clusterDomain();
            List<String> searches = new ArrayList<>(
                    List.of(pod.namespace() + ".svc." + domain, "svc." + domain, domain));
            searches.addAll(host.searches());
            base = new Dns(options.clusterDns(), searches, List.of("ndots:5"));
        }
        return base.with(pod.spec().struct("dnsConfig"));
    }

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

    /// As CRI's `DNSConfig`.
    Struct cri() {
        return Struct.builder().putUnlessEmpty("servers", servers).putUnlessEmpty("searches", searches)
                .putUnlessEmpty("options", options).build();
    }

    /// The file the host's own names are resolved by, as K3s picks it: one whose servers a pod can reach.
    static Path hostFile(Settings settings, Path generated) throws IOException {
        if (!settings.resolvConf().isEmpty()) {
            return Path.of(settings.resolvConf());
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

    private static boolean reachable(String server) {
        return !server.startsWith("127.") && !server.equals("::1") && !server.startsWith("fe80:")
                && (!server.startsWith("169.254.") || server.equals("169.254.169.254"));
    }
}
