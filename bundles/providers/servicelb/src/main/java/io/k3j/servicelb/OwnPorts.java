package io.k3j.servicelb;

import io.k3j.clientapi.ApiClient;
import io.k3j.clientapi.WriteOptions;
import io.k3j.controllerkit.BuiltinResources;
import io.k3j.controllerkit.LiveView;
import io.k3j.model.Key;
import io.k3j.model.Null;
import io.k3j.model.Obj;
import io.k3j.model.Patch;
import io.k3j.model.Struct;
import java.io.IOException;
import java.net.InetAddress;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/// The annotation [ServiceLbLabels#PORTS] of this node: of the ports that Services want which a balancer carries, and
/// gone without such a Service. For one thread.
final class OwnPorts {
    private static final WriteOptions OURS = WriteOptions.PLAIN.by("servicelb");
    private final String node;
    private final LiveView services;
    private final LiveView nodes;
    private final PortChecks checks;
    /// The view has to show our last write before another one is judged by it.
    private long written;

    OwnPorts(String node, LiveView services, LiveView nodes, PortChecks checks) {
        this.node = node;
        this.services = services;
        this.nodes = nodes;
        this.checks = checks;
    }

    /// Looks, and writes when the Node says something else. Blocks for the API.
    ///
    /// @throws IOException when the kernel cannot be asked; nothing is written then
    void tell(ApiClient api) throws IOException {
        Optional<Obj> own = nodes.get(Key.of(node)).filter(n -> n.revision() >= written);
        if (own.isEmpty()) {
            return;
        }
        Set<BalancedPort> wanted = new TreeSet<>();
        services.list().stream().filter(s -> BalancedService.wanted(s) && BalancedService.begun(s))
                .forEach(s -> wanted.addAll(BalancedPort.of(s, "port")));
        String text = wanted.isEmpty() ? "" : checks.look(wanted, addresses(own.get())).toString();
        if (!text.equals(own.get().annotations().getOrDefault(ServiceLbLabels.PORTS, ""))) {
            Struct annotation = Struct.of(ServiceLbLabels.PORTS, text.isEmpty() ? Null.NULL : text);
            written = api.patch(BuiltinResources.NODES, Key.of(node),
                    new Patch.Merge(Struct.of("metadata", Struct.of("annotations", annotation))), OURS).revision();
        }
    }

    private static Set<InetAddress> addresses(Obj node) {
        Set<InetAddress> all = new HashSet<>();
        for (Struct address : node.status().seq("addresses").structs()) {
            try {
                all.add(InetAddress.ofLiteral(address.text("address")));
            } catch (IllegalArgumentException e) {
                // a name
                continue;
            }
        }
        return all;
    }
}
