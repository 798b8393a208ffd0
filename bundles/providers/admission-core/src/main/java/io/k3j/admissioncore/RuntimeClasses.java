package io.k3j.admissioncore;

import io.k3j.admissionkit.WriteAttributes;
import io.k3j.apiserverapi.Admission;
import io.k3j.apiserverapi.Write;
import io.k3j.clientapi.ApiFault;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.util.Map;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/// Sets the overhead and the scheduling constraints of a pod's RuntimeClass. See
/// <https://kubernetes.io/docs/concepts/containers/runtime-class/>.
@Component(service = Admission.class, property = "order:Integer=240")
public final class RuntimeClasses implements Admission {
    private final Listers listers;

    /// Reads RuntimeClasses from a view.
    @Activate
    public RuntimeClasses(@Reference Listers listers) {
        this.listers = listers;
    }

    @Override
    public String name() {
        return "RuntimeClass";
    }

    @Override
    public boolean handles(Write write) {
        return WriteAttributes.creates(write, "pods");
    }

    @Override
    public Struct admit(Write write, Struct pod) {
        String name = pod.struct("spec").text("runtimeClassName");
        if (name.isEmpty()) {
            if (pod.struct("spec").has("overhead")) {
                throw refused(write, "pod rejected: Pod Overhead set without corresponding RuntimeClass defined"
                        + " Overhead");
            }
            return pod;
        }
        Obj chosen = listers.find(Listers.RUNTIMES, "", name)
                .orElseThrow(() -> refused(write, "pod rejected: RuntimeClass \"" + name + "\" not found"));
        Struct spec = pod.struct("spec");
        Struct overhead = chosen.tree().struct("overhead").struct("podFixed");
        if (!overhead.isEmpty()) {
            if (spec.has("overhead") && !spec.struct("overhead").equals(overhead)) {
                throw refused(write, "pod rejected: Pod's Overhead doesn't match RuntimeClass's defined Overhead");
            }
            spec = spec.with("overhead", overhead);
        }
        return pod.with("spec", withScheduling(write, spec, chosen.tree().struct("scheduling")));
    }

    private static Struct withScheduling(Write write, Struct spec, Struct scheduling) {
        Struct selector = spec.struct("nodeSelector");
        for (Map.Entry<String, String> e : scheduling.struct("nodeSelector").texts().entrySet()) {
            if (selector.has(e.getKey()) && !selector.text(e.getKey()).equals(e.getValue())) {
                throw refused(write, "conflict: runtimeClass.scheduling.nodeSelector[" + e.getKey() + "] = "
                        + e.getValue() + "; pod.spec.nodeSelector[" + e.getKey() + "] = " + selector.text(e.getKey()));
            }
            selector = selector.with(e.getKey(), e.getValue());
        }
        Seq tolerations = spec.seq("tolerations");
        for (Struct t : scheduling.seq("tolerations").structs()) {
            tolerations = tolerations.contains(t) ? tolerations : tolerations.plus(t);
        }
        Struct s = selector.isEmpty() ? spec : spec.with("nodeSelector", selector);
        return tolerations.isEmpty() ? s : s.with("tolerations", tolerations);
    }

    private static ApiFault refused(Write write, String why) {
        return ApiFault.forbidden(Listers.PODS, write.key().name(), why);
    }
}
