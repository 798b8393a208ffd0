package io.k3j.servercredentials;

import io.k3j.pki.Profile;
import io.k3j.pki.Profile.Usage;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Which certificates a server has, under which names, and for what. Pure. User and group names are upstream's and
/// K3s': by `system:masters` and its like RBAC's bootstrap policy knows them. See
/// <https://kubernetes.io/docs/setup/best-practices/certificates/#all-certificates>.
final class LeafCertificates {
    private final ServerLayout layout;
    private final List<LeafCertificate> all = new ArrayList<>();

    private LeafCertificates(ServerLayout layout) {
        this.layout = layout;
    }

    /// Those somebody waits for: without them nobody gets in and no node is reached. Key pairs cost time on a cold
    /// process, so this list is short.
    static List<LeafCertificate> needed(ServerLayout layout, SupervisorSettings settings) {
        LeafCertificates leaves = new LeafCertificates(layout);
        leaves.client("client-admin", Profile.client("system:admin", "system:masters"));
        leaves.client("client-kube-apiserver", Profile.client("system:apiserver", "system:masters"));
        if (Credentials.ownNode(settings)) {
            leaves.kubelet(settings);
        }
        return leaves.all;
    }

    /// The others of K3s' authorities for clients and servers. Those in `agent` are for this server's own node: other
    /// nodes ask for theirs when they join.
    static List<LeafCertificate> others(ServerLayout layout, SupervisorSettings settings) {
        LeafCertificates leaves = new LeafCertificates(layout);
        leaves.clients();
        leaves.servers(settings);
        if (Credentials.ownNode(settings)) {
            leaves.agent("client-kube-proxy", Issuer.CLIENT, Profile.client("system:kube-proxy"));
            leaves.agent("client-k3s-controller", Issuer.CLIENT,
                    Profile.client("system:k3s-controller", "system:k3s-controller:" + settings.nodeName()));
        }
        return leaves.all;
    }

    /// Those of the authorities that nobody waits for. The aggregator's client and etcd's.
    static List<LeafCertificate> ofOtherAuthorities(ServerLayout layout, SupervisorSettings settings) {
        LeafCertificates leaves = new LeafCertificates(layout);
        leaves.add("client-auth-proxy", Issuer.REQUEST_HEADER, Profile.client("system:auth-proxy"));
        leaves.etcd(settings);
        return leaves.all;
    }

    private void clients() {
        client("client-supervisor", Profile.client("system:k3s-supervisor", "system:masters"));
        client("client-controller", Profile.client("system:kube-controller-manager"));
        client("client-scheduler", Profile.client("system:kube-scheduler"));
        client("client-kube-proxy", Profile.client("system:kube-proxy"));
        client("client-k3s-controller", Profile.client("system:k3s-controller"));
        client("client-k3s-cloud-controller", Profile.client("k3s-cloud-controller-manager"));
    }

    /// Controller manager and scheduler serve metrics on this machine only, so theirs are good for loopback.
    private void servers(SupervisorSettings settings) {
        AlternativeNames names = AlternativeNames.ofServer(settings);
        server("serving-kube-apiserver", "kube-apiserver", names);
        AlternativeNames local = AlternativeNames.of(List.of("localhost", "127.0.0.1", "::1"));
        server("kube-controller-manager/kube-controller-manager", "kube-controller-manager", local);
        server("kube-scheduler/kube-scheduler", "kube-scheduler", local);
    }

    /// An etcd member is server and client of the others at once, so its certificates have both usages. `kine.sock` is
    /// the name under which K3s' kine is reached on its socket.
    private void etcd(SupervisorSettings settings) {
        List<String> texts = new ArrayList<>(AlternativeNames.ofServer(settings).texts());
        texts.add("kine.sock");
        AlternativeNames names = AlternativeNames.of(texts);
        Profile server = Profile.server("etcd-server", names.dnsNames(), names.addresses());
        Profile peer = Profile.server("etcd-peer", names.dnsNames(), names.addresses());
        add("etcd/client", Issuer.ETCD_SERVER, Profile.client("etcd-client"));
        add("etcd/server-client", Issuer.ETCD_SERVER, server.withUsages(Usage.SERVER, Usage.CLIENT));
        add("etcd/peer-server-client", Issuer.ETCD_PEER, peer.withUsages(Usage.SERVER, Usage.CLIENT));
    }

    /// The user has to be `system:node:<name>` in the group `system:nodes`: by that the node authorizer knows its node.
    private void kubelet(SupervisorSettings settings) {
        List<String> addresses = new ArrayList<>(Arrays.asList(settings.nodeIp()));
        addresses.addAll(Arrays.asList(settings.nodeExternalIp()));
        AlternativeNames names = AlternativeNames.ofNode(settings.nodeName(), addresses);
        agent("serving-kubelet", Issuer.SERVER,
                Profile.server(settings.nodeName(), names.dnsNames(), names.addresses()));
        agent("client-kubelet", Issuer.CLIENT, Profile.client("system:node:" + settings.nodeName(), "system:nodes"));
    }

    private void client(String name, Profile profile) {
        add(name, Issuer.CLIENT, profile);
    }

    private void server(String file, String name, AlternativeNames names) {
        add(file, Issuer.SERVER, Profile.server(name, names.dnsNames(), names.addresses()));
    }

    private void add(String name, Issuer issuer, Profile profile) {
        add(layout.tls(name + ".crt"), layout.tls(name + ".key"), issuer, profile);
    }

    private void agent(String name, Issuer issuer, Profile profile) {
        add(layout.agent(name + ".crt"), layout.agent(name + ".key"), issuer, profile);
    }

    private void add(Path certificate, Path key, Issuer issuer, Profile profile) {
        all.add(new LeafCertificate(certificate, key, issuer, profile));
    }
}
