package io.k3j.cli.upgrade;

import io.k3j.model.Struct;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/// The servers that the API shows: nodes with the label of the control plane. Those without a node (`--disable-agent`)
/// are not among them.
public final class ServerNodes implements Servers {
    private static final String PATH = "/api/v1/nodes?labelSelector=node-role.kubernetes.io%2Fcontrol-plane";
    private final ClusterReader api;

    /// @param api asked at each call
    public ServerNodes(ClusterReader api) {
        this.api = api;
    }

    /// Those there are now.
    /// @throws IOException when the API does not tell
    static List<Struct> of(ClusterReader api) throws IOException {
        return api.read(PATH).orElseThrow(() -> new IOException("it has no nodes")).seq("items").structs();
    }

    /// Fails closed: servers that cannot be seen may be older.
    @Override
    public Optional<String> older(ReleaseVersion kubernetes) {
        try {
            String older = of(api).stream().filter(node -> version(node).compareTo(kubernetes) < 0)
                    .map(node -> name(node) + " (" + version(node).text() + ")").collect(Collectors.joining(", "));
            return older.isEmpty() ? Optional.empty()
                    : Optional.of("this is an agent, and no server may be older than a node: " + older
                            + " is older than " + kubernetes.text() + "; upgrade every server first");
        } catch (IOException | IllegalArgumentException untold) {
            return Optional.of("this is an agent, and whether a server is older than " + kubernetes.text()
                    + " is not known: " + untold.getMessage() + "; try again when the API answers");
        }
    }

    static String name(Struct node) {
        return Printable.of(node.struct("metadata").text("name"));
    }

    private static ReleaseVersion version(Struct node) {
        return ReleaseVersion.of(node.struct("status").struct("nodeInfo").text("kubeletVersion"));
    }
}
