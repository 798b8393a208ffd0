package io.k3j.admissioncore;

import io.k3j.apiserverapi.Admission;
import io.k3j.apiserverapi.Caller;
import io.k3j.apiserverapi.Write;
import io.k3j.apiserverapi.Write.Operation;
import io.k3j.model.Struct;
import io.k3j.nodewrites.NodeWrites;
import java.util.Set;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/// Restricts the identities of a node beside its kubelet's to what `node-writes.txt` names: `system:kube-proxy`, and
/// `system:k3s-controller`, under which every node runs its pod network and its cluster DNS. The group
/// `system:k3s-controller:<node>` of the certificate names the node. The certificate of K3s' own agents has no such
/// group; it may write what flannel and the registry mirror write to any Node, and nothing else, but for the Nodes
/// whose networks a bound identity runs: those carry [NodeWrites#BOUND]. Anybody who has the agents' token gets an
/// unbound one.
@Component(service = Admission.class, property = "order:Integer=81")
public final class ControllerRestriction implements Admission {
    private static final String CONTROLLER = "system:k3s-controller";
    private static final String GROUP = CONTROLLER + ":";
    private static final String PROXY = "system:kube-proxy";
    private final NodeWrites writes;

    /// Reads the table; Nodes are read from a view.
    @Activate
    public ControllerRestriction(@Reference Listers listers) {
        this.writes = new NodeWrites(listers::find);
    }

    @Override
    public String name() {
        return "K3sControllerRestriction";
    }

    @Override
    public boolean handles(Write write) {
        return Set.of(CONTROLLER, PROXY).contains(write.caller().user()) && write.operation() != Operation.CONNECT;
    }

    @Override
    public Struct admit(Write write, Struct given) {
        if (write.caller().user().equals(PROXY)) {
            writes.check("proxy", "", write, given);
            return given;
        }
        String node = node(write.caller());
        Struct object = node.isEmpty() ? unmarked(write, given) : given;
        writes.check(node.isEmpty() ? "unbound" : "network", node, write, object);
        return object;
    }

    private static String node(Caller caller) {
        return caller.groups().stream().filter(g -> g.startsWith(GROUP)).map(g -> g.substring(GROUP.length()))
                .findFirst().orElse("");
    }

    /// Without the mark that only a bound identity sets: a node whose certificate was signed by a server of K3s, which
    /// binds none, asks for it with the rest of its annotations, and must get on without it. A Node that has the mark
    /// is not for it at all.
    private static Struct unmarked(Write write, Struct object) {
        Struct annotations = object.struct("metadata").struct("annotations");
        boolean asks = write.kind().gvr().equals(Listers.NODES) && annotations.has(NodeWrites.BOUND);
        return asks ? object.withAt(annotations.without(NodeWrites.BOUND), "metadata", "annotations") : object;
    }
}
