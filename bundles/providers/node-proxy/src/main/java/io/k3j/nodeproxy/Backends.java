package io.k3j.nodeproxy;

import io.k3j.clientapi.ApiClient;
import io.k3j.clientapi.ApiFault;
import io.k3j.clientapi.Query;
import io.k3j.edgeapi.ByteDuplex;
import io.k3j.edgeapi.NodeDialer;
import io.k3j.kubeletclient.Destinations;
import io.k3j.kubeletclient.KubeletAddress;
import io.k3j.kubeletclient.TlsChannel;
import io.k3j.model.Gvr;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Selector;
import io.k3j.model.Struct;
import io.k3j.pki.Trust;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import javax.net.ssl.SSLContext;

/// Resolves and connects the back ends that requests are forwarded to.
final class Backends {
    static final Gvr PODS = Gvr.of("v1", "pods");
    static final Gvr NODES = Gvr.of("v1", "nodes");
    static final Gvr SERVICES = Gvr.of("v1", "services");
    private static final Gvr SLICES = Gvr.of("discovery.k8s.io/v1", "endpointslices");

    private final ApiClient api;
    private final NodeDialer dialer;
    private final KubeletConnections kubelets;
    private final RandomGenerator random;

    /// @param kubelets how they are reached
    Backends(ApiClient api, NodeDialer dialer, KubeletConnections kubelets, RandomGenerator random) {
        this.api = api;
        this.dialer = dialer;
        this.kubelets = kubelets;
        this.random = random;
    }

    /// An open connection and the value of its `Host` header.
    record Backend(ByteDuplex channel, String host) {
    }

    private record Endpoint(String node, String address, int port) {
    }

    private record Candidate(Struct endpoint, int port) {
    }

    Obj pod(Key key) {
        return api.get(PODS, key);
    }

    /// The kubelet of a node, known by the node's name in its certificate: the address is what the node says of itself,
    /// and could be another's.
    Backend kubelet(String nodeName) {
        Obj node = api.get(NODES, Key.of(nodeName));
        KubeletAddress at = KubeletAddress.of(node, kubelets.addressTypes())
                .orElseThrow(() -> ApiFault.internal("no preferred addresses found; known addresses: []"));
        try {
            SSLContext context = kubelets.identity().context();
            ByteDuplex plain = dialer.dialKubelet(nodeName, at.host(), at.port());
            return new Backend(TlsChannel.ofNode(context, plain, nodeName, at.port()), at.authority());
        } catch (IOException e) {
            throw unreachable(at.authority(), e);
        }
    }

    /// The kubelet of a pod's node.
    Backend kubelet(Obj pod) {
        String node = pod.spec().text("nodeName");
        if (node.isEmpty()) {
            throw ApiFault.badRequest("pod " + pod.name() + " does not have a host assigned");
        }
        return kubelet(node);
    }

    /// A port of a pod; an empty `port` means its first container port, or 80.
    /// @param secure whether to use TLS, without verifying the certificate
    Backend podPort(Key key, String port, boolean secure) {
        Obj pod = pod(key);
        String ip = pod.status().text("podIP");
        if (!Destinations.allowed(ip)) {
            throw ApiFault.badRequest("address not allowed");
        }
        return open(new Endpoint(pod.spec().text("nodeName"), ip, number(port, pod)), secure);
    }

    private static int number(String port, Obj pod) {
        List<Struct> ports = pod.spec().seq("containers").structs().stream()
                .flatMap(c -> c.seq("ports").structs().stream()).toList();
        if (port.isEmpty()) {
            return ports.isEmpty() ? 80 : (int) ports.getFirst().whole("containerPort", 80);
        }
        return ports.stream().filter(p -> p.text("name").equals(port)).map(p -> (int) p.whole("containerPort", 0))
                .findFirst()
                .orElseGet(() -> parsePort(port));
    }

    private static int parsePort(String port) {
        try {
            return Integer.parseInt(port);
        } catch (NumberFormatException e) {
            throw ApiFault.badRequest("no port \"" + port + "\" found");
        }
    }

    /// A ready endpoint of a service; `port` is a name, a number, or empty for the only port.
    /// @param secure whether to use TLS, without verifying the certificate
    Backend servicePort(Key key, String port, boolean secure) {
        Obj service = api.get(SERVICES, key);
        String name = service.spec().seq("ports").structs().stream()
                .filter(p -> port.isEmpty() || p.text("name").equals(port)
                        || Long.toString(p.whole("port", 0)).equals(port))
                .map(p -> p.text("name")).findFirst()
                .orElseThrow(() -> ApiFault
                        .unavailable("no service port \"" + port + "\" found for service \"" + key.name() + "\""));
        Query slices = Query.in(key.namespace())
                .labelled(Selector.ofLabels(Map.of("kubernetes.io/service-name", key.name())));
        List<Candidate> ready = new ArrayList<>();
        for (Obj slice : api.list(SLICES, slices).items()) {
            Struct found = slice.tree().seq("ports").find("name", name);
            slice.tree().seq("endpoints").structs().stream()
                    .filter(e -> e.struct("conditions").flag("ready", true) && found.has("port"))
                    .map(e -> new Candidate(e, (int) found.whole("port", 0))).forEach(ready::add);
        }
        // the check of an endpoint reads its pod, so they are checked in random order until one is valid
        Collections.shuffle(ready, random);
        Candidate chosen = ready.stream().filter(c -> isValidAddress(key.namespace(), c.endpoint())).findFirst()
                .orElseThrow(
                        () -> ApiFault.unavailable("no endpoints available for service \"" + key.name() + "\""));
        Struct e = chosen.endpoint();
        return open(new Endpoint(e.text("nodeName"), e.seq("addresses").text(0), chosen.port()), secure);
    }

    /// Whether an endpoint belongs to a pod of its namespace: a user who may write EndpointSlices must not
    /// direct the API server to arbitrary addresses. Upstream's `isValidAddress`.
    private boolean isValidAddress(String namespace, Struct endpoint) {
        Struct target = endpoint.struct("targetRef");
        String address = endpoint.seq("addresses").isEmpty() ? "" : endpoint.seq("addresses").text(0);
        if (!Destinations.allowed(address) || !target.text("kind").equals("Pod")
                || !target.text("namespace", namespace).equals(namespace)) {
            return false;
        }
        return api.find(PODS, new Key(namespace, target.text("name"))).map(pod -> pod.status().seq("podIPs").structs()
                .stream().anyMatch(ip -> ip.text("ip").equals(address))).orElse(false);
    }

    private Backend open(Endpoint to, boolean secure) {
        String host = to.address().indexOf(':') >= 0 ? "[" + to.address() + "]" : to.address();
        try {
            ByteDuplex plain = dialer.dial(to.node(), to.address(), to.port());
            // pods have certificates of their own; as upstream, and no credential of this server is sent there
            return new Backend(secure ? TlsChannel.unverified(Trust.anybody(), plain, to.address(), to.port()) : plain,
                    host + ":" + to.port());
        } catch (IOException e) {
            throw unreachable(host + ":" + to.port(), e);
        }
    }

    private static ApiFault unreachable(String where, IOException e) {
        return ApiFault.unavailable("error trying to reach service: dial tcp " + where + ": " + e.getMessage());
    }
}
