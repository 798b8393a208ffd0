package io.k3j.pki;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/// The services of `k3s certificate --service`, and the certificates each of them has. Names and files are K3s'. Pure.
public final class CertificateServices {
    /// The certificate of the server's port, which is no file of its own.
    public static final String LISTENER = "k3s-server";
    private static final Map<String, List<String>> FILES = Map.ofEntries(
            Map.entry("admin", List.of("server/tls/client-admin")),
            Map.entry("api-server",
                    List.of("server/tls/client-kube-apiserver", "server/tls/serving-kube-apiserver")),
            Map.entry("controller-manager",
                    List.of("server/tls/client-controller",
                            "server/tls/kube-controller-manager/kube-controller-manager")),
            Map.entry("scheduler",
                    List.of("server/tls/client-scheduler", "server/tls/kube-scheduler/kube-scheduler")),
            Map.entry("supervisor", List.of("server/tls/client-supervisor")),
            Map.entry("k3s-controller", List.of("server/tls/client-k3s-controller", "agent/client-k3s-controller")),
            Map.entry(LISTENER, List.of()),
            Map.entry("cloud-controller", List.of("server/tls/client-k3s-cloud-controller")),
            Map.entry("etcd",
                    List.of("server/tls/etcd/client", "server/tls/etcd/server-client",
                            "server/tls/etcd/peer-server-client")),
            Map.entry("auth-proxy", List.of("server/tls/client-auth-proxy")),
            Map.entry("kubelet", List.of("agent/client-kubelet", "agent/serving-kubelet")),
            Map.entry("kube-proxy", List.of("server/tls/client-kube-proxy", "agent/client-kube-proxy")));

    private static final List<String> AUTHORITIES = List.of("server/tls/server-ca", "server/tls/client-ca",
            "server/tls/request-header-ca", "server/tls/etcd/peer-ca", "server/tls/etcd/server-ca");

    private CertificateServices() {
    }

    /// Those given, all for none; in the order of the alphabet.
    /// @throws IllegalArgumentException listing the names there are
    public static Set<String> named(List<String> given) {
        for (String service : given) {
            if (!FILES.containsKey(service)) {
                throw new IllegalArgumentException(service + " is not a recognized service; they are: "
                        + String.join(", ", new TreeSet<>(FILES.keySet())));
            }
        }
        return given.isEmpty() ? new TreeSet<>(FILES.keySet()) : new TreeSet<>(given);
    }

    /// The certificates of a service, below the data directory and without `.crt`: keys have the same names with
    /// `.key`. None for an unknown service.
    public static List<String> files(String service) {
        return FILES.getOrDefault(service, List.of());
    }

    /// The certificates of several.
    public static List<String> files(Set<String> services) {
        List<String> all = new ArrayList<>();
        services.forEach(service -> all.addAll(files(service)));
        return all;
    }

    /// The certificates of the cluster's authorities, on servers, in the same form and in K3s' order.
    public static List<String> authorities() {
        return AUTHORITIES;
    }
}
