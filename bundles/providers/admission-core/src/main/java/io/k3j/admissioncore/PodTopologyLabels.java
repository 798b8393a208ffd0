package io.k3j.admissioncore;

import io.k3j.admissionkit.WriteAttributes;
import io.k3j.apiserverapi.Admission;
import io.k3j.apiserverapi.Write;
import io.k3j.apiserverapi.Write.Operation;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import java.util.List;
import java.util.Optional;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/// Gives a pod the labels of its node's zone and region, in place of its own ones: when it is bound, by the labels of
/// the Binding, and when it is made for a node. A node that is not known has none. See
/// <https://kubernetes.io/docs/reference/access-authn-authz/admission-controllers/#podtopologylabels>.
@Component(service = Admission.class, property = "order:Integer=315")
public final class PodTopologyLabels implements Admission {
    private static final List<String> LABELS = List.of("topology.kubernetes.io/zone", "topology.kubernetes.io/region");
    private final Listers listers;

    /// Reads Nodes from a view.
    @Activate
    public PodTopologyLabels(@Reference Listers listers) {
        this.listers = listers;
    }

    @Override
    public String name() {
        return "PodTopologyLabels";
    }

    @Override
    public boolean handles(Write write) {
        return write.operation() == Operation.CREATE && WriteAttributes.of(write, "", "pods")
                && (write.subresource().isEmpty() || write.of("binding"));
    }

    @Override
    public Struct admit(Write write, Struct object) {
        Struct target = object.struct("target");
        String bound = target.text("kind").equals("Node") ? target.text("name") : "";
        String name = write.of("binding") ? bound : object.struct("spec").text("nodeName");
        Optional<Obj> node = name.isEmpty() ? Optional.empty() : listers.find(Listers.NODES, "", name);
        Struct admitted = object;
        for (String label : node.isEmpty() ? List.<String>of() : LABELS) {
            String value = node.get().labels().get(label);
            admitted = value == null ? admitted : admitted.withAt(value, "metadata", "labels", label);
        }
        return admitted;
    }
}
