package io.k3j.admissioncore;

import io.k3j.admissionkit.WriteAttributes;
import io.k3j.apiserverapi.Admission;
import io.k3j.apiserverapi.Write;
import io.k3j.apiserverapi.Write.Operation;
import io.k3j.clientapi.ApiFault;
import io.k3j.componenthelpers.DeclaredFeatures;
import io.k3j.model.Struct;
import java.util.List;
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
        Struct spec = pod.struct("spec");
        String node = spec.text("nodeName");
        List<String> needed = node.isEmpty() ? List.of()
                : DeclaredFeatures.forUpdate(write.before().orElse(Struct.EMPTY).struct("spec"), spec);
        if (needed.isEmpty()) {
            return;
        }
        List<String> declared = listers.find(Listers.NODES, "", node)
                .orElseThrow(() -> refused(write, "node \"" + node + "\" not found"))
                .status().seq("declaredFeatures").texts();
        List<String> missing = needed.stream().filter(feature -> !declared.contains(feature)).toList();
        if (!missing.isEmpty()) {
            throw refused(write, "pod update requires features " + String.join(", ", missing)
                    + " which are not available on node \"" + node + "\"");
        }
    }

    private static ApiFault refused(Write write, String why) {
        return ApiFault.forbidden(Listers.PODS, write.key().name(), why);
    }
}
