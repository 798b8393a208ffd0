package io.k3j.admissioncore;

import io.k3j.apiserverapi.Admission;
import io.k3j.apiserverapi.Write;
import io.k3j.apiserverapi.Write.Operation;
import io.k3j.clientapi.ApiFault;
import io.k3j.componenthelpers.DeclaredFeatures;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import java.util.Objects;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/// Refuses changes of a pod that its node does not say it can follow. See
/// <https://kubernetes.io/docs/concepts/scheduling-eviction/node-declared-features/>.
@Component(service = Admission.class, property = "order:Integer=316")
public final class NodeDeclaredFeatureValidator implements Admission {
    private final Listers listers;

    /// Reads Nodes from a view.
    @Activate
    public NodeDeclaredFeatureValidator(@Reference Listers listers) {
        this.listers = listers;
    }

    @Override
    public String name() {
        return "NodeDeclaredFeatureValidator";
    }

    @Override
    public boolean handles(Write write) {
        return write.operation() == Operation.UPDATE && WriteAttributes.of(write, "", "pods")
                && (write.subresource().isEmpty() || write.subresource().equals("resize"));
    }

    @Override
    public void validate(Write write, Struct pod) {
        String node = pod.struct("spec").text("nodeName");
        if (node.isEmpty() || !resized(write.before().orElse(Struct.EMPTY), pod)) {
            return;
        }
        Obj found = listers.find(Listers.NODES, "", node)
                .orElseThrow(() -> refused(write, "node \"" + node + "\" not found"));
        if (!found.status().seq("declaredFeatures").contains(DeclaredFeatures.POD_RESIZE)) {
            throw refused(write, "pod update requires features " + DeclaredFeatures.POD_RESIZE
                    + " which are not available on node \"" + node + "\"");
        }
    }

    /// Whether the pod as a whole is to have other resources.
    private static boolean resized(Struct before, Struct pod) {
        return !Objects.equals(before.struct("spec").get("resources"), pod.struct("spec").get("resources"));
    }

    private static ApiFault refused(Write write, String why) {
        return ApiFault.forbidden(Listers.PODS, write.key().name(), why);
    }
}
