package io.k3j.admissioncore;

import io.k3j.apimachinery.Quantity;
import io.k3j.apiserverapi.Admission;
import io.k3j.apiserverapi.Write;
import io.k3j.apiserverapi.Write.Operation;
import io.k3j.clientapi.ApiFault;
import io.k3j.componenthelpers.DeclaredFeatures;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
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
        Set<String> missing = node.isEmpty() ? new TreeSet<>()
                : needed(write.before().orElse(Struct.EMPTY), pod.struct("spec"));
        if (missing.isEmpty()) {
            return;
        }
        Obj found = listers.find(Listers.NODES, "", node)
                .orElseThrow(() -> refused(write, "node \"" + node + "\" not found"));
        missing.removeAll(found.status().seq("declaredFeatures").texts());
        if (!missing.isEmpty()) {
            throw refused(write, "pod update requires features " + String.join(", ", missing)
                    + " which are not available on node \"" + node + "\"");
        }
    }

    private static ApiFault refused(Write write, String why) {
        return ApiFault.forbidden(Listers.PODS, write.key().name(), why);
    }

    private static Set<String> needed(Struct before, Struct spec) {
        Struct old = before.struct("spec");
        Set<String> needed = new TreeSet<>();
        if (before.struct("status").text("qosClass").equals("Guaranteed") && otherProcessors(old, spec)) {
            needed.add(DeclaredFeatures.CPU_RESIZE);
        }
        if (!Objects.equals(old.get("resources"), spec.get("resources"))) {
            needed.add(DeclaredFeatures.POD_RESIZE);
        }
        return needed;
    }

    private static boolean otherProcessors(Struct before, Struct after) {
        Seq old = before.seq("containers");
        Seq fresh = after.seq("containers");
        for (int i = 0; i < Math.min(old.size(), fresh.size()); i++) {
            if (processors(old.struct(i)).compareTo(processors(fresh.struct(i))) != 0) {
                return true;
            }
        }
        return false;
    }

    private static Quantity processors(Struct container) {
        return Quantity.of(container.struct("resources").struct("requests").get("cpu"));
    }
}
