package io.k3j.admissioncore;

import io.k3j.apiserverapi.Admission;
import io.k3j.apiserverapi.Write;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.util.List;
import org.osgi.service.component.annotations.Component;

/// Adds tolerations of 300 seconds for the taints `not-ready` and `unreachable` to a pod that has none for them. An
/// update that drops them gets them back: upstream admits updates too.
@Component(service = Admission.class, property = "order:Integer=150")
public final class DefaultTolerationSeconds implements Admission {
    private static final long SECONDS = 300;

    @Override
    public String name() {
        return "DefaultTolerationSeconds";
    }

    @Override
    public boolean handles(Write write) {
        return WriteAttributes.createsOrUpdates(write, "pods");
    }

    @Override
    public Struct admit(Write write, Struct pod) {
        Seq tolerations = pod.struct("spec").seq("tolerations");
        for (String key : List.of("node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable")) {
            if (tolerations.structs().stream().noneMatch(t -> tolerates(t, key))) {
                tolerations = tolerations.plus(Struct.of("key", key, "operator", "Exists", "effect", "NoExecute",
                        "tolerationSeconds", SECONDS));
            }
        }
        return pod.withAt(tolerations, "spec", "tolerations");
    }

    private static boolean tolerates(Struct t, String key) {
        boolean same = t.text("key").equals(key) || t.text("key").isEmpty();
        return same && (t.text("effect").equals("NoExecute") || t.text("effect").isEmpty());
    }
}
