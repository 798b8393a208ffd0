package io.k3j.supervisor;

import io.k3j.pki.Profile;
import io.k3j.pki.Profile.Usage;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Which certificates a server has, under which names, and for what. Pure.
final class Leaves {
    private final Layout layout;
    private final List<Leaf> all = new ArrayList<>();

    private Leaves(Layout layout) {
        this.layout = layout;
    }

    /// Those somebody waits for: without them nobody gets in and no node is reached.
    static List<Leaf> needed(Layout layout, Settings settings) {
        Leaves leaves = new Leaves(layout);
        leaves.client("client-admin", Profile.client("system:admin", "system:masters"));
        leaves.client("client-kube-apiserver", Profile.client("system:apiserver", "system:masters"));
        if (Credentials.ownNode(settings)) {
            leaves.kubelet(settings);
        }
        return leaves.all;
    }

    /// The others of K3s' authorities for clients and servers.
    static List<Leaf> others(Layout layout, Settings settings) {
        Leaves leaves = new Leaves(layout);
        leaves.clients();
        leaves.servers(settings);
        if (Credentials.ownNode(settings)) {
            leaves.agent("client-kube-proxy", Issuer.CLIENT, Profile.client("system:kube-proxy"));
            leaves.agent("client-k3s-controller", Issuer.CLIENT,
                    Profile.client("system:k3s-controller", "system:k3s-controller:" + settings.nodeName()));
        }
        return leaves.all;
    }

    /// Those of the authorities that nobody waits for.
    static List<Leaf> ofOtherAuthorities(Layout layout, Settings settings) {
        Leaves leaves = new Leaves(layout);
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

    private void servers(Settings settings) {
        AlternativeNames names = AlternativeNames.ofServer(settings);
        server("serving-kube-apiserver", "kube-apiserver", names);
        AlternativeNames local = AlternativeNames.of(List.of("localhost", "127.0.0.1", "::1"));
        server("kube-controller-manager/kube-controller-manager", "kube-controller-manager", local);
        server("kube-scheduler/kube-scheduler", "kube-scheduler", local);
    }

    private void etcd(Settings settings) {
        List<String> texts = new ArrayList<>(AlternativeNames.ofServer(settings).texts());
        texts.add("kine.sock");
        AlternativeNames names = AlternativeNames.of(texts);
        Profile server = Profile.server("etcd-server", names.dnsNames(), names.addresses());
        Profile peer = Profile.server("etcd-peer", names.dnsNames(), names.addresses());
        add("etcd/client", Issuer.ETCD_SERVER, Profile.client("etcd-client"));
        add("etcd/server-client", Issuer.ETCD_SERVER, server.withUsages(Usage.SERVER, Usage.CLIENT));
        add("etcd/peer-server-client", Issuer.ETCD_PEER, peer.withUsages(Usage.SERVER, Usage.CLIENT));
    }

    private void kubelet(Settings settings) {
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
        all.add(new Leaf(certificate, key, issuer, profile));
    }
}
