package io.k3j.embeddedregistry;

import io.k3j.clientapi.ApiClient;
import io.k3j.clientapi.Query;
import io.k3j.controllerkit.BuiltinResources;
import io.k3j.controllerkit.LiveView;
import io.k3j.edgeapi.ByteDuplex;
import io.k3j.kubeletclient.Destinations;
import io.k3j.kubeletclient.KubeletAddress;
import io.k3j.kubeletclient.TlsChannel;
import io.k3j.model.FieldMask;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Selector;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.InstantSource;
import java.util.Set;
import java.util.stream.Collectors;

/// The nodes with K3s' label of those that share. A Node says where to dial; who answers there has to show that node's
/// certificate.
final class NodePeers implements PeerSet, AutoCloseable {
    /// K3s' label.
    static final String LABEL = "p2p.k3s.cattle.io/enabled";
    /// What is read of a Node.
    static final FieldMask FIELDS = FieldMask.IDENTITY.with("status", "addresses", "type")
            .with("status", "addresses", "address").with("status", "daemonEndpoints", "kubeletEndpoint", "Port");
    private final LiveView nodes;
    private final NodeCertificate certificate;
    private final boolean flannelExternalIp;

    /// @param certificate this node's, shown to the others
    /// @param flannelExternalIp `--flannel-external-ip`
    NodePeers(NodeCertificate certificate, boolean flannelExternalIp, InstantSource clock) {
        this.certificate = certificate;
        this.flannelExternalIp = flannelExternalIp;
        this.nodes = new LiveView(BuiltinResources.NODES, Query.ALL.labelled(Selector.parse(LABEL + "=true")), FIELDS,
                clock);
    }

    /// Follows this client from now on.
    void attach(ApiClient api) {
        nodes.attach(api);
    }

    /// Whether Nodes are known, and this one is none of those that share.
    boolean missing(String node) {
        return nodes.synced() && !names().contains(node);
    }

    @Override
    public Set<String> names() {
        return nodes.list().stream().map(Obj::name).collect(Collectors.toSet());
    }

    @Override
    public ByteDuplex open(String node) throws IOException {
        Obj found = nodes.get(new Key("", node)).orElseThrow(() -> new IOException(node + " shares no images"));
        KubeletAddress at = KubeletAddress.of(found, flannelExternalIp)
                .orElseThrow(() -> new IOException(node + " has told no address yet"));
        return TlsChannel.ofNode(certificate.context(), TcpChannel.connect(address(at)), node, at.port());
    }

    /// Only what a node can have for others: a node's word must lead neither to this machine nor to everybody.
    static InetSocketAddress address(KubeletAddress at) throws IOException {
        if (!Destinations.allowed(at.host())) {
            throw new IOException(at.host() + " is no address of a node");
        }
        return new InetSocketAddress(InetAddress.ofLiteral(at.host()), at.port());
    }

    @Override
    public void close() {
        nodes.close();
    }
}
