package io.k3j.admissioncore;

import io.k3j.apiserverapi.Admission;
import io.k3j.apiserverapi.Write;
import io.k3j.apiserverapi.Write.Operation;
import io.k3j.clientapi.ApiFault;
import io.k3j.model.Struct;
import io.k3j.nodewrites.NodeWrites;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/// Restricts kubelets to what `node-writes.txt` names: of their own Node, Lease, CSINode and ResourceSlices, the pods
/// bound to them, the resize status of claims, and Events. See
/// <https://kubernetes.io/docs/reference/access-authn-authz/admission-controllers/#noderestriction>.
@Component(service = Admission.class, property = "order:Integer=80")
public final class NodeRestriction implements Admission {
    private static final String USER = "system:node:";
    private final NodeWrites writes;

    /// Reads the table; Pods, Nodes and volumes are read from views.
    @Activate
    public NodeRestriction(@Reference Listers listers) {
        this.writes = new NodeWrites(listers::find);
    }

    @Override
    public String name() {
        return "NodeRestriction";
    }

    @Override
    public boolean handles(Write write) {
        return write.caller().in("system:nodes") && write.operation() != Operation.CONNECT;
    }

    @Override
    public Struct admit(Write write, Struct object) {
        String user = write.caller().user();
        if (!user.startsWith(USER)) {
            throw ApiFault.forbidden(write.kind().gvr(), write.key().name(),
                    "could not determine node from user \"" + user + "\"");
        }
        writes.check("kubelet", user.substring(USER.length()), write, object);
        return object;
    }
}
