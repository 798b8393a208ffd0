package io.k3j.admissioncore;

import io.k3j.apiserverapi.Admission;
import io.k3j.apiserverapi.Write;
import io.k3j.apiserverapi.Write.Operation;
import io.k3j.clientapi.ApiFault;
import io.k3j.model.Struct;
import java.util.List;
import java.util.Map;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/// Refuses pods that the label `pod-security.kubernetes.io/enforce` of their namespace does not allow. The
/// labels `warn` and `audit` have no effect yet; every version means the newest. See
/// <https://kubernetes.io/docs/concepts/security/pod-security-admission/>.
@Component(service = Admission.class, property = "order:Integer=120")
public final class PodSecurity implements Admission {
    private static final String LABEL = "pod-security.kubernetes.io/enforce";
    private final World world;

    /// Looks at namespaces.
    @Activate
    public PodSecurity(@Reference World world) {
        this.world = world;
    }

    @Override
    public String name() {
        return "PodSecurity";
    }

    @Override
    public boolean handles(Write write) {
        boolean changes = write.operation() == Operation.UPDATE
                && (write.subresource().isEmpty() || write.of("ephemeralcontainers"));
        return Writes.creates(write, "pods") || changes && Writes.of(write, "", "pods");
    }

    @Override
    public void validate(Write write, Struct pod) {
        Map<String, String> labels = world.find(World.NAMESPACES, "", write.key().namespace()).map(n -> n.labels())
                .orElse(Map.of());
        String level = labels.getOrDefault(LABEL, "privileged");
        boolean same = write.before().map(b -> b.struct("spec").equals(pod.struct("spec"))).orElse(false);
        if (level.equals("privileged") || same) {
            return;
        }
        // an unknown level is taken for the strictest one, as upstream does
        List<String> wrong = PodSecurityChecks.violations(pod.struct("spec"), !level.equals("baseline"));
        if (!wrong.isEmpty()) {
            throw ApiFault.forbidden(World.PODS, write.key().name(), "violates PodSecurity \"" + level + ":"
                    + labels.getOrDefault(LABEL + "-version", "latest") + "\": " + String.join(", ", wrong));
        }
    }
}
